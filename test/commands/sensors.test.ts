/** Sensors with their readings, on simulated BMCs. */

import { describe, expect, test } from 'vitest';

import { SimBmc } from '../../src/sim/bmc.ts';
import { Answering } from '../support/answering.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { compactRecord, eventOnlyRecord, fullRecord, record } from '../support/sdr-bytes.ts';
import { byKey, listOf, memory } from '../support/sdr-rig.ts';

/** A temperature with readable thresholds: 10, 5, 0 and 85, 95, 105. */
const TEMP = fullRecord(1, {
  ...{ number: 0x30, name: 'CPU', nominal: 40, readable: 0x3f, capabilities: 0x08 },
  ...{ thresholds: [105, 95, 85, 0, 5, 10] },
});
const STATES = compactRecord(2, { number: 0x40, name: 'PSU' });
const EVENTS = eventOnlyRecord(3, { number: 0x50, name: 'Log' });
const OEM = record(4, 0xc0, [1, 2, 3]);

function simOf(...records: readonly (readonly number[])[]): SimBmc {
  return new SimBmc({ sdrs: { records } });
}

test('sensors take records + readings + 3 transactions, and readings + 2 with a cache', async () => {
  const { bmc, count } = await commandsRig(simOf(TEMP, STATES, EVENTS, OEM));
  const cache = memory();

  const cold = await listOf(bmc.sensors({ cache }));
  expect(count()).toBe(4 + 2 + 3);
  expect(await listOf(bmc.sensors({ cache }))).toEqual(cold);
  expect(count()).toBe(2 + 2);
  await listOf(bmc.sensors());
  expect(count()).toBe(4 + 2 + 2);
});

test('thresholds take one more for each sensor that has some, with a cache too', async () => {
  const { bmc, count, sim } = await commandsRig(simOf(TEMP, STATES, EVENTS, OEM));
  const options = { cache: memory(), thresholds: true };

  await listOf(bmc.sensors(options));
  expect(count()).toBe(4 + 2 + 1 + 3);
  sim.sensors.set(0x30, { thresholds: [11, 6, 1, 80, 90, 100] });
  const items = byKey(await listOf(bmc.sensors(options)));
  expect(count()).toBe(2 + 1 + 2);

  // Those in the record, and in the cache, are not in force any more.
  expect(items['0x20/0/0x30']?.thresholds).toEqual({
    ...{ lowerNonCritical: 11, lowerCritical: 6, lowerNonRecoverable: 1 },
    ...{ upperNonCritical: 80, upperCritical: 90, upperNonRecoverable: 100 },
  });
});

test('the list of the repository takes the same, with its other records', async () => {
  const { bmc, count } = await commandsRig(simOf(TEMP, STATES, EVENTS, OEM));
  const cache = memory();

  const items = await listOf(bmc.sdrList({ cache }));

  expect(count()).toBe(4 + 2 + 3);
  expect(items.map(({ kind }) => kind)).toEqual(['sensor', 'sensor', 'sensor', 'other']);
  await listOf(bmc.sdrList({ cache }));
  expect(count()).toBe(2 + 2);
});

test('a sensor has a value in its unit, or states in words', async () => {
  const { bmc, sim } = await commandsRig(simOf(TEMP, STATES, EVENTS));
  sim.sensors.set(0x30, { raw: 96 });
  sim.sensors.set(0x40, { states: 0x09 });

  const items = byKey(await listOf(bmc.sensors()));

  expect(items['0x20/0/0x30']).toMatchObject({
    ...{ name: 'CPU', status: 'ok', raw: 96, value: 96, unit: 'degrees C', severity: 'critical' },
    sensorTypeText: 'Temperature',
    states: [{ text: 'at or above upper non-critical' }, { text: 'at or above upper critical' }],
    thresholds: undefined,
    entity: { id: 3, instance: 1, text: 'processor' },
  });
  expect(items['0x20/0/0x40']).toMatchObject({
    ...{ name: 'PSU', status: 'ok', value: undefined, unit: undefined, severity: 'critical' },
    states: [{ text: 'present' }, { text: 'input lost' }],
  });
  expect(items['0x20/0/0x50']).toMatchObject({ name: 'Log', status: 'event-only', states: [] });
});

describe('a reading that is not valid is no value:', () => {
  test.each([
    ['disabled', { flags: 0x80 }],
    ['unavailable', { flags: 0xe0 }],
    ['unavailable', { code: 0xd5 }],
    ['absent', { code: 0xcb }],
    ['absent', { code: 0xcc }],
    ['absent', { code: 0xc9 }],
  ] as const)('%s, by %j', async (status, fields) => {
    const { bmc, sim, count } = await commandsRig(simOf(TEMP));
    sim.sensors.set(0x30, { raw: 96, ...fields });

    const [item] = await listOf(bmc.sensors());

    expect(item).toMatchObject({ status, value: undefined, raw: undefined, states: [] });
    expect(count()).toBe(1 + 1 + 2);
  });
});

test('a sensor that is missing takes one transaction, its thresholds none', async () => {
  const { bmc, sim, count } = await commandsRig(simOf(TEMP, STATES));
  sim.sensors.remove(0x30);

  const items = byKey(await listOf(bmc.sensors({ thresholds: true })));

  expect(count()).toBe(2 + 2 + 2);
  expect(items['0x20/0/0x30']).toMatchObject({ status: 'absent', thresholds: undefined });
  expect(items['0x20/0/0x40']?.status).toBe('ok');
});

test('one whose reading is refused is an item with its error, and not the end', async () => {
  const { bmc, sim } = await commandsRig(simOf(TEMP, STATES));
  sim.sensors.set(0x30, { code: 0xcd });

  const items = byKey(await listOf(bmc.sensors()));

  expect(items['0x20/0/0x30']).toMatchObject({
    status: 'failed',
    error: { code: 'COMMAND_FAILED', completionCode: 0xcd },
  });
  expect(items['0x20/0/0x40']?.status).toBe('ok');
});

test('only thresholds that can be read are told; that they are refused is no error', async () => {
  const { bmc, sim } = await commandsRig(simOf(TEMP));
  sim.sensors.set(0x30, { readable: 0x18 });

  const [some] = await listOf(bmc.sensors({ thresholds: true }));
  expect(some).toMatchObject({ thresholds: { upperNonCritical: 85, upperCritical: 95 } });

  const answering = new SimBmc({
    sdrs: { records: [TEMP] },
    answer: ({ netFn, cmd }) => (netFn === 0x04 && cmd === 0x27 ? [0xc1] : undefined),
  });
  const other = await commandsRig(answering);
  const [none] = await listOf(other.bmc.sensors({ thresholds: true }));
  expect(none).toMatchObject({ status: 'ok', value: 40, thresholds: {} });
});

test('a non-linear sensor is asked for its factors, for each value', async () => {
  const curve = fullRecord(1, {
    ...{ number: 0x30, linearization: 0x70, readable: 0x18, capabilities: 0x08, nominal: 10 },
    ...{ thresholds: [0, 30, 20, 0, 0, 0] },
  });
  const { bmc, sim, count } = await commandsRig(simOf(curve));
  sim.sensors.set(0x30, { factors: (raw) => [raw, 0, 1, 0, 0, 0] });

  const [item] = await listOf(bmc.sensors({ thresholds: true }));

  expect(item).toMatchObject({
    value: 101,
    thresholds: { upperNonCritical: 401, upperCritical: 901 },
  });
  expect(count()).toBe(1 + 1 + 1 + 3 + 2);
});

test('a non-linear sensor whose factors are refused has its states, and the reason', async () => {
  const curve = fullRecord(1, {
    ...{ number: 0x30, linearization: 0x70, readable: 0x18, capabilities: 0x08, nominal: 10 },
    ...{ thresholds: [0, 30, 20, 0, 0, 0] },
  });
  const sim = new SimBmc({
    sdrs: { records: [curve] },
    answer: ({ netFn, cmd }) => (netFn === 0x04 && cmd === 0x23 ? [0xc1] : undefined),
  });
  const { bmc } = await commandsRig(sim);
  sim.sensors.set(0x30, { raw: 25, states: 0x08 });

  const [item] = await listOf(bmc.sensors({ thresholds: true }));

  expect(item).toMatchObject({
    ...{ status: 'ok', raw: 25, value: undefined, thresholds: {}, severity: 'warning' },
    states: [{ text: 'at or above upper non-critical' }],
    error: { completionCode: 0xc1 },
  });
});

test('the same number on another LUN is another sensor', async () => {
  const other = fullRecord(2, { number: 0x30, name: 'Other', lun: 1, nominal: 50 });
  const { bmc } = await commandsRig(simOf(TEMP, other));

  const items = byKey(await listOf(bmc.sensors()));

  expect([items['0x20/0/0x30']?.value, items['0x20/1/0x30']?.value]).toEqual([40, 50]);
});

test('more than 255 sensors are read, on two LUNs', async () => {
  const records = Array.from({ length: 300 }, (_, at) =>
    fullRecord(at + 1, { number: at % 200, lun: at < 200 ? 0 : 1, nominal: at % 256 }),
  );
  const { bmc, count } = await commandsRig(simOf(...records));

  const items = await listOf(bmc.sensors());

  const values = items.map((item) => (item.kind === 'sensor' ? item.value : undefined));
  expect(values).toEqual(records.map((_, at) => at % 256));
  expect(count()).toBe(300 + 300 + 2);
});

test('sensors that share a record are each read', async () => {
  const shared = compactRecord(1, { number: 0x60, name: 'Fan', sharing: [0x03, 0x81] });
  const { bmc, sim, count } = await commandsRig(simOf(shared));
  sim.sensors.remove(0x61);

  const items = await listOf(bmc.sensors());

  expect(items).toMatchObject([
    { name: 'Fan 1', number: 0x60, status: 'ok', entity: { instance: 1 } },
    { name: 'Fan 2', number: 0x61, status: 'absent', entity: { instance: 2 } },
    { name: 'Fan 3', number: 0x62, status: 'ok', entity: { instance: 3 } },
  ]);
  expect(count()).toBe(1 + 3 + 2);
});

describe('a sensor of another owner', () => {
  const satellite = fullRecord(2, { number: 0x30, owner: 0x82, lun: 0x71, name: 'Blade' });
  const second = fullRecord(3, { number: 0x31, owner: 0x82, lun: 0x71, name: 'Blade 2' });
  const software = fullRecord(4, { number: 0x30, owner: 0x41, name: 'Agent' });

  test('is told, and takes no transaction', async () => {
    const { bmc, count } = await commandsRig(simOf(TEMP, satellite, software));

    const items = byKey(await listOf(bmc.sensors()));

    expect(count()).toBe(3 + 1 + 2);
    expect(items['7:0x82/1/0x30']).toMatchObject({
      status: 'needs-bridge',
      error: { outcome: 'not-sent', message: expect.stringContaining('must be bridged') as string },
    });
    expect(items['0x41/0/0x30']?.status).toBe('software');
  });

  test('is read where there is a way to it', async () => {
    const { bmc } = await commandsRig(simOf(satellite));
    const way = new Answering(() => [0, 77, 0xc0, 0xc0]);

    const [item] = await listOf(
      bmc.sensors({
        requesterFor: ({ address, channel }) => (address + channel > 0 ? way : undefined),
      }),
    );

    expect(item).toMatchObject({ status: 'ok', value: 77 });
    expect(way.asked.map(({ input }) => [input.netFn, input.cmd, input.lun])).toEqual([
      [4, 0x2d, 1],
    ]);
  });

  test('that does not answer is waited for once, and is not the end', async () => {
    const { bmc } = await commandsRig(simOf(satellite, second, TEMP));
    const { IpmiError } = await import('../../src/errors.ts');
    const way = new Answering(() => {
      throw new IpmiError('REQUEST_TIMEOUT', 'silence', { outcome: 'unknown' });
    });

    const items = byKey(await listOf(bmc.sensors({ requesterFor: () => way })));

    expect(way.asked).toHaveLength(1);
    expect(items['7:0x82/1/0x31']).toMatchObject({
      status: 'failed',
      error: { outcome: 'unknown' },
    });
    expect(items['0x20/0/0x30']?.status).toBe('ok');
  });
});

test('only the sensors that are wanted are read', async () => {
  const { bmc, count } = await commandsRig(simOf(TEMP, STATES));

  const items = await listOf(bmc.sensors({ only: ({ name }) => name === 'PSU' }));

  expect(Object.keys(byKey(items))).toEqual(['0x20/0/0x40']);
  expect(count()).toBe(2 + 1 + 2);
});

test('a bad record is an item, and not the end', async () => {
  const { bmc } = await commandsRig(simOf(record(9, 0x01, [0x20, 0]), TEMP));

  expect(await listOf(bmc.sensors())).toMatchObject([
    { kind: 'error', recordId: 9, error: { code: 'RESPONSE_MALFORMED' } },
    { kind: 'sensor', value: 40 },
  ]);
});

test('a BMC that falls silent ends the iteration', async () => {
  const { bmc, sim } = await commandsRig(simOf(TEMP));
  sim.fail('silent');

  await expect(listOf(bmc.sensors({ timeoutMs: 5 }))).rejects.toMatchObject({
    code: 'REQUEST_TIMEOUT',
  });
});
