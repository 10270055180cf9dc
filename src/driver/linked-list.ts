/**
 * First come, first served; any member may leave at once. Members hold the links themselves: ten
 * thousand of them are not looked up, and leave no gaps.
 */

/** What may stand in a line, in one at a time. The line alone writes these. */
export interface InLine<Member extends InLine<Member>> {
  line: Line<Member> | undefined;
  ahead: Member | undefined;
  behind: Member | undefined;
}

export class Line<Member extends InLine<Member>> {
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
    for (let member = this.#first; member !== undefined; member = member.behind) yield member;
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
    if (member.line !== this) return false;
    const { ahead, behind } = member;
    if (ahead === undefined) this.#first = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.#last = ahead;
    else behind.ahead = ahead;
    // Else a member that has left would keep all that come after it from being freed.
    member.line = undefined;
    member.ahead = undefined;
    member.behind = undefined;
    this.#size -= 1;
    return true;
  }

  #insert(member: Member, ahead: Member | undefined, behind: Member | undefined): void {
    member.line = this;
    member.ahead = ahead;
    member.behind = behind;
    if (ahead === undefined) this.#first = member;
    else ahead.behind = member;
    if (behind === undefined) this.#last = member;
    else behind.ahead = member;
    this.#size += 1;
  }
}
