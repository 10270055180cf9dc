/**
 * A doubly linked list, first in first out, from which any member is removed in constant time. The
 * links are in the members themselves, so that removing one of ten thousand needs no search.
 */

/** A member's links. A member is in one list at a time, and only that list writes them. */
export interface Linked<Member extends Linked<Member>> {
  list: LinkedList<Member> | undefined;
  previous: Member | undefined;
  next: Member | undefined;
}

export class LinkedList<Member extends Linked<Member>> {
  #first: Member | undefined;
  #last: Member | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Member | undefined {
    return this.#first;
  }

  /** Iterates from first to last; the list must not change meanwhile. */
  *members(): Iterable<Member> {
    for (let member = this.#first; member !== undefined; member = member.next) yield member;
  }

  addLast(member: Member): void {
    this.#insert(member, this.#last, undefined);
  }

  addFirst(member: Member): void {
    this.#insert(member, undefined, this.#first);
  }

  takeFirst(): Member | undefined {
    const first = this.#first;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Removes a member from any position; false when it is not in this list. */
  remove(member: Member): boolean {
    if (member.list !== this) return false;
    const { previous, next } = member;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // Links left in a removed member would keep later members from being garbage-collected.
    member.list = undefined;
    member.previous = undefined;
    member.next = undefined;
    this.#size -= 1;
    return true;
  }

  #insert(member: Member, previous: Member | undefined, next: Member | undefined): void {
    member.list = this;
    member.previous = previous;
    member.next = next;
    if (previous === undefined) this.#first = member;
    else previous.next = member;
    if (next === undefined) this.#last = member;
    else next.previous = member;
    this.#size += 1;
  }
}
