/** Message Flags (IPMI 2.0 §22.4): the reasons for a BMC to set SMS_ATN. */
export const MessageFlag = {
  /** The receive queue holds a message, for Get Message. */
  RECEIVE_MESSAGE: 1 << 0,
  /** The event message buffer holds an event, for Read Event Message Buffer. */
  EVENT_MESSAGE_BUFFER: 1 << 1,
  WATCHDOG_PRETIMEOUT: 1 << 3,
  /** OEM 0, 1 and 2. */
  OEM: 7 << 5,
} as const;
