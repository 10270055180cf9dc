/**
 * A further process with the interface: this package's own program, which runs `exec -` and is
 * given a line for each request. Its replies are JSON lines that carry the number of the line.
 */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';

import { onAbort } from '../abort.ts';
import { childEnvironment, childProcesses, nodePath, programFile } from '../child.ts';
import { aborted, within } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { EXIT_CODES, IpmiError, abortText } from '../errors.ts';
import type { IpmiErrorCode, Outcome, Silence } from '../errors.ts';
import type { Reply } from '../ipmi/message.ts';
import type { RequestInput, RequestOptions } from '../ipmi/requester.ts';
import type { Process } from './subject.ts';

/** A process that has closed its device ends by itself in that time; else it is killed. */
const CLOSE_LIMIT_MS = 10_000;

/** Characters of standard error that are kept to say why a process ended. */
const SAID_MAX = 2000;

/** Everything that {@link startExec} needs. */
export interface ExecOptions {
  /** The options that stand before `exec`, such as `--base 0xce4`. */
  readonly args: readonly string[];
  readonly clock: Clock;
  /** Aborting it ends the process. */
  readonly signal: AbortSignal;
}

/** Starts one; it opens the interface before it reads the first line. */
export function startExec({ args, clock, signal }: ExecOptions): ExecProcess {
  if (signal.aborted) throw aborted(signal.reason);
  const words = [programFile('cli'), ...args, '--json', 'exec', '--keep-going', '-'];
  const child = childProcesses().spawn(nodePath(), words, { env: childEnvironment() });
  return new ExecProcess(child, clock, signal);
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** A line of standard output, as far as it is needed here. */
interface Line {
  readonly line?: number;
  readonly completion_code?: number;
  readonly data?: readonly number[];
  readonly error?: {
    readonly code: string;
    readonly outcome: Outcome;
    readonly message: string;
    readonly silence?: Silence;
  };
}

export class ExecProcess implements Process {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  readonly #closed: Promise<void>;
  #sent = 0;
  #rest = '';
  #said = '';
  /** Why no further request can be answered. */
  #end: Error | undefined;

  /** @internal Obtained from {@link startExec}. */
  constructor(child: ChildProcessWithoutNullStreams, clock: Clock, signal: AbortSignal) {
    this.#child = child;
    this.#clock = clock;
    const forget = onAbort(signal, () => child.kill());
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      this.#take(piece);
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      this.#said = `${this.#said}${piece}`.slice(-SAID_MAX);
    });
    // A process that is gone cannot be told; its end says so.
    child.stdin.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#over(error);
        resolve();
      });
      child.on('close', (exit, name) => {
        forget();
        const text = `the process ${child.pid ?? ''} has ended (${name ?? `exit code ${exit}`})`;
        this.#over(new IpmiError('DEVICE_CLOSED', `${text}: ${this.#said.trim()}`));
        resolve();
      });
    });
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  request(input: RequestInput, options: RequestOptions = {}): Promise<Reply> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const { timeoutMs, signal } = options;
    if (signal?.aborted === true) return Promise.reject(aborted(signal.reason));
    this.#sent += 1;
    const line = this.#sent;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#waiting.delete(line);
        done();
        reject(error);
      };
      const cancel =
        timeoutMs === undefined
          ? undefined
          : this.#clock.timer(timeoutMs, () => fail(this.#late(timeoutMs)), true);
      const forget = signal && onAbort(signal, () => fail(abandoned(signal.reason)));
      const done = (): void => {
        cancel?.();
        forget?.();
      };
      const settle = (reply: Reply): void => {
        done();
        resolve(reply);
      };
      this.#waiting.set(line, { resolve: settle, reject: fail });
      this.#child.stdin.write(lineOf(input, options));
    });
  }

  /** Ends it, and resolves when it has left the interface. Idempotent. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await within(this.#clock, CLOSE_LIMIT_MS, this.#closed);
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  #late(timeoutMs: number): IpmiError {
    const text = `the process ${this.pid ?? ''} gave no reply within ${timeoutMs} ms`;
    return new IpmiError('REQUEST_TIMEOUT', text, { outcome: 'unknown' });
  }

  #take(piece: string): void {
    const lines = `${this.#rest}${piece}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const text of lines) this.#takeLine(text);
  }

  #takeLine(text: string): void {
    const said = parse(text);
    if (said === undefined) return;
    const { line, error, completion_code: completionCode, data } = said;
    if (line === undefined) {
      // It could not open the interface.
      if (error !== undefined) this.#over(errorOf(error));
      return;
    }
    const waiting = this.#waiting.get(line);
    this.#waiting.delete(line);
    if (error !== undefined) waiting?.reject(errorOf(error));
    else if (completionCode !== undefined && data !== undefined) {
      waiting?.resolve({ completionCode, data: Uint8Array.from(data) });
    }
  }

  #over(error: Error): void {
    this.#end ??= error;
    for (const { reject } of [...this.#waiting.values()]) reject(this.#end);
  }
}

/** The process has the line, and may have sent it. */
function abandoned(cause: unknown): IpmiError {
  return new IpmiError('REQUEST_ABORTED', abortText(cause), { outcome: 'unknown', cause });
}

/** A line of `exec`, such as `raw --lun 0 0x06 0x01`. */
function lineOf(
  { netFn, cmd, lun = 0, data = new Uint8Array() }: RequestInput,
  how: RequestOptions,
) {
  const { retries = 'safe' } = how;
  const again = retries === 'safe' ? '' : ` --retries ${retries}`;
  return `raw --lun ${lun}${again} ${[netFn, cmd, ...data].join(' ')}\n`;
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

function errorOf({ code, outcome, message, silence }: NonNullable<Line['error']>): Error {
  if (!isCode(code)) return new Error(`bug: the further process says ${code}: ${message}`);
  return new IpmiError(code, message.replace(`${code}: `, ''), { outcome, silence });
}

function isCode(code: string): code is IpmiErrorCode {
  return Object.hasOwn(EXIT_CODES, code);
}
