/**
 * `ipmi-bt exec`: many raw commands in one session, one after the other. A file is read and checked
 * whole before anything is sent; lines of standard input are sent as they come.
 */

import { readFileSync } from 'node:fs';

import type { Reply } from '../../ipmi/message.ts';
import { aborted, systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { EXIT_CODES, IpmiError } from '../../errors.ts';
import { EXIT_USAGE, UsageError } from '../args.ts';
import { LineSplitter, parseFile, parseLine } from './exec-lines.ts';
import type { ExecLine } from './exec-lines.ts';
import { jsonLine } from '../format.ts';
import { Chunks } from '../output.ts';
import { EXIT_COMPLETION_CODE, replyText } from './raw.ts';
import type { Command, Session } from '../session.ts';

/** Reads the file of that name; `-` is standard input, which is read when its turn comes. */
export function readCommands(name: string): readonly ExecLine[] | undefined {
  if (name === '-') return undefined;
  try {
    return parseFile(name, readFileSync(name, 'utf8'));
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(`${name} cannot be read: ${error.message}`);
  }
}

/** What exec is asked for. */
export interface ExecOptions {
  /** Of the file, in what is told. */
  readonly name: string;
  /** Undefined for those of standard input. */
  readonly lines: readonly ExecLine[] | undefined;
  /** After a command that failed, too. */
  readonly keepGoing: boolean;
  readonly stdin?: AsyncIterable<string> | undefined;
  readonly clock?: Clock;
}

/** The command that sends them. */
export function exec(options: ExecOptions): Command {
  return async (session) => {
    const run = new Run(session, options);
    try {
      if (options.lines === undefined) await sendStream(run, session, options);
      else await run.sendAll(options.lines);
    } finally {
      run.flush();
    }
    return run.exit;
  };
}

/** Sends lines as they come, and no line before the one before it was answered. */
async function sendStream(run: Run, { signal }: Session, options: ExecOptions): Promise<void> {
  const own: AsyncIterable<string> = process.stdin.setEncoding('utf8');
  const pieces = options.stdin ?? own;
  const splitter = new LineSplitter();
  let number = 0;
  const sendLine = async (text: string): Promise<void> => {
    if (run.isOver) return;
    number += 1;
    const line = run.parse(number, text);
    if (line !== undefined) await run.sendEach([line]);
  };
  const stop = (): void => {
    if (options.stdin === undefined) process.stdin.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const piece of pieces) {
      for (const text of splitter.take(piece)) await sendLine(text);
      // Whoever types the next line wants to see the reply to this one.
      run.flush();
      if (run.isOver) break;
    }
    if (!run.isOver) await sendLine(splitter.end());
  } catch (error) {
    // Standard input that was destroyed calls that an error of its own.
    if (signal.aborted && !(error instanceof IpmiError)) throw aborted(signal.reason);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    if (run.isOver) run.tell(`nothing after line ${number} is sent`);
  }
  if (signal.aborted) throw aborted(signal.reason);
}

/** Why a line has no reply, as JSON has it. */
interface Failure {
  readonly code: string;
  readonly outcome: string;
  readonly message: string;
}

/** What was sent so far, and what came of it. */
class Run {
  readonly #session: Session;
  readonly #options: ExecOptions;
  readonly #out: Chunks;
  #failure: number | undefined;
  #isOver = false;
  #isRefused = false;
  #sent = 0;

  constructor(session: Session, options: ExecOptions) {
    this.#session = session;
    this.#options = options;
    this.#out = new Chunks(session.stdout, options.clock ?? systemClock);
  }

  /** No more is to be sent: a command failed, or nobody reads the replies. */
  get isOver(): boolean {
    return this.#isOver || this.#session.stdout.isClosed;
  }

  get exit(): number {
    return this.#failure ?? (this.#isRefused ? EXIT_COMPLETION_CODE : 0);
  }

  /** Sends the lines of a file, and tells which it did not. */
  async sendAll(lines: readonly ExecLine[]): Promise<void> {
    try {
      await this.sendEach(lines);
    } finally {
      const [first, last] = [lines[this.#sent], lines.at(-1)];
      if (first !== undefined && last !== undefined) {
        const isOne = first === last;
        const which = isOne
          ? `line ${first.number} was`
          : `lines ${first.number} to ${last.number} were`;
        this.tell(`${which} not sent`);
      }
    }
  }

  /** Sends one after the other, and prints the replies or tells why there is none. */
  async sendEach(lines: readonly ExecLine[]): Promise<void> {
    const { device, globals, signal } = this.#session;
    const { timeoutMs } = globals;
    for (const line of lines) {
      if (this.isOver) break;
      this.#sent += 1;
      const { request, retries } = line;
      try {
        this.#replied(line, await device.request(request, { timeoutMs, retries, signal }));
      } catch (error) {
        if (!(error instanceof IpmiError) || signal.aborted) throw error;
        const { code, outcome, message } = error;
        // Nothing that follows could be sent.
        if (code === 'DEVICE_CLOSED') this.#isOver = true;
        this.#fail(line.number, EXIT_CODES[code], { code, outcome, message });
      }
    }
  }

  /** Reads a line that came; one that is none is a failure like any other. */
  parse(number: number, text: string): ExecLine | undefined {
    try {
      return parseLine(number, text);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const { message } = error;
      this.#fail(number, EXIT_USAGE, { code: 'USAGE', outcome: 'not-sent', message });
      return undefined;
    }
  }

  /** Says something between the replies. */
  tell(text: string): void {
    this.flush();
    this.#session.stderr.write(`ipmi-bt: ${this.#options.name}: ${text.trimEnd()}\n`);
  }

  flush(): void {
    this.#out.flush();
  }

  #replied({ number, request }: ExecLine, reply: Reply): void {
    const json = this.#session.globals.json ? { line: number } : undefined;
    const { out, err } = replyText(request, reply, json);
    this.#out.write(out);
    if (reply.completionCode === 0) return;
    this.#isRefused = true;
    if (err !== '') this.#tellOf(number, err);
  }

  #tellOf(number: number, text: string): void {
    this.flush();
    this.#session.stderr.write(`ipmi-bt: ${this.#options.name}:${number}: ${text.trimEnd()}\n`);
  }

  #fail(number: number, exit: number, error: Failure): void {
    this.#failure ??= exit;
    if (!this.#options.keepGoing) this.#isOver = true;
    if (this.#session.globals.json) this.#out.write(jsonLine('error', { line: number, error }));
    else this.#tellOf(number, error.message);
  }
}
