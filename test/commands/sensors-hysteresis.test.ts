/** The hysteresis of sensors: asked for, out of the record, or none. */

import { expect, test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { commandsRig } from '../support/commands-rig.ts';
import type { SensorFields } from '../support/sdr-bytes.ts';
import { compactRecord, fullRecord } from '../support/sdr-bytes.ts';
import { listOf } from '../support/sdr-rig.ts';

/** Byte 12 of a record: the hysteresis is readable, settable, or fixed. */
const [READABLE, SETTABLE, FIXED] = [0x10, 0x20, 0x30];

/** Half a degree for each raw count, from -10 degrees on. */
const HALVES = [5, 0, 0x9c, 0xc0, 0, 0xf0];

/** A temperature whose record has 4 raw counts upwards, and 2 downwards. */
function temperature(fields: Partial<SensorFields>): readonly number[] {
  return fullRecord(1, { number: 0x30, nominal: 40, factors: HALVES, ...fields })
    .with(42, 4)
    .with(43, 2);
}

async function hysteresisOf(record: readonly number[], raw?: readonly [number, number]) {
  const { bmc, sim, count } = await commandsRig(new SimBmc({ sdrs: { records: [record] } }));
  if (raw !== undefined) sim.sensors.set(0x30, { hysteresis: raw });
  const [item] = await listOf(bmc.sensors({ hysteresis: true }));
  if (item?.kind !== 'sensor') throw new Error('a record that is no sensor');
  return { hysteresis: item.hysteresis, transactions: count() };
}

test.each([READABLE, SETTABLE])('is asked for where the record says %i', async (capabilities) => {
  const record = temperature({ capabilities });

  // In force is what the sensor says, and the offset does not count.
  expect(await hysteresisOf(record, [6, 1])).toEqual({
    hysteresis: { positive: 3, negative: 0.5 },
    transactions: 1 + 1 + 1 + 1 + 1,
  });
});

test('is that of the record where it is fixed, for no transaction', async () => {
  expect(await hysteresisOf(temperature({ capabilities: FIXED }), [6, 1])).toEqual({
    hysteresis: { positive: 2, negative: 1 },
    transactions: 1 + 1 + 1 + 1,
  });
});

test('0xff stands for none', async () => {
  const record = temperature({ capabilities: READABLE });

  expect((await hysteresisOf(record, [0xff, 0])).hysteresis).toEqual({
    positive: undefined,
    negative: 0,
  });
});

test.each([
  ['a sensor without one', temperature({ capabilities: 0 })],
  ['a sensor whose steps are not equal', temperature({ capabilities: READABLE, linearization: 1 })],
  ['a sensor of states', compactRecord(2, { number: 0x30, capabilities: READABLE })],
])('%s has none, and is not asked', async (_, record) => {
  expect(await hysteresisOf(record)).toEqual({
    hysteresis: undefined,
    transactions: 1 + 1 + 1 + 1,
  });
});

test('a BMC that refuses it gives the reading all the same', async () => {
  const sim = new SimBmc({
    sdrs: { records: [temperature({ capabilities: READABLE })] },
    answer: ({ netFn, cmd }) => (netFn === 0x04 && cmd === 0x25 ? [0xc1] : undefined),
  });
  const { bmc } = await commandsRig(sim);

  expect(await listOf(bmc.sensors({ hysteresis: true }))).toMatchObject([
    { status: 'ok', value: 10, hysteresis: undefined },
  ]);
});
