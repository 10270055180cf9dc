/**
 * Command lines that a guest runs with `ipmitool` over the kernel's driver, and with `ipmi-bt
 * ipmitool` while that driver is not there: a step for all lines of a program and a BMC, and how
 * each line ended there.
 */

import { readFileSync } from 'node:fs';

import { withoutOwnSteps } from '../support/ipmitool-dummy.ts';
import type { GuestFiles } from './cpio.ts';
import type { GuestResult } from './guest.ts';
import { FILES, TABLES } from './ipmitool-tables.ts';
import type { TableName } from './ipmitool-tables.ts';
import { parseOutcomes } from './steps.ts';

/** The program of a line, in front of its words. */
type Programs = Readonly<Record<TableName, string>>;

/** How a line ended, and what it printed. */
interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lines that are a process each of ipmitool, and that one process of Node runs of ours. */
export const PROCESS_LINES: readonly string[] = readFileSync(
  new URL('command-lines.txt', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Where their words are for `many-lines.ts`. */
const WORDS_FILE = '/opt/lines/words.json';

/** How a line ended with each program. */
interface Endings {
  readonly ours: Ended;
  readonly theirs: Ended;
}

/** The files that the lines name. */
export const LINE_FILES: GuestFiles = {
  ...Object.fromEntries(
    Object.entries(FILES).map(([name, text]) => [`/opt/lines/${name}`, Buffer.from(text)]),
  ),
  [WORDS_FILE]: Buffer.from(JSON.stringify(PROCESS_LINES.map(wordsOf))),
};

/** The words of a line, which the guest's shell would take for the same. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^'(.*)'$/, '$1'));
}

/** Tells each line as `run-steps.sh` tells a step, for {@link parseOutcomes}. */
const TELL = `tell() {
  "$@" > /tmp/line.out 2> /tmp/line.err
  echo "$? $(stat -c %s /tmp/line.out) $(stat -c %s /tmp/line.err)"
  cat /tmp/line.out /tmp/line.err
}`;

/** The steps of a program, named `WHOSE lines on TABLE`. */
function stepsWith(whose: string, programs: Programs): Record<string, string> {
  const steps = Object.entries(TABLES).map(([name, lines]) => {
    const program = programs[name as TableName];
    const told = lines.map((line) => `tell ${commandOf(program, line)}`);
    return [`${whose} lines on ${name}`, [TELL, ...told].join('\n')] as const;
  });
  return Object.fromEntries(steps);
}

/** A line that begins with `sh` is a script, which finds its program in `$IPMITOOL`. */
function commandOf(program: string, line: string): string {
  return line.startsWith('sh ') ? `env 'IPMITOOL=${program}' ${line}` : `${program} ${line}`;
}

/** The steps of `ipmi-bt ipmitool`. */
export function ourLines(programs: Programs): Record<string, string> {
  return stepsWith('our', programs);
}

/** The steps of `ipmitool`. */
export function ipmitoolLines(programs: Programs): Record<string, string> {
  return stepsWith("ipmitool's", programs);
}

const PROCESSES = 'lines in processes of their own';

/** The step that runs {@link PROCESS_LINES} with ours, at the interface of this base. */
export function ourProcesses(base: number): Record<string, string> {
  return { [`our ${PROCESSES}`]: `node /opt/ipmi-bt/dist/many-lines.js ${WORDS_FILE} ${base}` };
}

/** The same for ipmitool. */
export function ipmitoolProcesses(program: string): Record<string, string> {
  const told = PROCESS_LINES.map((line) => `tell ${program} ${line}`);
  return { [`ipmitool's ${PROCESSES}`]: [TELL, ...told].join('\n') };
}

/** How one of {@link PROCESS_LINES} ended with each program. */
export function processEnding(guest: GuestResult, line: string): Endings {
  const at = PROCESS_LINES.indexOf(line);
  const theirs = endingOf(guest, `ipmitool's ${PROCESSES}`, at);
  const ours = endingOf(guest, `our ${PROCESSES}`, at);
  return { ours: withoutSteps(ours), theirs: withoutSteps(theirs) };
}

/** How a line ended with each program, without the steps of its own that ipmitool tells of. */
export function endingsOf(guest: GuestResult, name: TableName, line: string): Endings {
  const at = TABLES[name].indexOf(line);
  const theirs = endingOf(guest, `ipmitool's lines on ${name}`, at);
  return {
    ours: withoutSteps(endingOf(guest, `our lines on ${name}`, at)),
    theirs: withoutSteps(theirs),
  };
}

/** Without the start that `-v` tells, which depends on the interface; the host's tests have it. */
function withoutSteps(ended: Ended): Ended {
  return { ...ended, stderr: withoutOwnSteps(ended.stderr) };
}

function endingOf(guest: GuestResult, step: string, at: number): Ended {
  const outcome = parseOutcomes(guest.stepBytes(step).stdout)[at];
  if (outcome === undefined) throw new Error(`step '${step}' ended before its line ${at}`);
  const { exitCode, stdout, stderr } = outcome;
  return { exitCode, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}
