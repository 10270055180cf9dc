/** Runs the lines of `exec` one after the other, and tells what became of each that failed. */

import { aborted, systemClock } from '../../clock.ts';
import type { Cancel, Clock } from '../../clock.ts';
import { IpmiError } from '../../errors.ts';
import type { Reply } from '../../index.ts';
import { UsageError } from '../args.ts';
import { EXIT_COMPLETION_CODE, EXIT_STREAM, EXIT_USAGE, EXIT_WOULD_CHANGE } from '../exit-codes.ts';
import { absence, errorFields, failureOf } from '../failure.ts';
import type { Failure } from '../failure.ts';
import { jsonLine } from '../format.ts';
import { standardInput } from '../input.ts';
import { NotFoundError } from '../not-found.ts';
import { Chunks, OutputError, makeWayBy, writingBy } from '../output.ts';
import type { Output } from '../output.ts';
import { Progress } from '../progress.ts';
import { exitOf } from '../session.ts';
import type { Command, Session } from '../session.ts';
import { LineSplitter, parseLine } from './exec-lines.ts';
import type { ExecLine, RawLine } from './exec-lines.ts';
import { begin } from './exec-turn.ts';
import type { Begun, Shared } from './exec-turn.ts';
import { replyText } from './raw.ts';

/** A script that takes no longer shows no progress. */
const SHORT_MS = 1000;

/** While a line runs, the progress is shown again so often: what it prints takes it away. */
const SHOWN_AGAIN_MS = 500;

/** Another command than `raw`, which waits for its turn. */
interface BegunLine extends Begun {
  readonly kind: 'begun';
  readonly number: number;
}

/** A line that can be run. */
export type ReadyLine = RawLine | BegunLine;

/** Makes a line one that can be run; rejects with a `UsageError` for a mistake in it. */
export async function readyLine(line: ExecLine, shared: Shared): Promise<ReadyLine> {
  if (line.kind === 'raw') return line;
  return { kind: 'begun', number: line.number, ...(await begin(line, shared)) };
}

/** Lets lines end that will not have their turn. */
export async function giveUp(lines: readonly ReadyLine[]): Promise<void> {
  for (const line of lines) if (line.kind === 'begun') await line.giveUp();
}

/** The input of {@link exec}. */
export interface ExecOptions {
  /** Name of the file, for messages. */
  readonly name: string;
  /** Undefined when the lines come from standard input. */
  readonly lines?: readonly ReadyLine[] | undefined;
  /** Runs the remaining lines after one that failed. */
  readonly keepGoing: boolean;
  readonly shared: Shared;
  readonly stdin?: AsyncIterable<string> | undefined;
  readonly clock?: Clock;
  /** Standard error is a terminal, of so many columns; by default it is looked at. */
  readonly terminal?: () => { readonly isTTY?: boolean; readonly columns?: number };
}

/** Returns the command that runs the lines. */
export function exec(options: ExecOptions): Command {
  return async (session) => {
    const run = new Run(session, options);
    const endOfWay = makeWayBy(() => {
      run.clear();
    });
    try {
      if (options.lines === undefined) await sendStream(run, session, options);
      else await run.sendAll(options.lines);
    } finally {
      run.end();
      endOfWay();
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
    const read = run.parse(number, text);
    const line = read?.kind === 'other' ? await run.begin(read) : read;
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
  #wouldChange = false;
  #sent = 0;
  readonly #clock: Clock;
  readonly #startMs: number;
  #progress: Progress | undefined;

  constructor(session: Session, options: ExecOptions) {
    this.#session = session;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#startMs = this.#clock.now();
    this.#out = new Chunks(this.#clearing(session.stdout), this.#clock);
  }

  /** True when nothing more is to be sent: a command failed, or standard output is closed. */
  get isOver(): boolean {
    return this.#isOver || this.#session.stdout.isClosed;
  }

  get exit(): number {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#isRefused) return EXIT_COMPLETION_CODE;
    return this.#wouldChange ? EXIT_WOULD_CHANGE : 0;
  }

  /** Sends the lines of a file, and tells which it did not. */
  async sendAll(lines: readonly ReadyLine[]): Promise<void> {
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
        await giveUp(lines.slice(this.#sent));
      }
    }
  }

  /** Sends one after the other, and prints the replies or tells why there is none. */
  async sendEach(lines: readonly ReadyLine[]): Promise<void> {
    const { requester, globals, signal } = this.#session;
    const { timeoutMs } = globals;
    for (const line of lines) {
      if (this.isOver) break;
      this.#show(line.number);
      this.#sent += 1;
      try {
        if (line.kind === 'begun') await this.#run(line);
        else {
          const { request, retries } = line;
          this.#replied(line, await requester.request(request, { timeoutMs, retries, signal }));
        }
      } catch (error) {
        const failure = toldFailure(error);
        // Nothing that follows could be sent, or is to be.
        if (failure.code === 'DEVICE_CLOSED' || signal.aborted) this.#isOver = true;
        this.#fail(line.number, failure);
      }
    }
  }

  /** Runs a line that prints itself, behind the replies that are still to be printed. */
  async #run(line: BegunLine): Promise<void> {
    this.flush();
    const { globals, stdout, stderr } = this.#session;
    const output = this.#clearing(globals.json ? numbered(stdout, line.number) : stdout);
    const hide = this.#keepShown(line.number);
    const exit = await line
      .go({ ...this.#session, stdout: output, stderr: this.#clearing(stderr) })
      .finally(hide);
    if (exit === EXIT_WOULD_CHANGE) this.#wouldChange = true;
    else if (exit !== 0) this.#failed(exit);
  }

  /** An output of a terminal on which the progress makes way for each text. */
  #clearing(output: Output): Output {
    return writingBy(output, (text) => {
      this.clear();
      output.write(text);
    });
  }

  /** Shows how far the file is as long as a line runs; the result ends that. */
  #keepShown(number: number): Cancel {
    const again = (): Cancel =>
      this.#clock.timer(
        SHOWN_AGAIN_MS,
        () => {
          this.#show(number);
          cancel = again();
        },
        false,
      );
    let cancel = again();
    return () => {
      cancel();
      this.clear();
    };
  }

  /** Shows how far a file is that takes long, on a terminal. */
  #show(number: number): void {
    const total = this.#options.lines?.length ?? 0;
    if (total === 0 || this.#clock.now() - this.#startMs < SHORT_MS) return;
    this.#progress ??= this.#newProgress();
    this.#progress.show(`line ${number}`, this.#sent / total);
  }

  #newProgress(): Progress {
    const { terminal = () => process.stderr } = this.#options;
    const { isTTY = false, columns = 0 } = terminal();
    const { stderr } = this.#session;
    return new Progress({ output: stderr, clock: this.#clock, isTerminal: isTTY, columns });
  }

  /** Reads a line of standard input; a wrong line is a failure like any other. */
  parse(number: number, text: string): ExecLine | undefined {
    const { program } = this.#options.shared;
    if (program.kind !== 'whole') throw new Error('bug: lines of a stream need all commands');
    try {
      return parseLine(number, text, program.tree);
    } catch (error) {
      this.#fail(number, toldFailure(error));
      return undefined;
    }
  }

  /** Begins a line of standard input; a mistake in it is a failure like any other. */
  async begin(line: ExecLine): Promise<ReadyLine | undefined> {
    try {
      return await readyLine(line, this.#options.shared);
    } catch (error) {
      this.#fail(line.number, toldFailure(error));
      return undefined;
    }
  }

  /** Says something between the replies. */
  tell(text: string): void {
    this.flush();
    this.clear();
    this.#session.stderr.write(`ipmi-bt: ${this.#options.name}: ${text.trimEnd()}\n`);
  }

  flush(): void {
    this.#out.flush();
  }

  /** Takes the progress away, so that other text can be printed. */
  clear(): void {
    this.#progress?.clear();
  }

  /** Prints what is left, when the last line has run. */
  end(): void {
    this.flush();
    this.clear();
  }

  #replied({ number, request }: RawLine, reply: Reply): void {
    const json = this.#session.globals.json ? { line: number } : undefined;
    const { out, err } = replyText(request, reply, json);
    this.#out.write(out);
    if (reply.completionCode === 0) return;
    this.#isRefused = true;
    if (err !== '') this.#tellOf(number, err);
  }

  #tellOf(number: number, text: string): void {
    this.flush();
    this.clear();
    this.#session.stderr.write(`ipmi-bt: ${this.#options.name}:${number}: ${text.trimEnd()}\n`);
  }

  #fail(number: number, failure: Failure): void {
    this.#failed(failure.exit);
    if (this.#session.globals.json)
      this.#out.write(jsonLine('error', { line: number, error: errorFields(failure) }));
    else this.#tellOf(number, failure.message);
  }

  #failed(exit: number): void {
    this.#failure ??= exit;
    if (!this.#options.keepGoing) this.#isOver = true;
  }
}

/** The failure of a line; throws an error that is none of it, such as a bug. */
function toldFailure(error: unknown): Failure {
  if (error instanceof IpmiError) return failureOf(error);
  if (error instanceof NotFoundError) return absence(error);
  if (error instanceof UsageError) {
    const { message } = error;
    return { code: 'USAGE', outcome: 'not-sent', message, exit: EXIT_USAGE };
  }
  if (error instanceof OutputError) {
    const { message } = error;
    return { code: 'OUTPUT', outcome: 'unknown', message, exit: EXIT_STREAM };
  }
  throw error;
}

/** The beginning of a JSON object that a command prints, at the start of a line. */
const OBJECT = /^\{"schema":"ipmi-bt\/[a-z-]+","version":1/gm;

/** An output that puts the number of the line of the script into each JSON object. */
function numbered(output: Output, line: number): Output {
  return writingBy(output, (text) => {
    const objects = typeof text === 'string' ? text : Buffer.from(text).toString();
    output.write(objects.replace(OBJECT, `$&,"line":${line}`));
  });
}
