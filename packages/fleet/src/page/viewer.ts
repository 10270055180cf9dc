/**
 * A page that looks on, with what it has not been sent yet. It gets as much as it takes, a piece at
 * a time, and of what changes meanwhile the last state: what waits for it has a bound.
 */

import type { Delta, EventRow, HostRow, Snapshot, Status } from './messages.ts';

/** A stream to one page, as a response of `node:http` is one. */
export interface ViewerStream {
  /** False: what was written waits, and `drain` tells when more is taken. */
  write(text: string): boolean;
  end(text?: string): unknown;
  destroy(): unknown;
  on(event: 'close' | 'error' | 'drain', listener: () => void): unknown;
}

/** Rows of one message, some 150 kB: the next one follows when they have been taken. */
export const PIECE_ROWS = 500;

export class Viewer {
  readonly #stream: ViewerStream;
  readonly #nowMs: () => number;
  /** Rows that it lacks, by their hosts. */
  readonly #rows: Map<string, HostRow>;
  #events: readonly EventRow[] | undefined;
  #status: Status | undefined;
  /** The name of the next message. */
  #name: 'snapshot' | 'delta' = 'snapshot';
  #isWhole = false;
  #state: 'free' | 'waiting' | 'over' = 'free';
  #hasTaken = true;

  /** `nowMs`: the time of day that each message has. */
  constructor(stream: ViewerStream, { rows, events, status }: Snapshot, nowMs: () => number) {
    this.#stream = stream;
    this.#nowMs = nowMs;
    this.#rows = new Map(rows.map((row) => [row.host, row]));
    this.#events = events;
    this.#status = status;
    stream.on('drain', () => {
      if (this.#state === 'over') return;
      this.#state = 'free';
      this.#hasTaken = true;
      this.send();
    });
  }

  /** True unless all that was written has waited since the last call. */
  hasTaken(): boolean {
    const hasTaken = this.#hasTaken || this.#state === 'free';
    this.#hasTaken = false;
    return hasTaken;
  }

  /** Takes what has changed; it is sent with the next piece. */
  owe({ rows = [], events, status }: Delta): void {
    for (const row of rows) this.#rows.set(row.host, row);
    this.#events = events ?? this.#events;
    this.#status = status ?? this.#status;
  }

  /** Sends what it lacks, as far as it takes it. */
  send(): void {
    while (this.#state === 'free' && this.#lacks()) this.#piece();
  }

  /** A sign of life, where nothing else is on its way. */
  beat(): void {
    if (this.#state === 'free') this.#write('beat', {});
  }

  /** Ends the stream; the page connects again. */
  end(): void {
    this.#leave();
    this.#stream.end(message('bye', {}));
  }

  cut(): void {
    this.#leave();
    this.#stream.destroy();
  }

  #leave(): void {
    this.#state = 'over';
    this.#rows.clear();
  }

  #lacks(): boolean {
    const rest = [this.#events, this.#status];
    return this.#rows.size > 0 || !this.#isWhole || rest.some((one) => one !== undefined);
  }

  #piece(): void {
    const rows: HostRow[] = [];
    for (const [host, row] of this.#rows) {
      if (rows.length >= PIECE_ROWS) break;
      rows.push(row);
      this.#rows.delete(host);
    }
    const isLast = !this.#isWhole && this.#rows.size === 0;
    const piece = { nowMs: this.#nowMs(), rows, events: this.#events, status: this.#status };
    this.#events = undefined;
    this.#status = undefined;
    this.#isWhole ||= isLast;
    const name = this.#name;
    this.#name = 'delta';
    const whole = name === 'snapshot' || isLast ? { isWhole: isLast } : {};
    this.#write(name, { ...piece, ...whole });
  }

  #write(name: string, data: object): void {
    this.#state = this.#stream.write(message(name, data)) ? 'free' : 'waiting';
  }
}

/** JSON has no line ends of its own, so that it is one line of data. */
function message(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
