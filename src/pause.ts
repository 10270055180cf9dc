/** A wait that somebody else can end, and that keeps no process alive. */

import type { Clock } from './clock.ts';

export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `pauseMs`, or at {@link end}. One at a time. */
  async wait(pauseMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.timer(pauseMs, resolve, false);
      this.#end = () => {
        cancel();
        resolve();
      };
    });
    this.#end = undefined;
  }

  /** Ends the wait there is. */
  end(): void {
    this.#end?.();
  }
}
