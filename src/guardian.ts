/**
 * The guardian of an interface that was taken from a kernel driver: a process that waits until this
 * one ends, in whatever way, and then gives the interface back.
 *
 * It waits as a shell that reads from a socket whose other end this process has; the kernel closes
 * that when the process or the worker thread ends, after SIGKILL as well. Then the shell becomes
 * Node and runs `dist/guardian.cjs`. A line that is read instead ends it: there is nothing to do.
 */

import { childEnvironment, childProcesses, nodePath, programFile } from './child.ts';
import { hex } from './errors.ts';

/** An interface, and the way in which its owner reached it. */
export interface GuardedInterface {
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly spacing: number;
  readonly port: 'native' | 'dev-port' | 'auto';
  /** The PCI device that has to be enabled for it. */
  readonly pciDevice: string | undefined;
}

/** A guardian that waits. */
export interface Guardian {
  /** Ends it: the interface is given back, or is left as it is on purpose. Idempotent. */
  dismiss(): void;
}

/** Starts a guardian; throws when there can be none here. */
export type StartGuardian = (guarded: GuardedInterface) => Guardian;

/** Where no process is started: in tests, and in the guardian itself. */
export const noGuardian: StartGuardian = () => ({ dismiss: () => undefined });

const SHELL = '/bin/sh';

/**
 * Signals that a service manager sends to every process of a service are meant for the one that is
 * guarded: the guardian goes when that has gone.
 */
const SCRIPT = `trap '' HUP INT QUIT TERM USR1 USR2 ALRM; read -r line || exec "$0" "$@"`;

/** Starts a guardian in a session of its own, which holds no terminal, folder or file of ours. */
export const startGuardian: StartGuardian = (guarded) => {
  const args = ['-c', SCRIPT, nodePath(), programFile('guardian'), ...wordsOf(guarded)];
  const { spawn } = childProcesses();
  const child = spawn(SHELL, args, {
    detached: true,
    cwd: '/',
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A guardian that is gone cannot be told; what it did, the interface shows.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  if (child.pid === undefined) throw new Error(`${SHELL} cannot be started`);
  child.unref();
  // Node's type of it leaves out that it is a socket.
  (child.stdin as unknown as import('node:net').Socket).unref();
  return { dismiss: () => child.stdin.end('\n') };
};

function wordsOf({ base, spacing, port, pciDevice = '' }: GuardedInterface): readonly string[] {
  return [hex(base), String(spacing), port, pciDevice];
}

/** Reads what {@link startGuardian} gives its program. */
export function guardedBy(words: readonly string[]): GuardedInterface {
  const [base, spacing, port, pciDevice = ''] = words;
  return {
    base: Number(base),
    spacing: Number(spacing),
    port: port === 'native' || port === 'dev-port' ? port : 'auto',
    pciDevice: pciDevice === '' ? undefined : pciDevice,
  };
}
