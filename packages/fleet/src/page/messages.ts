/** The messages from the server to the pages that look at it, as JSON: types alone, for both. */

/**
 * The state of a host: its agent does not answer, or its BMC has a trouble, or its smoke test
 * failed; or it has not been asked yet; or all is well.
 */
export type HostState = 'silent' | 'trouble' | 'failed' | 'waiting' | 'ok';

/** The last smoke test of a host. */
export interface SmokeRow {
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly line: string;
  /** Milliseconds since 1970, as all times of these messages. */
  readonly atMs: number;
}

/** A host. */
export interface HostRow {
  readonly host: string;
  readonly state: HostState;
  /** The state began. */
  readonly sinceMs: number;
  /** The last answer; null before the first one, and while the host answers. */
  readonly seenMs: number | null;
  /** The reason of the state; empty while all is well. */
  readonly detail: string;
  /** Manufacturer and product; null until they are known. */
  readonly product: string | null;
  readonly firmware: string | null;
  /** 99 of 100 answers of the BMC took no longer, and the longest one, in microseconds. */
  readonly p99Us: number | null;
  readonly maxUs: number | null;
  /** Times that the BMC was lost. */
  readonly losses: number | null;
  readonly smoke: SmokeRow | null;
}

/** An event of a host. */
export interface EventRow {
  /** Greater for each event that the server learned later. */
  readonly seq: number;
  readonly host: string;
  /** When the stream of events got it, by the clock of NATS. */
  readonly atMs: number;
  /** When this server learned it; before `atMs` where the clock of NATS is ahead of its own. */
  readonly learnedMs: number;
  readonly severity: string;
  readonly subject: string;
  readonly text: string;
}

/** The state of the server itself. */
export interface Status {
  readonly version: string;
  /** Each host is asked once in so long. */
  readonly intervalMs: number;
  /** Null: smoke tests are not asked for. */
  readonly smokeIntervalMs: number | null;
  /** Null while there is a connection to NATS; else it was lost then. */
  readonly natsLostMs: number | null;
  /** The reason why events are not read; empty where they are. */
  readonly eventTrouble: string;
  /** The reason why hosts are not shown; empty where all are. */
  readonly hostTrouble: string;
  /** The last answer, or the end of the last wait for one; null before both. */
  readonly heardMs: number | null;
  /** Hosts that have been asked, and those of them that answered last. */
  readonly asked: number;
  readonly answered: number;
}

/** Everything, as a page gets it at first; the rows of a large fleet come in pieces. */
export interface Snapshot {
  readonly nowMs: number;
  readonly status: Status;
  readonly rows: readonly HostRow[];
  /** The newest first. */
  readonly events: readonly EventRow[];
  /** False: the rows are the first of them, and others follow as changes. */
  readonly isWhole: boolean;
}

/** Everything that has changed since the message before. */
export interface Delta {
  readonly nowMs: number;
  readonly status?: Status;
  readonly rows?: readonly HostRow[];
  /** All that are kept, the newest first. */
  readonly events?: readonly EventRow[];
  /** The rows of the snapshot have all come. */
  readonly isWhole?: true;
}
