/**
 * Standard output and standard error. Node's own streams for them take longer to load than a
 * command takes, so bytes are written with write(); a stream is opened only for a descriptor that
 * is non-blocking.
 */

import { fstatSync, statSync, writeSync } from 'node:fs';

import { onAbort } from '../abort.ts';
import { aborted } from '../clock.ts';
import type { Cancel, Clock } from '../clock.ts';
import { shownText } from '../shown.ts';
import { writeReason } from './file-reasons.ts';

/** Where text goes. */
export interface Output {
  /**
   * Writes all of it before it returns, and never throws: once the text cannot be written, this and
   * all that follows is dropped, and {@link failure} says why.
   */
  write(text: string | Uint8Array): void;

  /** True when nothing is written any more: the reader has closed the pipe, or writing failed. */
  readonly isClosed: boolean;

  /**
   * The reason why text was lost; undefined while none was. A reader that closes the pipe, as
   * `| head -1` does, wants no more, which is no failure.
   */
  readonly failure: OutputError | undefined;
}

/** Makes an output of the same place, on which each text is written by `write`. */
export function writingBy(output: Output, write: Output['write']): Output {
  return {
    write,
    get isClosed() {
      return output.isClosed;
    },
    get failure() {
      return output.failure;
    },
  };
}

/** So much is written at once when there is much. */
const CHUNK_CHARS = 16_384;

/** So long text waits for more to go with it: a screen shows it at once. */
const CHUNK_MS = 50;

/** Standard output cannot be written: the disk is full, or the terminal gone. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Standard input cannot be read: it was opened to be written, or its connection was lost. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** One of this process's descriptors. */
class ProcessOutput implements Output {
  readonly #fd: number;
  readonly #openStream: () => NodeJS.WriteStream;
  #stream: NodeJS.WriteStream | undefined;
  #isClosed = false;
  #failure: OutputError | undefined;

  constructor(fd: number, openStream: () => NodeJS.WriteStream) {
    this.#fd = fd;
    this.#openStream = openStream;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get failure(): OutputError | undefined {
    return this.#failure;
  }

  write(text: string | Uint8Array): void {
    if (this.#isClosed) return;
    try {
      const rest = this.#writeNow(Buffer.from(text));
      if (rest.length > 0) this.#writeLater(rest);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Returns what the descriptor does not take now. */
  #writeNow(text: Uint8Array): Uint8Array {
    let rest = text;
    try {
      while (rest.length > 0 && this.#stream === undefined) {
        rest = rest.subarray(writeSync(this.#fd, rest));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    return rest;
  }

  /** Another process has left the descriptor non-blocking: Node's stream can write that. */
  #writeLater(rest: Uint8Array): void {
    if (this.#stream === undefined) {
      this.#stream = this.#openStream();
      this.#stream.on('error', (error) => {
        this.#fail(error);
      });
    }
    this.#stream.write(rest);
  }

  /** Resolves when the system has taken all of it, or writing has failed. */
  async taken(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      stream.write('', () => {
        resolve();
      });
    });
  }

  /** True for `/dev/null`, which Node also opens in the place of a descriptor that is closed. */
  get isNull(): boolean {
    return isNullDevice(this.#fd);
  }

  #fail(cause: unknown): void {
    this.#isClosed = true;
    const { code } = cause as NodeJS.ErrnoException;
    // There is nowhere to tell that standard error cannot be written.
    if (code === 'EPIPE' || this.#fd === 2) return;
    this.#failure ??= new OutputError(`standard output cannot be written: ${writeReason(cause)}`, {
      cause,
    });
  }
}

/** Writes text in chunks: a write for each of many lines would take longer than they do. */
export class Chunks {
  readonly #output: Output;
  readonly #clock: Clock;
  #text = '';
  #cancel: Cancel | undefined;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= CHUNK_CHARS) this.flush();
    else if (this.#text !== '') this.#cancel ??= this.#clock.timer(CHUNK_MS, this.#later, true);
  }

  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#output.write(text);
  }

  readonly #later = (): void => {
    this.flush();
  };
}

const standardOutput = new ProcessOutput(1, () => process.stdout);

export const stdout: Output = standardOutput;
export const stderr: Output = new ProcessOutput(2, () => process.stderr);

/** True if an open file is `/dev/null`. */
export function isNullDevice(fd: number): boolean {
  const nothing = statSync('/dev/null', { throwIfNoEntry: false });
  const own = fstatSync(fd);
  return own.isCharacterDevice() && own.rdev === nothing?.rdev;
}

/** True if standard output is closed, or `/dev/null`: what is written is lost. */
export function isStdoutNull(): boolean {
  return standardOutput.isNull;
}

/** Resolves when all that was written was taken; rejects when `signal` aborts. */
export async function stdoutTaken(signal: AbortSignal): Promise<void> {
  let forget: (() => void) | undefined;
  const end = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => {
      reject(aborted(signal.reason));
    });
    if (signal.aborted) reject(aborted(signal.reason));
  });
  try {
    await Promise.race([standardOutput.taken(), end]);
  } finally {
    forget?.();
  }
}

/** Makes way on the terminal for a text of {@link tellUser}. */
let makeWay = (): void => undefined;

/** Has `clear` called before each text of {@link tellUser}; the result ends that. */
export function makeWayBy(clear: () => void): () => void {
  makeWay = clear;
  return () => {
    makeWay = (): void => undefined;
  };
}

/** Says something on standard error. */
export function tellUser(text: string): void {
  makeWay();
  stderr.write(`ipmi-bt: ${shownText(text)}\n`);
}
