/** The reservation of an SDR repository, or of a SEL (IPMI 2.0 §31.4, §33.11): one at a time. */

const LAST = 0xffff;

/** Numbers of reservations go from 1 to 0xffff, and begin anew then. */
export class Reservation {
  /** 0 when there is none. */
  #valid = 0;
  #last = 0;

  /** Makes one, which cancels the former one; returns its number. */
  make(): number {
    this.#last = (this.#last % LAST) + 1;
    this.#valid = this.#last;
    return this.#valid;
  }

  cancel(): void {
    this.#valid = 0;
  }

  isValid(number: number): boolean {
    return number !== 0 && number === this.#valid;
  }
}
