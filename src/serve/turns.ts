/**
 * A queue that is fair twice: processes that have something to send take turns, and so do the files
 * and connections of one process. A flood of one of them costs any other no more than one turn for
 * each of the rest.
 */

import { LinkedList } from '../driver/linked-list.ts';
import type { Linked } from '../driver/linked-list.ts';

/** Members of a ring have turns as long as something waits at them. */
interface Waiting {
  readonly waiting: number;
}

/** Goes round the members at which something waits. */
class Ring<Member extends Linked<Member> & Waiting> {
  readonly #members = new LinkedList<Member>();
  /** The one that had the last turn. It is not in the list: others that come now are before it. */
  #served: Member | undefined;

  /** Something waits at the member. */
  join(member: Member): void {
    if (member.list === undefined && member !== this.#served) this.#members.addLast(member);
  }

  /** Nothing waits at the member any more. */
  leave(member: Member): void {
    this.#members.remove(member);
  }

  /** Gives the next turn. */
  next(): Member | undefined {
    const served = this.#served;
    if (served !== undefined && served.waiting > 0) this.#members.addLast(served);
    this.#served = this.#members.takeFirst();
    return this.#served;
  }
}

export class Turns<Item extends Linked<Item>> {
  readonly #ring = new Ring<Process<Item>>();
  readonly #processes = new Map<number, Process<Item>>();

  /** Returns a place in the process of that pid; in one of its own when that is 0. */
  place(pid: number): Place<Item> {
    const process = (pid === 0 ? undefined : this.#processes.get(pid)) ?? new Process<Item>();
    if (pid !== 0) this.#processes.set(pid, process);
    process.places += 1;
    return new Place(process, {
      changed: (change) => {
        process.waiting += change;
        if (process.waiting === 0) this.#ring.leave(process);
        else if (change > 0) this.#ring.join(process);
      },
      left: () => {
        process.places -= 1;
        if (process.places === 0) this.#processes.delete(pid);
      },
    });
  }

  /** Removes and returns the item that has the next turn. */
  take(): Item | undefined {
    const process = this.#ring.next();
    const item = process?.ring.next()?.items.takeFirst();
    if (process !== undefined) process.waiting -= 1;
    return item;
  }
}

/** The places of one process. */
class Process<Item extends Linked<Item>> implements Linked<Process<Item>>, Waiting {
  list: LinkedList<Process<Item>> | undefined;
  previous: Process<Item> | undefined;
  next: Process<Item> | undefined;
  /** Number of places. */
  places = 0;
  /** Number of items at them that can have a turn. */
  waiting = 0;
  readonly ring = new Ring<Place<Item>>();
}

interface PlaceEvents {
  /** So many more items can have a turn; fewer, when it is below 0. */
  readonly changed: (change: number) => void;
  readonly left: () => void;
}

/** One file or connection, with what it has to send, in order. */
export class Place<Item extends Linked<Item>> implements Linked<Place<Item>>, Waiting {
  list: LinkedList<Place<Item>> | undefined;
  previous: Place<Item> | undefined;
  next: Place<Item> | undefined;
  readonly items = new LinkedList<Item>();
  readonly #process: Process<Item>;
  readonly #tell: PlaceEvents;
  /** The item that the others wait behind, until {@link wake}. */
  #resting: Item | undefined;
  #hasLeft = false;

  constructor(process: Process<Item>, tell: PlaceEvents) {
    this.#process = process;
    this.#tell = tell;
  }

  /** Items that can have a turn. */
  get waiting(): number {
    return this.#resting === undefined ? this.items.size : 0;
  }

  add(item: Item): void {
    this.items.addLast(item);
    if (this.#resting !== undefined) return;
    this.#process.ring.join(this);
    this.#tell.changed(1);
  }

  /** False when it does not wait here. */
  remove(item: Item): boolean {
    if (!this.items.remove(item)) return false;
    if (item === this.#resting) this.wake();
    else if (this.#resting === undefined) {
      if (this.waiting === 0) this.#process.ring.leave(this);
      this.#tell.changed(-1);
    }
    return true;
  }

  /** Puts an item that had its turn back in front; nothing here has one before {@link wake}. */
  rest(item: Item): void {
    const { waiting } = this;
    this.#resting = item;
    this.items.addFirst(item);
    this.#process.ring.leave(this);
    this.#tell.changed(-waiting);
  }

  /** The items have turns again. Idempotent. */
  wake(): void {
    if (this.#resting === undefined) return;
    this.#resting = undefined;
    if (this.waiting === 0) return;
    this.#process.ring.join(this);
    this.#tell.changed(this.waiting);
  }

  /** Gives the place up, and returns what waited. Idempotent. */
  leave(): readonly Item[] {
    const items = [...this.items.members()];
    for (const item of items) this.remove(item);
    if (!this.#hasLeft) this.#tell.left();
    this.#hasLeft = true;
    return items;
  }
}
