/**
 * What must not happen while requests go on and on: memory that stays in use, and optimised code
 * that V8 has to throw away. In a process of its own, because V8 tells of all its code.
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { formatTable } from './table.ts';

const PROGRAM = fileURLToPath(new URL('steady-requests.ts', import.meta.url));

/** V8 prints `[bailout (kind: deopt-eager, reason: wrong map): begin. ... <JSFunction name ...`. */
const BAILOUT = /\[bailout \(kind: ([\w-]+), reason: (.+?)\): begin.*?<JSFunction (\S*)/g;

export interface Steady {
  /** Memory in use at the end beyond that at the beginning, a request. */
  readonly grown_bytes_a_request: number;
  /** `function: reason` of each time that optimised code was thrown away. */
  readonly deoptimised: readonly string[];
}

export function measureSteady(): Steady {
  const args = ['--import', 'tsx', PROGRAM];
  const stdout = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const [last = ''] = stdout.trimEnd().split('\n').slice(-1);
  const { grown_bytes_a_request } = JSON.parse(last) as Pick<Steady, 'grown_bytes_a_request'>;
  const deoptimised = [...stdout.matchAll(BAILOUT)].map(
    ([, kind = '', reason = '', name = '']) => `${name}: ${kind}, ${reason}`,
  );
  return { grown_bytes_a_request, deoptimised };
}

export function steadyText({ grown_bytes_a_request, deoptimised }: Steady): string {
  const table = formatTable([
    ['300,000 requests, warm', ''],
    ['memory that stays in use, bytes each', grown_bytes_a_request.toFixed(2)],
    ['times optimised code was thrown away', String(deoptimised.length)],
  ]);
  return table + deoptimised.map((line) => `  ${line}\n`).join('');
}
