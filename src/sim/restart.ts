/** When a BMC restarts, and how long it is away. */

export class Restart {
  /** How long it is away; 0: it never goes. */
  readonly #forMs: number;
  #atMs = Infinity;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** It will go at that time. */
  schedule(atMs: number): void {
    if (this.#forMs > 0) this.#atMs = atMs;
  }

  /** Where it is; `back` once, when it has returned. Time does not go back. */
  look(nowMs: number): 'here' | 'away' | 'back' {
    if (nowMs < this.#atMs) return 'here';
    if (nowMs < this.#atMs + this.#forMs) return 'away';
    this.#atMs = Infinity;
    return 'back';
  }
}
