/**
 * The steps that a guest runs, and what it says of them on its second serial port. `run-steps.sh`
 * is the other side: for each step that has ended it sends a line `CODE OUT ERR`, then OUT bytes of
 * standard output and ERR bytes of standard error as they are.
 */

import { fileURLToPath } from 'node:url';

import type { GuestFiles } from './cpio.ts';

/** The guest's side: one runs the steps, the other speaks before time is up. */
const SCRIPTS: GuestFiles = {
  '/steps/run': besideThis('run-steps.sh'),
  '/steps/last-words': besideThis('last-words.sh'),
};

const NEWLINE = 0x0a;

export interface Step {
  /** Unique among the steps of a boot; one line. */
  readonly name: string;

  /** For the guest's shell, as root; standard input is empty. */
  readonly command: string;
}

/** How a step ended and what it printed, byte for byte. */
export interface StepBytes {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Commands by the names of their steps, in the order written. */
export function stepsOf(commands: Readonly<Record<string, string>>): Step[] {
  return Object.entries(commands).map(([name, command]) => ({ name, command }));
}

/**
 * Commands that run side by side: a step that starts them, in the order written, and waits until
 * all have ended; then one for each, which gives what that command printed and how it ended.
 */
export function sideBySide(commands: Readonly<Record<string, string>>): Step[] {
  const all = Object.entries(commands).map(([name, command], index) => {
    const file = `/tmp/beside.${index}`;
    const run = `( ${command} ) > ${file}.out 2> ${file}.err; echo $? > ${file}.code`;
    const tell = `cat ${file}.out; cat ${file}.err >&2; exit $(cat ${file}.code)`;
    return { name, run, tell };
  });
  const start = all.map(({ run }) => `{ ${run}; } &`).join('\n');
  const results = all.map(({ name, tell }) => ({ name, command: tell }));
  return [{ name: 'all side by side', command: `${start}\nwait` }, ...results];
}

/** What runs in the guest: its steps, in the order of their names, and the scripts for them. */
export function stepFiles(steps: readonly Step[]): GuestFiles {
  const scripts = steps.map(({ name, command }, index) => {
    const path = `/steps/${String(index).padStart(4, '0')}.sh`;
    return [path, Buffer.from(`# ${name}\n${command}\n`)] as const;
  });
  return { ...SCRIPTS, ...Object.fromEntries(scripts) };
}

function besideThis(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The steps that have ended, in order; what was sent may break off anywhere. */
export function parseOutcomes(sent: Buffer): StepBytes[] {
  const outcomes: StepBytes[] = [];
  let lineStart = 0;
  for (;;) {
    const lineEnd = sent.indexOf(NEWLINE, lineStart);
    if (lineEnd === -1) return outcomes;
    const words = sent.toString('latin1', lineStart, lineEnd).split(' ');
    const [exitCode = NaN, outBytes = NaN, errBytes = NaN] = words.map(Number);
    const outStart = lineEnd + 1;
    const errStart = outStart + outBytes;
    const next = errStart + errBytes;
    if (!(next <= sent.length)) return outcomes;
    const stdout = sent.subarray(outStart, errStart);
    outcomes.push({ exitCode, stdout, stderr: sent.subarray(errStart, next) });
    lineStart = next;
  }
}
