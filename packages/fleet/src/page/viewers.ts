/**
 * The pages that look on, as streams of server-sent events: everything at first, then what changes,
 * collected for a moment and written once for all. Their number and what waits for a slow one are
 * bounded.
 */

import type { Clock } from 'ipmi-bt';

import type { FleetModel } from './model.ts';

/** A stream to one page, as a response of `node:http` is one. */
export interface ViewerStream {
  readonly writableLength: number;
  write(text: string): unknown;
  end(text?: string): unknown;
  destroy(): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
}

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

/** A page that has not taken so much is cut off; it comes again and gets everything. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

export class Viewers {
  readonly #parts: ViewersParts;
  readonly #streams = new Set<ViewerStream>();
  readonly #cancelBeat: () => void;
  #cancelBatch: (() => void) | undefined;

  constructor(parts: ViewersParts) {
    this.#parts = parts;
    parts.model.onChange(() => this.#onChange());
    let cancel: () => void = () => undefined;
    const beat = (): void => {
      parts.onBeat?.();
      this.#write(message('beat', {}));
      cancel = parts.clock.timer(BEAT_MS, beat, false);
    };
    cancel = parts.clock.timer(BEAT_MS, beat, false);
    this.#cancelBeat = () => {
      cancel();
    };
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Takes a page in, with everything as it is now; false when there are too many. */
  add(stream: ViewerStream): boolean {
    if (this.#streams.size >= VIEWERS_MAX) return false;
    // What was collected is part of everything, and the others get it now.
    this.#flush();
    this.#streams.add(stream);
    const forget = (): void => void this.#streams.delete(stream);
    stream.on('close', forget);
    stream.on('error', forget);
    stream.write(message('snapshot', this.#parts.model.snapshot()));
    return true;
  }

  /** Ends all streams; the pages connect again. */
  endAll(): void {
    for (const stream of this.#streams) stream.end(message('bye', {}));
    this.#streams.clear();
  }

  close(): void {
    this.#cancelBeat();
    this.#cancelBatch?.();
    this.endAll();
  }

  #onChange(): void {
    this.#cancelBatch ??= this.#parts.clock.timer(BATCH_MS, () => this.#flush(), false);
  }

  #flush(): void {
    this.#cancelBatch?.();
    this.#cancelBatch = undefined;
    const delta = this.#parts.model.take();
    if (delta !== undefined && this.#streams.size > 0) this.#write(message('delta', delta));
  }

  #write(text: string): void {
    for (const stream of this.#streams) {
      if (stream.writableLength <= WAITING_BYTES_MAX) {
        stream.write(text);
        continue;
      }
      this.#streams.delete(stream);
      stream.destroy();
    }
  }
}

/** JSON has no line ends of its own, so that it is one line of data. */
function message(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
