/** Lines out of the pieces of a byte stream, each of bounded length. */

const LINE_FEED = 0x0a;

/** The next line, without its end; `more`: its end has not come yet. */
export type NextLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'more' }
  | { readonly kind: 'too-long' };

const MORE: NextLine = { kind: 'more' };
const TOO_LONG: NextLine = { kind: 'too-long' };

export class Lines {
  readonly #bytesMax: number;
  #bytes = Buffer.alloc(0);
  /** The first line begins here. */
  #from = 0;
  /** No line ends before this. */
  #searched = 0;
  #isTooLong = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes a piece of the stream; it is copied. */
  push(piece: Uint8Array): void {
    if (this.#isTooLong) return;
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#from), piece]);
    this.#searched -= this.#from;
    this.#from = 0;
  }

  /** A line that is longer than the bound is the last: everything after it is dropped. */
  next(): NextLine {
    if (this.#isTooLong) return TOO_LONG;
    const end = this.#bytes.indexOf(LINE_FEED, this.#searched);
    const last = end === -1 ? this.#bytes.length : end;
    if (last - this.#from > this.#bytesMax) {
      this.#isTooLong = true;
      this.#bytes = Buffer.alloc(0);
      return TOO_LONG;
    }
    this.#searched = last;
    if (end === -1) return MORE;
    const text = this.#bytes.toString('utf8', this.#from, end);
    this.#from = end + 1;
    this.#searched = this.#from;
    return { kind: 'line', text };
  }
}
