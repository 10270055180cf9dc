/** The counters of an IPMI device, from its start on. */

export interface IpmiDeviceCounters {
  /** Files that were opened, and those that were refused. */
  readonly opened: number;
  readonly openRefused: number;
  /** Messages that were taken. */
  readonly sent: number;
  /** Messages and settings that the policy refused, and messages of too many without an answer. */
  readonly denied: number;
  readonly busy: number;
  /** Answers that this device made because no other came: for time-outs, and for all else. */
  readonly timeoutsAnswered: number;
  readonly lossesAnswered: number;
  /** Answers to files that were closed meanwhile. */
  readonly answersDropped: number;
  /** Events and commands that were told to files, and those for which a file had no room. */
  readonly unaskedTold: number;
  readonly unaskedDropped: number;
  /** Commands of other controllers that no file is registered for. */
  readonly commandsUnhandled: number;
}

export type Counts = { -readonly [Name in keyof IpmiDeviceCounters]: number };

export function noCounts(): Counts {
  return {
    ...{ opened: 0, openRefused: 0, sent: 0, denied: 0, busy: 0 },
    ...{ timeoutsAnswered: 0, lossesAnswered: 0, answersDropped: 0 },
    ...{ unaskedTold: 0, unaskedDropped: 0, commandsUnhandled: 0 },
  };
}
