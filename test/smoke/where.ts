/**
 * The table of which check runs where, and what becomes of it there. The tests hold each run to its
 * column, so that a check that does not run any more is noticed, and so is a skip.
 */

import type { CheckEnd } from '../../src/smoke/events.ts';
import type { Ocptv } from '../support/ocptv-oracle.ts';

/**
 * The places: the simulator on its virtual clock; QEMU's BT device over qtest; guests with QEMU's
 * own BMC and an interrupt line, with the same BMC taken from `ipmi_si`, and with OpenIPMI's
 * `ipmi_sim`; and guests of which each has a fault. `red`: it finds the fault of that place. `-`:
 * it is not asked for there.
 *
 * QEMU's own BMC answers at once, so that nothing can be abandoned, and writes a Platform Event
 * into its SEL and not into its event message buffer; `ipmi_sim` does not know that command. A
 * processor that is emulated in real time is held up in the middle of a turn of the event loop, so
 * that `event-loop` runs where the time of a guest is what it executes.
 */
const TABLE = `
check               simulator  qtest  guest  ipmi_si  ipmi_sim  faulty
host                runs       runs   runs   runs     runs      runs
owner               runs       runs   runs   runs     runs      runs
firmware-agreement  runs       runs   runs   runs     runs      red
registers           runs       runs   runs   runs     runs      runs
bring-up            runs       runs   runs   runs     runs      runs
bring-up-race       runs       runs   runs   runs     runs      red
latency             runs       runs   runs   runs     runs      runs
frames              runs       runs   runs   runs     runs      runs
pace                runs       runs   runs   runs     runs      red
abandon             runs       skips  skips  skips    runs      skips
share               runs       runs   runs   -        runs      -
interrupt           runs       skips  runs   skips    skips     red
attention           runs       runs   runs   runs     runs      runs
event-loop          runs       -      runs   runs     -         runs
enables             runs       runs   runs   -        runs      -
platform-event      runs       -      red    -        skips     -
sel-entry           runs       runs   runs   -        runs      -
torn-frame          runs       runs   runs   -        runs      -
reset               runs       -      runs   -        -         -
not-wedged          runs       runs   runs   runs     runs      red
teardown            runs       runs   runs   runs     runs      runs
`;

const [[, ...PLACES] = [], ...ROWS] = TABLE.trim()
  .split('\n')
  .map((line) => line.split(/ +/));

/** A cell of the table. */
interface Cell {
  readonly id: string;
  readonly place: string;
  /** `runs`, `skips`, `red` or `-`; of a run also what else a check can end with. */
  readonly cell: string;
}

/** All cells. */
export const WHERE: readonly Cell[] = ROWS.flatMap(([id = '', ...row]) => {
  return PLACES.map((place, at) => ({ id, place, cell: row[at] ?? '' }));
});

/** What became of a check. */
export type Outcome = Pick<Cell, 'id' | 'cell'>;

const BY_STATUS: Readonly<Record<string, string>> = { COMPLETE: 'runs', SKIP: 'skips' };
const BY_RESULT: Readonly<Record<string, string>> = { pass: 'runs', fail: 'red', skip: 'skips' };

/** The outcomes of the checks of a run, from its report in OCP Test and Validation format. */
export function outcomesOf({ steps, artifacts }: Ocptv): readonly Outcome[] {
  const parts = artifacts.flatMap(({ testStepArtifact: step }) => step ?? []);
  const isRed = (stepId: string | undefined): boolean =>
    parts.some((step) => step.testStepId === stepId && step['diagnosis']?.['type'] === 'FAIL');
  const ids = parts.filter((step) => 'testStepStart' in step).map((step) => step.testStepId);
  return steps.map(([id, status], index) => {
    return { id, cell: isRed(ids[index]) ? 'red' : (BY_STATUS[status] ?? status) };
  });
}

/** The same from the ends of checks. */
export function outcomesOfEnds(ends: readonly CheckEnd[]): readonly Outcome[] {
  return ends.map(({ id, result }) => ({ id, cell: BY_RESULT[result] ?? result }));
}

/** The column of a place, without the checks that are not asked for there. */
export function columnOf(place: string): readonly Outcome[] {
  const column = WHERE.filter((one) => one.place === place && one.cell !== '-');
  return column.map(({ id, cell }) => ({ id, cell }));
}

/** The outcomes of all runs in one place, as a column: red before skipped before run. */
export function columnOfRuns(...runs: readonly (readonly Outcome[])[]): readonly Outcome[] {
  const ranks = ['runs', 'skips', 'red'];
  const rankOf = (cell: string): number => (ranks.includes(cell) ? ranks.indexOf(cell) : Infinity);
  const worst = new Map<string, string>();
  for (const { id, cell } of runs.flat()) {
    const before = worst.get(id);
    if (before === undefined || rankOf(cell) > rankOf(before)) worst.set(id, cell);
  }
  const order = ROWS.map(([id]) => id);
  const column = [...worst].sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  return column.map(([id, cell]) => ({ id, cell }));
}
