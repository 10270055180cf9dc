/**
 * The signals that end a process, for a process that has something to put back first. Signals that
 * cannot be caught, or not safely, are left to the guardian of an interface that was taken.
 */

import { AbortReason } from './errors.ts';
import type { Files } from './files.ts';

/**
 * The signals that end a process unless it listens for them, in the order of their numbers, and
 * what a shell makes of each: the exit code. Node ignores SIGPIPE and SIGXFSZ, and what SIGILL,
 * SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV and SIGSYS tell of leaves nothing to rely on.
 */
export const SIGNAL_EXITS = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGUSR1: 138,
  SIGUSR2: 140,
  SIGALRM: 142,
  SIGTERM: 143,
  SIGSTKFLT: 144,
  SIGXCPU: 152,
  SIGVTALRM: 154,
  SIGPROF: 155,
  SIGIO: 157,
  SIGPWR: 158,
} as const;

export type EndingSignal = keyof typeof SIGNAL_EXITS;

/**
 * Those that a library may listen for: the others mean something else to many programs, SIGUSR1 to
 * Node itself, and the guardian is there for them.
 */
const LIBRARY_SIGNALS: readonly EndingSignal[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/** The reason of an abort by a signal. */
export class EndedBySignal extends AbortReason {
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}

/** The signals to listen for. One that is ignored stays so: listening for it would end that. */
export function endingSignals(files: Files): readonly EndingSignal[] {
  const status = files.readText('/proc/self/status') ?? '';
  const ignored = BigInt(`0x${/^SigIgn:\s*([\da-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const names = Object.keys(SIGNAL_EXITS) as readonly EndingSignal[];
  return names.filter((name) => (ignored & (1n << BigInt(numberOf(name) - 1))) === 0n);
}

/** The session of this process has a terminal; SIGHUP comes when it has none any more. */
export function hasTerminal(files: Files): boolean {
  // `123 (a name) S 1 123 123 34816 ...`: the terminal is the fifth behind the name (proc(5)).
  const stat = files.readText('/proc/self/stat') ?? '';
  const [, , , , terminal = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return terminal !== '0';
}

function numberOf(name: EndingSignal): number {
  return SIGNAL_EXITS[name] - 128;
}

/**
 * Has `leave` done before a signal ends the process as it would have anyway. A program that listens
 * for the signal itself is left to it. Returns what undoes this.
 */
export function beforeSignal(leave: () => Promise<unknown>, files: Files): () => void {
  const listener = (name: NodeJS.Signals): void => {
    if (process.listenerCount(name) > 1) return;
    void leave().then(() => {
      undo();
      process.kill(process.pid, name);
    });
  };
  const names = endingSignals(files).filter((name) => LIBRARY_SIGNALS.includes(name));
  const undo = (): void => {
    for (const name of names) process.off(name, listener);
  };
  // Ahead of listeners that are there once: they still count then.
  for (const name of names) process.prependListener(name, listener);
  return undo;
}
