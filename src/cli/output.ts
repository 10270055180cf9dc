/**
 * Standard output and standard error. Node's own streams for them take longer to load than a
 * command takes, so bytes are written with write(); a stream is opened only for a descriptor that
 * is non-blocking.
 */

import { writeSync } from 'node:fs';

import type { Cancel, Clock } from '../clock.ts';

/** Where text goes. */
export interface Output {
  /** Writes all of it before it returns; drops it when the reader has closed the pipe. */
  write(text: string): void;

  /** True when the reader has closed the pipe, as `| head -1` does. */
  readonly isClosed: boolean;
}

/** So much is written at once when there is much. */
const CHUNK_CHARS = 16_384;

/** So long text waits for more to go with it: a screen shows it at once. */
const CHUNK_MS = 50;

/** Standard output cannot be written: the disk is full, or the terminal gone. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** One of this process's descriptors. */
class ProcessOutput implements Output {
  readonly #fd: number;
  readonly #openStream: () => NodeJS.WriteStream;
  #stream: NodeJS.WriteStream | undefined;
  #isClosed = false;

  constructor(fd: number, openStream: () => NodeJS.WriteStream) {
    this.#fd = fd;
    this.#openStream = openStream;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(text: string): void {
    if (this.#isClosed) return;
    let rest: Uint8Array = Buffer.from(text);
    try {
      while (rest.length > 0 && this.#stream === undefined) {
        rest = rest.subarray(writeSync(this.#fd, rest));
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') {
        this.#fail(error);
        return;
      }
      // Another process has left it non-blocking: Node's stream knows how to write that.
      this.#stream = this.#openStream();
      this.#stream.on('error', (later) => {
        this.#fail(later);
      });
    }
    this.#stream?.write(rest);
  }

  #fail(cause: unknown): void {
    this.#isClosed = true;
    const { code, message } = cause as NodeJS.ErrnoException;
    // There is nowhere to tell that standard error cannot be written.
    if (code === 'EPIPE' || this.#fd === 2) return;
    throw new OutputError(`standard output cannot be written: ${message}`, { cause });
  }
}

/** Writes text in chunks: a write for each of many lines would take longer than they do. */
export class Chunks {
  readonly #output: Output;
  readonly #clock: Clock;
  #text = '';
  #cancel: Cancel | undefined;
  #failure: unknown;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  write(text: string): void {
    this.#check();
    this.#text += text;
    if (this.#text.length >= CHUNK_CHARS) this.flush();
    else if (this.#text !== '') this.#cancel ??= this.#clock.timer(CHUNK_MS, this.#later, true);
  }

  flush(): void {
    this.#check();
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#output.write(text);
  }

  readonly #later = (): void => {
    try {
      this.flush();
    } catch (error) {
      // The next write throws it; a timer has no caller that could catch it.
      this.#failure = error;
    }
  };

  #check(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure as Error;
  }
}

export const stdout: Output = new ProcessOutput(1, () => process.stdout);
export const stderr: Output = new ProcessOutput(2, () => process.stderr);

/** Says something on standard error. */
export function tellUser(text: string): void {
  stderr.write(`ipmi-bt: ${text}\n`);
}
