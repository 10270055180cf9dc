/**
 * `npm run bench:poll`: what waiting for a BMC costs, worked out for some ways to do it and drawn
 * as docs/poll-curve.svg. `--measure` adds what it costs on this machine, which takes five minutes.
 */

import { writeFile } from 'node:fs/promises';

import { pollChart } from './poll-chart.ts';
import { CANDIDATES, averageCostOf } from './poll-candidates.ts';
import { measure } from './poll-real.ts';
import type { RealCost } from './poll-real.ts';
import { formatTable, report } from './table.ts';
import type { Row } from './table.ts';

const CHART = new URL('../../docs/poll-curve.svg', import.meta.url);

/** BMC times that are worked out, and those that are measured. */
const EXACT_MS = [0.1, 1, 5, 20, 40, 100, 1100, 10_000, 30_000] as const;
const REAL_MS = [0.1, 1, 10, 100, 1100, 10_000] as const;

interface Result extends Partial<RealCost> {
  readonly name: string;
  readonly bmc_ms: number;
}

function exact(): readonly Result[] {
  return CANDIDATES.flatMap(({ name, curve }) =>
    EXACT_MS.map((ms) => ({ name, bmc_ms: ms, ...averageCostOf(curve, ms) })),
  );
}

async function real(): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const ms of REAL_MS) {
    for (const { name, curve } of CANDIDATES) {
      results.push({ name, bmc_ms: ms, ...(await measure(curve, ms)) });
    }
  }
  return results;
}

function text(title: string, results: readonly Result[]): string {
  const figures = ['wakes', 'turns', 'lateMs', 'cpuMs'] as const;
  const rows = results.map((result): Row => {
    const cells = figures.map((figure) => result[figure]?.toFixed(2) ?? '');
    return [result.name, String(result.bmc_ms), ...cells];
  });
  return formatTable([[title, 'BMC ms', 'wakes', 'turns', 'late ms', 'CPU ms'], ...rows]);
}

const workedOut = exact();
const measured = process.argv.includes('--measure') ? await real() : [];
await writeFile(CHART, pollChart());
const tables = [text('worked out', workedOut)];
if (measured.length > 0) tables.push(text('measured here', measured));
report({ worked_out: workedOut, measured }, tables.join('\n'));
