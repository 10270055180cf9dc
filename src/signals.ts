/**
 * The signals that end a process, for a process that has something to give back first. SIGKILL is
 * none of them.
 */

import type { Files } from './files.ts';

/** The signals and what a shell makes of them: the exit code. */
export const SIGNAL_EXITS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type EndingSignal = keyof typeof SIGNAL_EXITS;

/** Under nohup a hang-up is ignored, and listening for it would end that. */
export function endingSignals(files: Files): readonly EndingSignal[] {
  const status = files.readText('/proc/self/status') ?? '';
  const [, lastDigit = '0'] = /^SigIgn:\s*[\da-f]*([\da-f])$/m.exec(status) ?? [];
  const isHangupIgnored = (Number.parseInt(lastDigit, 16) & 1) !== 0;
  return isHangupIgnored ? ['SIGINT', 'SIGTERM'] : ['SIGHUP', 'SIGINT', 'SIGTERM'];
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
  const names = endingSignals(files);
  const undo = (): void => {
    for (const name of names) process.off(name, listener);
  };
  // Ahead of listeners that are there once: they still count then.
  for (const name of names) process.prependListener(name, listener);
  return undo;
}
