/** The restart of a BMC: it is away for a time, and comes back with everything forgotten. */

export class Restart {
  /** Duration of a restart; 0: it never restarts. */
  readonly #forMs: number;
  #atMs = Infinity;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** The restart begins at that time. */
  schedule(atMs: number): void {
    if (this.#forMs > 0) this.#atMs = atMs;
  }

  /** Returns where it is; `back` once, when it has returned. Time does not go back. */
  look(nowMs: number): 'here' | 'away' | 'back' {
    if (nowMs < this.#atMs) return 'here';
    if (nowMs < this.#atMs + this.#forMs) return 'away';
    this.#atMs = Infinity;
    return 'back';
  }
}
