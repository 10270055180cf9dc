/**
 * The pages that look on, as streams of server-sent events: everything at first, then what changes,
 * collected for a moment. Their number is bounded, and one that takes nothing is cut off.
 */

import type { Clock } from 'ipmi-bt';

import type { FleetModel } from './model.ts';
import { Viewer } from './viewer.ts';
import type { ViewerStream } from './viewer.ts';

/** Everything that {@link Viewers} are built from. */
export interface ViewersParts {
  readonly clock: Clock;
  readonly model: FleetModel;
  /** Called before each sign of life. */
  readonly onBeat?: () => void;
}

/** Pages at the same time. */
export const VIEWERS_MAX = 64;

/** Changes are collected for so long. */
export const BATCH_MS = 250;

/** A page without a message for three of these has lost its server. */
export const BEAT_MS = 5000;

/** A page that takes nothing of what waits is cut off; it comes again and gets everything. */
const STALLED_BEATS = 6;

/** Time to take the last message in. */
const ENDING_MS = 5000;

export class Viewers {
  readonly #parts: ViewersParts;
  /** Each with the signs of life at which it had taken nothing. */
  readonly #viewers = new Map<Viewer, number>();
  readonly #cancelBeat: () => void;
  #cancelBatch: (() => void) | undefined;

  constructor(parts: ViewersParts) {
    this.#parts = parts;
    parts.model.onChange(() => this.#onChange());
    let cancel: () => void = () => undefined;
    const beat = (): void => {
      parts.onBeat?.();
      this.#beat();
      cancel = parts.clock.timer(BEAT_MS, beat, false);
    };
    cancel = parts.clock.timer(BEAT_MS, beat, false);
    this.#cancelBeat = () => {
      cancel();
    };
  }

  get count(): number {
    return this.#viewers.size;
  }

  /** Takes a page in, with everything as it is now; false when there are too many. */
  add(stream: ViewerStream): boolean {
    if (this.#viewers.size >= VIEWERS_MAX) return false;
    // What was collected is part of everything, and the others get it now.
    this.#flush();
    const { model } = this.#parts;
    const viewer = new Viewer(stream, model.snapshot(), () => model.nowMs());
    this.#viewers.set(viewer, 0);
    const forget = (): void => {
      this.#viewers.delete(viewer);
      viewer.cut();
    };
    stream.on('close', forget);
    stream.on('error', forget);
    viewer.send();
    return true;
  }

  /** Ends all streams; the pages connect again. One that takes no last message is cut off. */
  endAll(): void {
    const ended = this.#end();
    if (ended.length === 0) return;
    this.#parts.clock.timer(
      ENDING_MS,
      () => {
        for (const viewer of ended) viewer.cut();
      },
      false,
    );
  }

  /** Ends all streams; what they do not take is left to the end of the server. */
  close(): void {
    this.#cancelBeat();
    this.#cancelBatch?.();
    this.#end();
  }

  #end(): readonly Viewer[] {
    const ended = [...this.#viewers.keys()];
    this.#viewers.clear();
    for (const viewer of ended) viewer.end();
    return ended;
  }

  #beat(): void {
    for (const [viewer, stalled] of this.#viewers) {
      const beats = viewer.hasTaken() ? 0 : stalled + 1;
      this.#viewers.set(viewer, beats);
      if (beats < STALLED_BEATS) {
        viewer.beat();
        continue;
      }
      this.#viewers.delete(viewer);
      viewer.cut();
    }
  }

  #onChange(): void {
    this.#cancelBatch ??= this.#parts.clock.timer(BATCH_MS, () => this.#flush(), false);
  }

  #flush(): void {
    this.#cancelBatch?.();
    this.#cancelBatch = undefined;
    const delta = this.#parts.model.take();
    if (delta === undefined) return;
    for (const viewer of this.#viewers.keys()) {
      viewer.owe(delta);
      viewer.send();
    }
  }
}
