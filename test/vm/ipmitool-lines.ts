/**
 * Command lines that a guest runs with `ipmitool` over the kernel's driver, and with `ipmi-bt
 * ipmitool` while that driver is not there: a step for all lines of a program and a BMC, and how
 * each line ended there.
 */

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

/** The files that the lines name. */
export const LINE_FILES: GuestFiles = Object.fromEntries(
  Object.entries(FILES).map(([name, text]) => [`/opt/lines/${name}`, Buffer.from(text)]),
);

/** Tells each line as `init.sh` tells a step, for {@link parseOutcomes}. */
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

/** How a line ended with each program, without the steps of its own that ipmitool tells of. */
export function endingsOf(
  guest: GuestResult,
  name: TableName,
  line: string,
): { readonly ours: Ended; readonly theirs: Ended } {
  const at = TABLES[name].indexOf(line);
  const theirs = endingOf(guest, `ipmitool's lines on ${name}`, at);
  return {
    ours: endingOf(guest, `our lines on ${name}`, at),
    theirs: { ...theirs, stderr: withoutOwnSteps(theirs.stderr) },
  };
}

function endingOf(guest: GuestResult, step: string, at: number): Ended {
  const outcome = parseOutcomes(guest.stepBytes(step).stdout)[at];
  if (outcome === undefined) throw new Error(`step '${step}' ended before its line ${at}`);
  const { exitCode, stdout, stderr } = outcome;
  return { exitCode, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}
