/**
 * Runs the built CLI in a process of its own, as a shell would, and gives what it printed and how
 * it ended, to the byte.
 */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { ROOT } from './source-code.ts';

/** The first line of every run with `--sim`, which must not be taken for hardware. */
export const SIM_LINE = 'ipmi-bt: simulated BMC (--sim): no hardware is touched\n';

const CLI = join(ROOT, 'dist', 'cli.cjs');

/** The end of a run. */
export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, or the signal that killed the process. */
  readonly exit: number | NodeJS.Signals | null;
}

/** A run that is under way. */
export interface CliRun {
  readonly ended: Promise<CliResult>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Closes the reading end of its standard output, as `| true` does. */
  readonly closeStdout: () => void;
  /** Resolves when standard error has `text` in it; rejects when the process ends without. */
  readonly told: (text: string) => Promise<void>;
  /** The same for standard output. */
  readonly printed: (text: string) => Promise<void>;
}

/** Runs `ipmi-bt` with these words to its end. */
export function runCli(...words: readonly string[]): Promise<CliResult> {
  return startCli(...words).ended;
}

/** Makes a program of root's one without CAP_SYS_RAWIO; of util-linux. */
const WITHOUT_RAWIO = ['setpriv', '--bounding-set=-sys_rawio', '--inh-caps=-sys_rawio'];

/** Runs `ipmi-bt` as a process that may not have I/O ports. */
export function runWithoutPorts(words: readonly string[]): Promise<CliResult> {
  return startCommand([...WITHOUT_RAWIO, process.execPath, CLI, ...words]).ended;
}

/** Starts `ipmi-bt` with these words; it does not outlive the test. */
export function startCli(...words: readonly string[]): CliRun {
  return startCommand([process.execPath, CLI, ...words]);
}

function startCommand([program = '', ...args]: readonly string[]): CliRun {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<CliResult>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ ...output, exit: code ?? signal });
    });
  });

  const seen = (name: 'stdout' | 'stderr', text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (output[name].includes(text)) resolve();
      };
      child[name].on('data', look);
      look();
      void ended.then(({ stderr }) => {
        reject(new Error(`the process ended without saying "${text}": ${stderr}`));
      });
    });
  const closeStdout = (): void => {
    child.stdout.destroy();
  };
  return {
    ended,
    told: (text) => seen('stderr', text),
    printed: (text) => seen('stdout', text),
    closeStdout,
    kill: (signal) => child.kill(signal),
  };
}
