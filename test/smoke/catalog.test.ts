/** The list of all checks, and the table of the places in which each of them is run. */

import { expect, test } from 'vitest';

import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { CATALOG } from '../../src/smoke/catalog.ts';
import { simulatedHost } from '../../src/smoke/simulated-host.ts';
import { simulatedSubject } from '../../src/smoke/simulated.ts';
import { offenders } from '../support/lists.ts';
import { runSmoke } from '../support/smoke-runner-bench.ts';
import { WHERE, columnOf, columnOfRuns, outcomesOfEnds } from './where.ts';

test('every check is in the table', () => {
  const ids = CATALOG.map(({ id }) => id).sort();

  expect(
    columnOf('simulator')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids);
  expect(offenders(WHERE, ({ cell }) => !['runs', 'skips', 'red', '-'].includes(cell))).toEqual([]);
});

test('every check passes in the simulator, and runs in a guest', () => {
  const guests = WHERE.filter(({ place }) => place === 'guest' || place === 'ipmi_sim');
  const runIn = guests.filter(({ cell }) => cell === 'runs' || cell === 'red').map(({ id }) => id);

  expect(offenders(columnOf('simulator'), ({ cell }) => cell !== 'runs')).toEqual([]);
  expect(offenders(CATALOG, ({ id }) => !runIn.includes(id))).toEqual([]);
});

test('the simulator is as in the table', async () => {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs: 10, strict: false, mayReset: true });
  const newLine = (): SimIrqLine => new SimIrqLine({ bmc, clock, ownsMask: false });
  const subject = simulatedSubject({ files: simulatedHost(), bmc, clock, newLine });
  const choices = { numa: false, reset: 'cold', takeover: false } as const;

  const { ends } = await runSmoke({ clock, subject }, CATALOG, { isQuick: true, choices });

  expect(columnOfRuns(outcomesOfEnds(ends))).toEqual(columnOf('simulator'));
});
