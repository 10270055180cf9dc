/** Message Flags (IPMI 2.0 §22.4): what a BMC has to say. */
export const MessageFlag = {
  /** Get Message has something. */
  RECEIVE_MESSAGE: 1 << 0,
  /** Read Event Message Buffer has something. */
  EVENT_MESSAGE_BUFFER: 1 << 1,
  WATCHDOG_PRETIMEOUT: 1 << 3,
  /** OEM 0, 1 and 2. */
  OEM: 7 << 5,
} as const;
