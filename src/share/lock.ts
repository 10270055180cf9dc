/**
 * The lock of an interface: processes that share one take turns, each holding the lock while it has
 * a request on the wire. Two files: the holder of the interface has locked the first and written
 * its name there, the next in line has locked the second.
 */

import { systemFiles } from '../files.ts';
import { loadNative } from '../native.ts';
import { flockOf } from './flock.ts';
import { holderOf, ownSignature } from './holder.ts';
import type { Holder, Signature } from './holder.ts';
import { LOCK_FOLDER, LockFile, checkFolder, lockPath } from './lock-file.ts';
import { SequenceFile } from './sequence-file.ts';
import { SequenceNumbers, memoryStore } from './sequence-numbers.ts';
import type { SequenceStore } from './sequence-numbers.ts';

/** The content of a lock file. */
interface Content {
  /** Undefined when the file names no process, or in the way of an earlier version. */
  readonly signature: Signature | undefined;
  readonly losses: number;
}

/** A lock that processes take turns with. */
export interface Lock {
  /** Other processes could want it; if false, it need never be released. */
  readonly isShared: boolean;

  /** The sequence numbers of the interface's requests. While held only. */
  readonly numbers: SequenceNumbers;

  /**
   * Takes the lock if it is free; harmless while held. A process that does not get it waits in line
   * until {@link release}; one that is not first in line does not get it, unless it comes
   * `outOfTurn`.
   */
  tryAcquire(outOfTurn: boolean): boolean;

  /** This process is the first in line. */
  readonly isNext: boolean;

  /**
   * True when another process is in line, or that cannot be told; then releasing is safe. While
   * held only.
   */
  isWanted(): boolean;

  /** False when its file was removed: another process can hold a new one. While held only. */
  isValid(): boolean;

  /** Gives up the lock, and the place in line. Synchronous, for exit handlers. */
  release(): void;

  /** Releases, for good. Idempotent. */
  close(): void;

  /** Counts the losses of the BMC in all processes that held the lock before. */
  readonly losses: number;

  /** Tells the processes after this one that the BMC was lost. While held only. */
  countLoss(): void;

  /** Returns the process that holds it, or the last that did; `undefined` when it is not known. */
  holder(): Holder | undefined;
}

/** The numbers of interfaces that no other process can reach, by their port. */
const privateNumbers = new WeakMap<object, SequenceStore>();

/** A lock for a port that no other process can reach, such as the simulated BMC's. */
export function privateLock(
  port: object,
  firstSeq: number,
  store = privateNumbers.get(port) ?? memoryStore(),
): Lock {
  privateNumbers.set(port, store);
  const numbers = new SequenceNumbers(firstSeq, store);
  numbers.renew();
  const release = (): void => {
    numbers.rest();
  };
  return {
    ...{ isShared: false, isNext: false, losses: 0, numbers, release, close: release },
    tryAcquire: () => true,
    isWanted: () => false,
    isValid: () => true,
    countLoss: () => undefined,
    holder: () => undefined,
  };
}

/** The parts of an interface lock; only tests bring their own. */
export interface LockOptions {
  /** Port of BT_CTRL. */
  readonly base: number;
  /** The sequence number to begin with when none is known of an earlier process. */
  readonly firstSeq: number;
  readonly folder?: string;
  readonly load?: typeof loadNative;
}

export class InterfaceLock implements Lock {
  readonly isShared = true;
  readonly numbers: SequenceNumbers;
  readonly #sequence: SequenceFile;
  readonly #holding: LockFile;
  readonly #next: LockFile;
  readonly #self = ownSignature(systemFiles);
  #losses = 0;

  /** Throws `PORT_DENIED` when the folder cannot be made or cannot be trusted. */
  constructor({ base, firstSeq, folder = LOCK_FOLDER, load = loadNative }: LockOptions) {
    checkFolder(folder);
    const flock = flockOf(load());
    this.#holding = new LockFile(lockPath(folder, base, 'lock'), flock);
    this.#next = new LockFile(lockPath(folder, base, 'next'), flock);
    this.#sequence = new SequenceFile(lockPath(folder, base, 'seq'));
    this.numbers = new SequenceNumbers(firstSeq, this.#sequence);
  }

  tryAcquire(outOfTurn: boolean): boolean {
    if (this.#holding.isLocked) return true;
    if (!this.#next.tryLock() && !outOfTurn) return false;
    if (!this.#holding.tryLock()) return false;
    this.#next.unlock();
    this.numbers.renew();

    const { signature, losses } = parse(this.#holding.read());
    this.#losses = losses;
    if (!isSame(signature, this.#self)) this.#sign();
    return true;
  }

  get losses(): number {
    return this.#losses;
  }

  countLoss(): void {
    this.#losses += 1;
    this.#sign();
  }

  get isNext(): boolean {
    return this.#next.isLocked;
  }

  isWanted(): boolean {
    try {
      if (!this.#next.tryLock()) return true;
    } catch {
      // The next request is told why, because it has to wait in the same line.
      return true;
    }
    this.#next.unlock();
    return false;
  }

  isValid(): boolean {
    return this.#holding.hasName;
  }

  release(): void {
    this.numbers.rest();
    this.#next.unlock();
    this.#holding.unlock();
  }

  close(): void {
    this.numbers.rest();
    this.#next.close();
    this.#holding.close();
    this.#sequence.close();
  }

  holder(): Holder | undefined {
    const { signature } = parse(this.#holding.read());
    return signature && holderOf(signature, this.#self);
  }

  #sign(): void {
    const content = { ...this.#self, losses: this.#losses };
    this.#holding.write(`${JSON.stringify(content)}\n`);
  }
}

function isSame(one: Signature | undefined, other: Signature): boolean {
  const names = ['pid', 'pidNamespace', 'program'] as const;
  return one !== undefined && names.every((name) => one[name] === other[name]);
}

/** Nothing is known when no process has written yet, or one died while writing. */
function parse(text: string): Content {
  const { pid, pidNamespace, program, losses } = fieldsOf(text);
  const isSigned = typeof pid === 'number' && typeof program === 'string';
  const home = typeof pidNamespace === 'string' ? pidNamespace : undefined;
  return {
    signature: isSigned ? { pid, pidNamespace: home, program } : undefined,
    losses: typeof losses === 'number' ? losses : 0,
  };
}

type Fields = Partial<Record<string, unknown>>;

/** Returns the fields of a JSON object; none when the text is anything else. */
function fieldsOf(text: string): Fields {
  try {
    return { ...(JSON.parse(text) as Fields | null) };
  } catch {
    return {};
  }
}
