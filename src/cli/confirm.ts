/** Asks before something is changed: on a terminal; elsewhere the option `--yes` is needed. */

import { createInterface } from 'node:readline';

import { IpmiError } from '../errors.ts';
import { systemFiles } from '../files.ts';
import { SIGNAL_EXITS, endingSignals } from '../signals.ts';
import type { EndingSignal } from '../signals.ts';
import { UsageError } from './args.ts';
import type { GlobalValues } from './globals.ts';
import { stderr, tellUser } from './output.ts';
import { Interrupted } from './session.ts';

/** The option with which a script confirms. */
export const YES_OPTION = {
  help: 'confirm the change; needed where there is no terminal',
} as const;

/** The answer in advance, and the way in which the command runs. */
export interface Asking {
  /** `--yes` was given. */
  readonly yes: boolean;
  /** A line of a script is not asked. */
  readonly globals: Pick<GlobalValues, 'turn'>;
}

/** The words for a change that was not confirmed, before anything was sent. */
export const NOTHING_SENT = 'nothing was sent';

/**
 * Resolves to true if the change may be made: `yes` was given, or the answer is `y` or `yes`. After
 * any other answer, and at the end of the input (Ctrl-D), the user is told `undone`; the command
 * ends with exit code 0 then. A signal (Ctrl-C) rejects with {@link Interrupted}. `change` says
 * what will change, in a sentence without its period. Throws as {@link checkConfirmable} does.
 */
export async function confirm(
  change: string,
  asking: Asking,
  undone = NOTHING_SENT,
): Promise<boolean> {
  checkConfirmable(change, asking);
  if (asking.yes) return true;
  const { line, signal } = await ask(`${change}. Go on? [y/N] `);
  // The terminal stands behind the question.
  if (line === undefined) stderr.write('\n');
  if (signal !== undefined) {
    const text = `ended by ${signal} at the question; ${undone}`;
    throw new Interrupted(SIGNAL_EXITS[signal], new IpmiError('REQUEST_ABORTED', text));
  }
  if (line !== undefined && /^y(es)?$/i.test(line.trim())) return true;
  tellUser(undone);
  return false;
}

/**
 * Throws a `UsageError` unless `yes` is given or it can be asked: standard input and standard error
 * are a terminal, and the command is no line of a script.
 */
export function checkConfirmable(change: string, { yes, globals }: Asking): void {
  const isLine = globals.turn !== undefined;
  if (yes || (!isLine && process.stdin.isTTY && process.stderr.isTTY)) return;
  const where = isLine ? ' in the line, or behind exec' : '';
  throw new UsageError(`${change}. Confirm with --yes${where}; ${NOTHING_SENT}`);
}

/** A line that was typed, or the signal that came instead; neither at the end of the input. */
interface Typed {
  readonly line?: string;
  readonly signal?: EndingSignal;
}

/**
 * Asks, and reads a line. The terminal keeps its own editing of lines: Ctrl-C is a signal then, and
 * a process that is killed leaves no terminal without echo.
 */
async function ask(question: string): Promise<Typed> {
  const { stdin } = process;
  const lines = createInterface({ input: stdin, terminal: false });
  const names = endingSignals(systemFiles);
  let stop: (signal: NodeJS.Signals) => void = () => undefined;
  try {
    return await new Promise<Typed>((resolve) => {
      stop = (name) => {
        const signal = names.find((one) => one === name);
        resolve(signal === undefined ? {} : { signal });
      };
      for (const name of names) process.on(name, stop);
      // Only now a signal finds a listener.
      stderr.write(question);
      lines.once('line', (line) => {
        resolve({ line });
      });
      lines.once('close', () => {
        resolve({});
      });
      // A terminal that has gone (EIO) says no more than one that ended.
      stdin.once('error', () => {
        resolve({});
      });
    });
  } finally {
    for (const name of names) process.off(name, stop);
    lines.close();
  }
}
