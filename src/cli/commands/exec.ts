/**
 * `ipmi-bt exec`: many raw commands in one session, one after the other. A file is read and checked
 * whole before anything is sent; lines of standard input are sent as they come.
 */

import { aborted, systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { IpmiError } from '../../errors.ts';
import type { Reply } from '../../index.ts';
import { shownName } from '../../shown.ts';
import { UsageError } from '../args.ts';
import { EXIT_COMPLETION_CODE, EXIT_USAGE } from '../exit-codes.ts';
import { LineSplitter, Script, parseLine } from './exec-lines.ts';
import type { ExecLine } from './exec-lines.ts';
import { errorFields, failureOf } from '../failure.ts';
import type { Failure } from '../failure.ts';
import { jsonLine } from '../format.ts';
import { command, readGlobals } from '../globals.ts';
import { filePieces, standardInput } from '../input.ts';
import { Chunks } from '../output.ts';
import { replyText } from './raw.ts';
import { exitOf, runSession } from '../session.ts';
import type { Command, Session } from '../session.ts';
import { optimizeSooner } from '../startup/optimizer.ts';

export const EXEC_COMMAND = command({
  name: 'exec',
  help: 'send many raw commands, one per line, and print the replies',
  hidesWords: true,
  words: [
    {
      name: '<file>',
      help: 'file with the lines; - reads standard input and sends each line at once',
    },
  ],
  options: { keepGoing: { help: 'after a line that failed, send the remaining lines too' } },
  notes: `A line is a raw command: raw NETFN CMD [DATA...], with the options of raw.
Words may stand in double or single quotes.
Blank lines and comments, which begin with #, are skipped.`,
  examples: [
    { line: 'exec commands.txt', help: 'check the whole file, then send its lines' },
    {
      line: '--json exec --keep-going -',
      help: 'send the lines of standard input, even after a failure',
    },
  ],
  exitCodes: {
    0: 'the BMC answered every line with completion code 0',
    1: 'the BMC answered a line with another completion code',
    64: 'a line is wrong; of a file, nothing was sent',
  },
  run: ({ words: [name = ''], options, globals: values }) => {
    const globals = readGlobals(values);
    optimizeSooner();
    const lines = readCommands(name);
    const shown = name === '-' ? 'standard input' : shownName(name);
    return runSession(globals, 'lazy', exec({ name: shown, lines, keepGoing: options.keepGoing }));
  },
});

/** Reads the file of that name; undefined for `-`, which is standard input and is read later. */
function readCommands(name: string): readonly ExecLine[] | undefined {
  if (name === '-') return undefined;
  const script = new Script(shownName(name));
  for (const piece of filePieces(name)) script.take(piece);
  return script.end();
}

/** The input of {@link exec}. */
export interface ExecOptions {
  /** Name of the file, for messages. */
  readonly name: string;
  /** Undefined when the lines come from standard input. */
  readonly lines: readonly ExecLine[] | undefined;
  /** Sends the remaining lines after one that failed. */
  readonly keepGoing: boolean;
  readonly stdin?: AsyncIterable<string> | undefined;
  readonly clock?: Clock;
}

/** Returns the command that sends the lines. */
export function exec(options: ExecOptions): Command {
  return async (session) => {
    const run = new Run(session, options);
    try {
      if (options.lines === undefined) await sendStream(run, session, options);
      else await run.sendAll(options.lines);
    } finally {
      run.flush();
    }
    return session.signal.aborted ? exitOf(session.signal) : run.exit;
  };
}

/** Sends lines as they come, and no line before the one before it was answered. */
async function sendStream(run: Run, { signal }: Session, options: ExecOptions): Promise<void> {
  const pieces = options.stdin ?? standardInput();
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
      // At a terminal, the reply to this line is shown before the next one is typed.
      run.flush();
      if (run.isOver) break;
    }
    if (!run.isOver) await sendLine(splitter.end());
  } catch (error) {
    // Standard input that was destroyed calls that an error of its own.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    if (run.isOver || signal.aborted) run.tell(`nothing after line ${number} is sent`);
  }
  // No line had failed by it: the command waited for the next one.
  if (signal.aborted && !run.isOver) throw aborted(signal.reason);
}

/** The lines that were sent so far, and their outcome. */
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

  /** True when nothing more is to be sent: a command failed, or standard output is closed. */
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
    const { requester, globals, signal } = this.#session;
    const { timeoutMs } = globals;
    for (const line of lines) {
      if (this.isOver) break;
      this.#sent += 1;
      const { request, retries } = line;
      try {
        this.#replied(line, await requester.request(request, { timeoutMs, retries, signal }));
      } catch (error) {
        if (!(error instanceof IpmiError)) throw error;
        // Nothing that follows could be sent, or is to be.
        if (error.code === 'DEVICE_CLOSED' || signal.aborted) this.#isOver = true;
        this.#fail(line.number, failureOf(error));
      }
    }
  }

  /** Reads a line of standard input; a wrong line is a failure like any other. */
  parse(number: number, text: string): ExecLine | undefined {
    try {
      return parseLine(number, text);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const { message } = error;
      this.#fail(number, { code: 'USAGE', outcome: 'not-sent', message, exit: EXIT_USAGE });
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

  #fail(number: number, failure: Failure): void {
    this.#failure ??= failure.exit;
    if (!this.#options.keepGoing) this.#isOver = true;
    if (this.#session.globals.json)
      this.#out.write(jsonLine('error', { line: number, error: errorFields(failure) }));
    else this.#tellOf(number, failure.message);
  }
}
