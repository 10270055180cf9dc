/**
 * The sequence numbers of the requests to one BMC. A number is not used again while a reply to an
 * earlier request of that number may still come, because nothing else tells the two replies apart.
 * The processes that share an interface share this knowledge: it is stored before each request, so
 * that it survives a process that is killed.
 */

/** Where the numbers are kept for the process that has the interface next. */
export interface SequenceStore {
  /** Returns what was stored last; undefined when nothing was, or it cannot be read. */
  read(): Uint8Array | undefined;
  /** Stores the first `count` of `bytes`; false when that is impossible. */
  write(bytes: Uint8Array, count: number): boolean;
}

/** The layout of what is stored: bytes, and behind them the owed numbers, oldest first. */
const VERSION = 0;
const LAST = 1;
const IN_USE = 2;
const OWED_COUNT = 3;
const OWED = 4;

const VERSION_NOW = 1;

const NOTHING = new Uint8Array();

/**
 * Most numbers that are kept out of use; then the one that is owed a reply for the longest time is
 * used again. The others are left for requests that are answered, so that these still differ.
 */
export const OWED_MAX = 240;

/** Bytes that are stored at most. */
export const STORED_BYTES = OWED + OWED_MAX;

export class SequenceNumbers {
  readonly #store: SequenceStore;
  readonly #bytes = new Uint8Array(STORED_BYTES);
  /** The store holds the same as `#bytes`. */
  #isStored = true;

  /** `first` is used first when the store is empty: random, because of unknown former owners. */
  constructor(first: number, store: SequenceStore = memoryStore()) {
    this.#store = store;
    this.#bytes[VERSION] = VERSION_NOW;
    this.#bytes[LAST] = (first - 1) & 0xff;
  }

  /** Takes over what the last owner of the interface left; call it when that was acquired. */
  renew(): void {
    // What could not be stored is known to this process alone.
    const unsaved = this.#isStored ? [] : [...this.#owed()];
    const stored = validOf(this.#store.read());
    this.#isStored = stored !== undefined;
    // Removed, cut off or unreadable: all that this process knows is stored again.
    if (stored === undefined) return;
    this.#bytes.set(stored);
    for (const seq of unsaved) if (!this.isOwed(seq)) this.owe(seq);
    // The last owner ended while the BMC had its request.
    if (this.#bytes[IN_USE] === 1) this.owe(this.#last);
    this.rest();
  }

  /** Says that no request is with the BMC; call it before the interface is released. */
  rest(): void {
    if (this.#bytes[IN_USE] === 0) return;
    this.#bytes[IN_USE] = 0;
    this.#save(OWED);
  }

  /** Returns the number of the next request, and notes that the BMC may get it now. */
  take(): number {
    const owed = this.#owed();
    let seq = (this.#last + 1) & 0xff;
    while (owed.includes(seq)) seq = (seq + 1) & 0xff;
    this.#bytes[LAST] = seq;
    this.#bytes[IN_USE] = 1;
    this.#save(OWED);
    return seq;
  }

  /** Gives a number back that the BMC did not get; {@link take} returns it again. */
  putBack(seq: number): void {
    if (seq === this.#last && !this.isOwed(seq)) this.#bytes[LAST] = (seq - 1) & 0xff;
  }

  /** True when a reply to a request of this number may still come. */
  isOwed(seq: number): boolean {
    return this.#owed().includes(seq);
  }

  /** Notes that the BMC had a request of this number, and that no reply came in its time. */
  owe(seq: number): void {
    const kept = [...this.#owed()].filter((one) => one !== seq).slice(1 - OWED_MAX);
    this.#bytes.set([...kept, seq], OWED);
    this.#bytes[OWED_COUNT] = kept.length + 1;
    this.#save(STORED_BYTES);
  }

  get #last(): number {
    return this.#bytes[LAST] ?? 0;
  }

  #owed(): Uint8Array {
    return this.#bytes.subarray(OWED, OWED + (this.#bytes[OWED_COUNT] ?? 0));
  }

  #save(count: number): void {
    this.#isStored = this.#store.write(this.#bytes, this.#isStored ? count : STORED_BYTES);
  }
}

/** Returns what was stored, up to the last owed number; undefined when that is damaged. */
function validOf(stored: Uint8Array = NOTHING): Uint8Array | undefined {
  const { length, [VERSION]: version, [OWED_COUNT]: count = 0 } = stored;
  const isValid = version === VERSION_NOW && count <= OWED_MAX && length >= OWED + count;
  return isValid ? stored.subarray(0, OWED + count) : undefined;
}

/** A store for an interface that no other process can reach. */
export function memoryStore(): SequenceStore {
  const stored = new Uint8Array(STORED_BYTES);
  return {
    read: () => stored,
    write: (bytes, count) => {
      stored.set(bytes.subarray(0, count));
      return true;
    },
  };
}
