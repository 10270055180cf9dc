/** A `Machine` that records the attempts of another one: their deadlines and their ends. */

import type { Attempt, Attention, Machine, PollResult, Presence } from '../driver/machine.ts';
import type { Recorder } from './recorder.ts';

export class RecordMachine implements Machine {
  readonly #inner: Machine;
  readonly #recorder: Recorder;

  constructor(inner: Machine, recorder: Recorder) {
    this.#inner = inner;
    this.#recorder = recorder;
  }

  get isIdle(): boolean {
    return this.#inner.isIdle;
  }

  get misfit(): string | undefined {
    return this.#inner.misfit;
  }

  start(attempt: Attempt): void {
    this.#recorder.began(attempt);
    this.#inner.start(attempt);
  }

  poll(nowMs: number, isLast: boolean): PollResult {
    const result = this.#inner.poll(nowMs, isLast);
    switch (result.kind) {
      case 'idle':
      case 'wait':
        break;
      case 'done':
        this.#recorder.ended('reply');
        break;
      case 'failed':
        this.#recorder.ended(result.reason);
        break;
      case 'broken':
        this.#recorder.ended('broken');
        break;
    }
    return result;
  }

  cancel(): boolean {
    const isCancelled = this.#inner.cancel();
    if (isCancelled) this.#recorder.ended('withdrawn');
    return isCancelled;
  }

  attention(): Attention {
    return this.#inner.attention();
  }

  presence(): Presence {
    return this.#inner.presence();
  }

  quiesce(): void {
    this.#inner.quiesce();
    this.#recorder.ended('dropped');
    this.#recorder.flush();
  }

  reset(): void {
    this.#inner.reset();
    this.#recorder.ended('dropped');
  }
}
