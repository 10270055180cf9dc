/**
 * The report for Nagios and its like: one line of text, `|`, performance data, and an exit code of
 * its own: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
 */

import type { Bounds, Measurement } from '../events.ts';
import type { CheckRecord, RunRecord } from '../record.ts';
import { cut, decimal, oneLine } from './words.ts';

/** The line, with its newline, and the exit code. */
export interface NagiosStatus {
  readonly line: string;
  readonly exit: 0 | 1 | 2 | 3;
}

const NAMES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

/** A packet of NRPE 2 has 1,024 bytes. */
const LINE_BYTES_MAX = 1023;

/** The text leaves room for performance data. */
const TEXT_CHARS_MAX = 400;

/** Units that the plugin guidelines know; others are left out. */
const UNITS = ['s', 'ms', 'us', '%', 'B', 'KB', 'MB', 'TB'];

export function nagiosStatus(record: RunRecord): NagiosStatus {
  const exit = exitOf(record);
  const simulated = record.info?.isSimulated === true ? ' (simulated BMC, no hardware)' : '';
  const text = cut(
    plain(`BT ${NAMES[exit]}${simulated} - ${summary(record, exit)}`),
    TEXT_CHARS_MAX,
  );
  const data = record.checks.flatMap((check) => performanceData(check));
  return { line: `${withData(text, data)}\n`, exit };
}

/** The line of a test that could not begin; Nagios knows no other exit codes than these. */
export function nagiosTrouble(text: string): NagiosStatus {
  return { line: `${cut(plain(`BT UNKNOWN - ${text}`), TEXT_CHARS_MAX)}\n`, exit: 3 };
}

/** A failure that was found counts, even if the run was not finished. */
function exitOf({ checks, end }: RunRecord): 0 | 1 | 2 | 3 {
  if (end?.result === 'fail' || checks.some((check) => check.end?.result === 'fail')) return 2;
  if (end?.result !== 'pass') return 3;
  return checks.some((check) => warningsOf(check).length > 0) ? 1 : 0;
}

function summary({ checks, end }: RunRecord, exit: 0 | 1 | 2 | 3): string {
  const text = end?.text ?? 'the run did not come to its end; run ipmi-bt smoke by hand';
  const failures = checks.flatMap(({ id, findings }) =>
    findings
      .filter(({ severity }) => severity === 'fail')
      .map((finding) => `${id} ${finding.slug}: ${finding.text}`),
  );
  const warnings = checks.flatMap((check) => warningsOf(check));
  return [text, ...(exit === 1 ? warnings : failures)].join('; ');
}

function warningsOf({ id, findings }: CheckRecord): readonly string[] {
  return findings
    .filter(({ severity }) => severity === 'warning')
    .map(({ slug, text }) => `${id} ${slug}: ${text}`);
}

/** Nagios cuts the text at the first `|`. */
function plain(text: string): string {
  return oneLine(text).replaceAll('|', '/');
}

function withData(text: string, data: readonly string[]): string {
  let line = text;
  for (const [at, one] of data.entries()) {
    const longer = `${line}${at === 0 ? ' |' : ''} ${one}`;
    if (Buffer.byteLength(longer) + 1 > LINE_BYTES_MAX) return line;
    line = at === 0 ? `${line}|${one}` : longer;
  }
  return line;
}

function performanceData({ id, measurements }: CheckRecord): readonly string[] {
  const numbers = [...measurements.values()].filter(({ value }) => Number.isFinite(value));
  return numbers.map((measurement) => datum(id, measurement));
}

/** `'label'=value[unit];[warn];[crit]`; a label in quotes may hold all but `=` and `'`. */
function datum(id: string, { name, value, unit, bounds }: Measurement): string {
  const label = plain(`${id}.${name}`).replace(/[='\s]+/g, '-');
  const range = rangeOf(bounds);
  const known = UNITS.includes(unit) ? unit : '';
  return `'${label}'=${decimal(value)}${known}${range === '' ? '' : `;;${range}`}`;
}

function rangeOf({ least, most }: Bounds): string {
  if (least === undefined) return most === undefined ? '' : `~:${decimal(most)}`;
  return `${decimal(least)}:${most === undefined ? '' : decimal(most)}`;
}
