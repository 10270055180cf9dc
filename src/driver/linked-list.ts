/**
 * First come, first served; any member may leave at once. Members hold the links themselves: ten
 * thousand of them are not looked up, and leave no gaps.
 */

/** What may stand in a line, in one at a time. The line alone writes these. */
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

  /** From the first to the last; nobody may come or leave meanwhile. */
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

  /** Takes a member out, wherever it stands; false when it is not here. */
  remove(member: Member): boolean {
    if (member.list !== this) return false;
    const { previous, next } = member;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // Else a member that has left would keep all that come after it from being freed.
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
