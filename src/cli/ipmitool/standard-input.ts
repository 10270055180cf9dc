/** Standard input for `ipmitool shell`, and for passwords: a terminal, a file or a pipe. */

import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { Writable } from 'node:stream';

import { onAbort } from '../../abort.ts';
import type { Signal } from '../../abort.ts';
import { aborted } from '../../clock.ts';
import type { Input } from './session.ts';

/** Width of a screen that does not tell its own, characters. */
const COLUMNS = 80;

/** An input that is closed at last, which gives a terminal its own ways back. */
export interface OpenInput extends Input {
  close(): void;
}

/** Opens it; nothing is read before it is asked for. Waiting ends with the signal. */
export function openInput(signal: Signal): OpenInput {
  return process.stdin.isTTY ? new Terminal(signal) : new Pieces(signal);
}

/** Waits for something that comes from outside; rejects as soon as the signal aborts. */
async function unlessAborted<Value>(signal: Signal, coming: Promise<Value>): Promise<Value> {
  let forget: () => void = () => undefined;
  const abort = new Promise<never>((_, reject) => {
    const refuse = (): void => {
      reject(aborted(signal.reason));
    };
    if (signal.aborted) refuse();
    forget = onAbort(signal, refuse);
  });
  try {
    return await Promise.race([coming, abort]);
  } finally {
    forget();
  }
}

/** Lines of a file or a pipe. */
class Pieces implements OpenInput {
  readonly isTerminal = false;
  readonly #signal: Signal;
  #pieces: AsyncIterator<string> | undefined;
  #text = '';

  constructor(signal: Signal) {
    this.#signal = signal;
  }

  async line(): Promise<string | undefined> {
    return await this.#take(/[\r\n]/);
  }

  async secret(): Promise<string | undefined> {
    return await this.#take(/\n/);
  }

  close(): void {
    if (this.#pieces !== undefined) process.stdin.destroy();
  }

  async #take(end: RegExp): Promise<string | undefined> {
    for (;;) {
      const at = this.#text.search(end);
      if (at >= 0) return this.#cut(at);
      const piece = await this.#next();
      if (piece === undefined) return this.#text === '' ? undefined : this.#cut(this.#text.length);
      this.#text += piece;
    }
  }

  #cut(at: number): string {
    const line = this.#text.slice(0, at);
    this.#text = this.#text.slice(at + 1);
    return line;
  }

  async #next(): Promise<string | undefined> {
    const stream = process.stdin.setEncoding('latin1');
    this.#pieces ??= (stream as AsyncIterable<string>)[Symbol.asyncIterator]();
    const next = await unlessAborted(this.#signal, this.#pieces.next());
    return next.done === true ? undefined : next.value;
  }
}

/** Lines that are typed, with Node's editing and history of them. */
class Terminal implements OpenInput {
  readonly isTerminal = true;
  readonly #signal: Signal;
  readonly #lines: string[] = [];
  #interface: Interface | undefined;
  #isEnded = false;
  #isHidden = false;
  #wake: () => void = () => undefined;

  constructor(signal: Signal) {
    this.#signal = signal;
  }

  async line(prompt: string): Promise<string | undefined> {
    const typed = this.#open();
    typed.setPrompt(prompt);
    typed.prompt();
    return await this.#next();
  }

  async secret(): Promise<string | undefined> {
    this.#isHidden = true;
    try {
      this.#open().setPrompt('');
      const text = await this.#next();
      process.stderr.write('\n');
      return text;
    } finally {
      this.#isHidden = false;
    }
  }

  close(): void {
    this.#interface?.close();
    if (this.#interface !== undefined) process.stdin.destroy();
  }

  #open(): Interface {
    if (this.#interface !== undefined) return this.#interface;
    const opened = createInterface({
      input: process.stdin,
      output: this.#screen(),
      terminal: true,
    });
    this.#interface = opened;
    opened.on('line', (line) => {
      this.#lines.push(Buffer.from(line).toString('latin1'));
      this.#wake();
    });
    opened.on('close', () => {
      this.#isEnded = true;
      this.#wake();
    });
    opened.on('history', (history: string[]) => {
      if (this.#isHidden) history.shift();
    });
    // In this mode of the terminal, Ctrl-C is a character.
    opened.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    return opened;
  }

  /** Standard output, but for what is typed while it is to be hidden. */
  #screen(): Writable {
    const { stdout } = process;
    const columns = stdout.isTTY ? stdout.columns : COLUMNS;
    const write = (piece: Buffer, _: string, done: () => void): void => {
      if (!this.#isHidden) stdout.write(piece);
      done();
    };
    return Object.assign(new Writable({ write }), { columns });
  }

  async #next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isEnded) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await unlessAborted(this.#signal, woken);
    }
    return this.#lines.shift();
  }
}
