/**
 * What the driver counts. The first names are those of the kernel's `ipmi_si` counters in sysfs, so
 * that operators meet one word for one thing.
 */

/** Counters of one interface since it was opened. */
export interface Statistics {
  /** Transactions that ended with the BMC's answer. */
  completeTransactions: number;
  /** Times SMS_ATN was seen to rise. */
  attentions: number;
  /** Times the message flags were asked for. */
  flagFetches: number;
  /** Events read from the event message buffer. */
  events: number;
  /** Times the watchdog told that it is about to run out. */
  watchdogPretimeouts: number;
  /** Messages read from the receive message queue. */
  incomingMessages: number;
  /** Answers to reading an event or message that never came: what they held is lost. */
  eventsMissed: number;
  /** Attempts that ended without an answer in time. */
  longTimeouts: number;
  /** Times a command was sent again. */
  retries: number;
  /** Frames taken that answered nothing we asked. */
  staleReplies: number;
  /** Commands whose caller had gone when they were still on the wire. */
  orphans: number;
  /** Times the BMC answered again after it was lost. */
  recoveries: number;
}

export function newStatistics(): Statistics {
  return {
    completeTransactions: 0,
    attentions: 0,
    flagFetches: 0,
    events: 0,
    watchdogPretimeouts: 0,
    incomingMessages: 0,
    eventsMissed: 0,
    longTimeouts: 0,
    retries: 0,
    staleReplies: 0,
    orphans: 0,
    recoveries: 0,
  };
}
