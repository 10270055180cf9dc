/**
 * Executes a command at most once however often it is delivered. The intention is on the disk
 * before the command is sent, and its fate after that: a command of which only the intention is
 * there may have been executed, and is not sent again. A damaged line may have been the only word
 * of a command: nothing new is sent until all that it could be is too old.
 */

import type { FleetErrorCode } from '../nats/protocol.ts';
import { AppendLog } from '../disk/append-log.ts';
import type { Disk } from '../disk/disk.ts';
import { FleetError } from './fleet-error.ts';

const FILE = 'journal.log';

/**
 * An id is remembered for so long, a week, during which an agent runs: the time of day may be set,
 * and the time between two agents is not known.
 */
export const KEEP_MS = 7 * 24 * 3_600_000;

/**
 * Commands that are remembered. A user has at most as many as are left for others: one that is at
 * its limit is sent no command that is new.
 */
export const ENTRIES_MAX = 20_000;

/** The file is made anew when it has so many lines more than are needed. */
const LINES_SPARE = 2000;

/** The end of a command. */
export type Fate =
  | { readonly outcome: 'answered'; readonly completionCode: number; readonly data: string }
  | {
      readonly outcome: 'not-sent' | 'unknown';
      readonly code: FleetErrorCode;
      readonly message: string;
    };

/** A command with its id. */
export interface Command {
  /** The user, a slash, and the request id. */
  readonly key: string;
  /** The same for the same command; its data may be secret, and is not kept. */
  readonly digest: string;
}

type Line =
  | { readonly kind: 'begin'; readonly key: string; readonly digest: string; readonly at: number }
  | { readonly kind: 'end'; readonly key: string; readonly fate: Fate }
  /** Lines were found that could not be read, each of which may have begun a command. */
  | { readonly kind: 'damage'; readonly at: number };

interface Known {
  /** Undefined for a command whose line is damaged. */
  readonly digest: string | undefined;
  /** The time of the journal when it came. */
  readonly at: number;
  fate: Fate | undefined;
  /** While this process executes it. */
  running: Promise<Fate> | undefined;
}

/** Everything that a {@link Journal} is built from. */
export interface JournalParts {
  readonly disk: Disk;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  /** Told of lines that are damaged, and of what could not be written. */
  readonly onError: (error: unknown) => void;
}

/** The fate of a command, and whether an earlier delivery was executed. */
export interface Executed {
  readonly fate: Fate;
  readonly isRepeated: boolean;
}

const LOST: Fate = {
  outcome: 'unknown',
  code: 'AGENT_FAILED',
  message: 'the agent ended while the BMC had the command; it is not sent again',
};

/** A damaged line may have begun a command, which would be sent again if it were taken for new. */
const REFUSED =
  'changes with a new id are refused for a week, or until the agent starts without journal.log: ' +
  'remove it only when nothing from before will be sent again';

const NAMELESS = { digest: undefined, running: undefined };

export class Journal {
  readonly #parts: JournalParts;
  readonly #log: AppendLog<Line>;
  readonly #known = new Map<string, Known>();
  readonly #startMs: number;
  /** The time of the last command that was there at the start. */
  #lastAt = 0;
  /** The time when lines were damaged; undefined if none were. */
  #damagedAt: number | undefined;

  /** Reads what is there, and throws an error of the system when it cannot. */
  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#log = new AppendLog(parts.disk, FILE);
    for (const line of this.#log.read()) this.#take(line);
    this.#startMs = parts.nowMs();
    if (this.#log.damage !== undefined) {
      parts.onError(new Error(`${this.#log.damage.message}; ${REFUSED}`));
      this.#damagedAt = this.#lastAt;
    }
    // A line that was cut off was none yet; behind others it would look like damage.
    if (this.#log.damage !== undefined || this.#log.isTorn) this.#rewrite();
    else this.#shorten(0);
  }

  /** Commands that are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /**
   * Resolves to the fate of the command, for which `send` is called unless it was before. Rejects
   * with a {@link FleetError} where it cannot be written down, or the id is that of another.
   */
  async execute(command: Command, send: () => Promise<Fate>): Promise<Executed> {
    const known = this.#known.get(command.key);
    if (known?.digest !== undefined && known.digest !== command.digest) {
      throw new FleetError('ID_REUSED', 'this request id was given to another command');
    }
    if (known?.running !== undefined) return { fate: await known.running, isRepeated: true };
    if (known !== undefined && known.fate?.outcome !== 'not-sent') {
      return { fate: known.fate ?? LOST, isRepeated: true };
    }
    const begun = this.#begin(command);
    begun.running = this.#run(command.key, begun, send);
    return { fate: await begun.running, isRepeated: false };
  }

  #begin({ key, digest }: Command): Known {
    const at = this.#now();
    try {
      if (this.#log.isTorn) this.#rewrite();
      else this.#shorten(LINES_SPARE);
      if (!this.#known.has(key)) {
        this.#checkDamage();
        this.#checkRoom(key);
      }
      this.#log.add({ kind: 'begin', key, digest, at });
    } catch (error) {
      if (error instanceof FleetError) throw error;
      this.#parts.onError(error);
      throw new FleetError('JOURNAL_FAILED', 'the journal of the agent cannot be written');
    }
    const known: Known = { digest, at, fate: undefined, running: undefined };
    this.#known.set(key, known);
    return known;
  }

  /** The time of the journal, which goes on where the last agent that wrote into it ended. */
  #now(): number {
    return Math.round(this.#lastAt + this.#parts.nowMs() - this.#startMs);
  }

  /** A command that is not known may be one that the damage has taken away. */
  #checkDamage(): void {
    if (this.#damagedAt === undefined || this.#damagedAt < this.#now() - KEEP_MS) return;
    throw new FleetError('JOURNAL_FAILED', `the journal of the agent was damaged; ${REFUSED}`);
  }

  #checkRoom(key: string): void {
    const left = ENTRIES_MAX - this.#known.size;
    if (this.#known.size < left) return;
    const user = key.slice(0, key.indexOf('/') + 1);
    let own = 0;
    for (const one of this.#known.keys()) own += one.startsWith(user) ? 1 : 0;
    if (own < left) return;
    throw new FleetError('JOURNAL_FAILED', `${own} commands of this user in a week are the limit`);
  }

  async #run(key: string, known: Known, send: () => Promise<Fate>): Promise<Fate> {
    const fate = await send();
    known.fate = fate;
    known.running = undefined;
    try {
      this.#log.add({ kind: 'end', key, fate });
    } catch (error) {
      // This process knows it all the same; the next one says that it does not.
      this.#parts.onError(error);
    }
    return fate;
  }

  #take(line: Line): void {
    if (line.kind === 'damage') {
      this.#damagedAt = line.at;
      this.#lastAt = Math.max(this.#lastAt, line.at);
      return;
    }
    const { key } = line;
    if (line.kind === 'begin') {
      const { digest, at } = line;
      this.#lastAt = Math.max(this.#lastAt, at);
      this.#known.set(key, { digest, at, fate: undefined, running: undefined });
      return;
    }
    const known = this.#known.get(key);
    if (known !== undefined) known.fate = line.fate;
    // The line of its beginning is damaged, and it was executed all the same.
    else this.#known.set(key, { ...NAMELESS, at: this.#lastAt, fate: line.fate });
  }

  /** Forgets what is old, and makes the file anew if it has lines to spare. */
  #shorten(spare: number): void {
    const oldest = this.#now() - KEEP_MS;
    for (const [key, { at, running }] of this.#known) {
      if (at < oldest && running === undefined) this.#known.delete(key);
    }
    if (this.#log.lines > 2 * this.#known.size + 1 + spare) this.#rewrite();
  }

  #rewrite(): void {
    const at = this.#damagedAt;
    const damage: readonly Line[] = at === undefined ? [] : [{ kind: 'damage', at }];
    const lines = [...this.#known].flatMap(([key, { digest, at, fate }]): readonly Line[] => {
      const begin = digest === undefined ? [] : [{ kind: 'begin', key, digest, at } as const];
      return fate === undefined ? begin : [...begin, { kind: 'end', key, fate }];
    });
    this.#log.rewrite([...damage, ...lines]);
  }
}
