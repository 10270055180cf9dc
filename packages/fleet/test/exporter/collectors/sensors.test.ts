/** The collector `ipmi`: which metrics a sensor has, and which values. */

import { expect, test } from 'vitest';

import { offenders } from '../../../../../test/support/lists.ts';
import {
  compactRecord,
  eventOnlyRecord,
  fullRecord,
} from '../../../../../test/support/sdr-bytes.ts';
import { rig, startingWith } from '../../rig.ts';
import type { Rig } from '../../rig.ts';

/** The samples of sensors of a BMC with these records. */
async function sensorsOf(
  records: readonly (readonly number[])[],
  prepare: (one: Rig) => void = () => undefined,
): Promise<Readonly<Record<string, number>>> {
  const one = await rig({ collectors: ['ipmi'], sim: { sdrs: { records } } });
  prepare(one);
  const samples = await one.scrape();
  expect(one.failures).toEqual([]);
  expect(samples['ipmi_up{collector="ipmi"}']).toBe(1);
  const isOther = /^ipmi_(bt_|up|scrape)/;
  return Object.fromEntries(Object.entries(samples).filter(([name]) => !isOther.test(name)));
}

test.each([
  ['degrees C', [0, 1, 0], 0x01, 'temperature_celsius', 'temperature_state', 42],
  ['volts', [0, 4, 0], 0x02, 'voltage_volts', 'voltage_state', 42],
  ['amperes', [0, 5, 0], 0x03, 'current_amperes', 'current_state', 42],
  ['watts', [0, 6, 0], 0x0b, 'power_watts', 'power_state', 42],
  ['revolutions', [0, 18, 0], 0x04, 'fan_speed_rpm', 'fan_speed_state', 42],
  ['percent of a fan', [1, 0, 0], 0x04, 'fan_speed_ratio', 'fan_speed_state', 0.42],
] as const)('a sensor of %s has a metric of its own', async (...row) => {
  const [, units, sensorType, value, state, expected] = row;
  const record = fullRecord(0x0907, { number: 1, name: 'One', units, sensorType });

  const samples = await sensorsOf([record], ({ sim }) => {
    sim.sensors.set(1, { raw: 42 });
  });

  expect(Object.keys(samples)).toEqual([
    `ipmi_${value}{id="2311",name="One"}`,
    `ipmi_${state}{id="2311",name="One"}`,
  ]);
  expect(Object.values(samples)[0]).toBeCloseTo(expected, 12);
  expect(Object.values(samples)[1]).toBe(0);
});

test.each([
  ['degrees F', [0, 2, 0], 0x01, 'Temperature'],
  ['percent of something else', [1, 0, 0], 0x0b, 'Other Units Based Sensor'],
  ['percent of a unit', [1, 18, 0], 0x04, 'Fan'],
  ['revolutions per second', [0x18, 18, 0], 0x04, 'Fan'],
  ['volts times amperes', [0x04, 4, 5], 0x0b, 'Other Units Based Sensor'],
] as const)('a sensor of %s has the metric for all others', async (...row) => {
  const [, units, sensorType, type] = row;
  const record = fullRecord(1, { number: 1, name: 'One', units, sensorType });

  const samples = await sensorsOf([record], ({ sim }) => {
    sim.sensors.set(1, { raw: 42 });
  });

  expect(samples).toEqual({
    [`ipmi_sensor_value{id="1",name="One",type="${type}"}`]: 42,
    [`ipmi_sensor_state{id="1",name="One",type="${type}"}`]: 0,
  });
});

test.each([
  ['nothing', 0, 0],
  ['present', 1, 0],
  ['inactive', 1 << 7, 1],
  ['present and failed', 3, 2],
  ['an offset that is reserved', 1 << 12, 0],
])('a sensor with states, %s', async (_, states, state) => {
  const records = [compactRecord(7, { number: 9, name: 'PSU' })];

  const samples = await sensorsOf(records, ({ sim }) => {
    sim.sensors.set(9, { states });
  });

  expect(samples).toEqual({
    'ipmi_sensor_value{id="7",name="PSU",type="Power Supply"}': NaN,
    'ipmi_sensor_state{id="7",name="PSU",type="Power Supply"}': state,
  });
});

test.each([
  ['disabled', { flags: 0x80 }],
  ['unavailable', { flags: 0xe0 }],
  ['missing', { code: 0xcb }],
])('a sensor that is %s is there, without a value and a state', async (_, fields) => {
  const samples = await sensorsOf([fullRecord(1, { number: 1, name: 'One' })], ({ sim }) => {
    sim.sensors.set(1, fields);
  });

  expect(samples).toEqual({
    'ipmi_temperature_celsius{id="1",name="One"}': NaN,
    'ipmi_temperature_state{id="1",name="One"}': NaN,
  });
});

test('sensors of another controller and of software have no value', async () => {
  const records = [
    fullRecord(1, { number: 1, name: 'Away', owner: 0x2c }),
    fullRecord(2, { number: 2, name: 'Software', owner: 0x41 }),
  ];

  expect(Object.values(await sensorsOf(records))).toEqual([NaN, NaN, NaN, NaN]);
});

test('an event-only record is no sensor that could be read', async () => {
  expect(await sensorsOf([eventOnlyRecord(1, { number: 1 })])).toEqual({});
});

test('names are escaped as the format wants it', async () => {
  const name = 'A "b\\';
  const [key] = Object.keys(await sensorsOf([fullRecord(1, { number: 1, name })]));

  expect(key).toBe('ipmi_temperature_celsius{id="1",name="A \\"b\\\\"}');
});

test('records are read once, and readings each time', async () => {
  const { scrape, sim } = await rig({ collectors: ['ipmi'] });
  const commandsOf = async (): Promise<readonly number[]> => {
    const before = sim.executed.length;
    await scrape();
    return sim.executed.slice(before).map(({ cmd }) => cmd);
  };
  const first = await commandsOf();
  sim.sensors.set(0x30, { raw: 77 });

  expect(first.filter((cmd) => cmd === 0x23).length).toBeGreaterThan(0);
  expect(offenders(await commandsOf(), (cmd) => cmd === 0x23)).toEqual([]);
  expect(startingWith(await scrape(), 'ipmi_temperature_celsius{id="1"')).toEqual({
    'ipmi_temperature_celsius{id="1",name="CPU 0 Temp"}': 77,
  });
});

test('sensors of records that are left out are not read', async () => {
  const { scrape, sim } = await rig({ collectors: ['ipmi'], excludeIds: [1, 3] });
  const samples = await scrape();
  const read = sim.executed.filter(({ netFn, cmd }) => netFn === 0x04 && cmd === 0x2d);

  expect(Object.keys(startingWith(samples, 'ipmi_temperature_celsius'))).toEqual([
    'ipmi_temperature_celsius{id="2",name="CPU 1 Core Temp."}',
  ]);
  expect(Object.keys(startingWith(samples, 'ipmi_sensor'))).toEqual([]);
  expect(read.map(({ data }) => data[0])).toEqual([0x31]);
});

test('a record that cannot be read is told, and the others are there', async () => {
  const broken = [2, 0, 0x51, 0x01, 2, 0, 0];
  const records = [fullRecord(1, { number: 1, name: 'One' }), broken];
  const { scrape, failures } = await rig({ collectors: ['ipmi'], sim: { sdrs: { records } } });

  expect(await scrape()).toMatchObject({
    'ipmi_temperature_state{id="1",name="One"}': 0,
    'ipmi_up{collector="ipmi"}': 1,
  });
  expect(failures.map((failure) => failure.split(':')[0])).toEqual(['record 2']);
});
