/**
 * The data of the BMCs of `commands.test.ts`: sensors of all kinds on two logical units, and some
 * of a satellite controller; entries of a SEL of all formats; a FRU with all areas. They are
 * records for the simulated BMC and for QEMU's, and commands for OpenIPMI's `ipmi_sim`
 * (ipmi_sim_cmd(5)).
 */

import { area, fruBytesOf, latin, record as fruRecord } from '../support/fru-bytes.ts';
import { compactRecord, eventOnlyRecord, fullRecord } from '../support/sdr-bytes.ts';
import type { SensorFields } from '../support/sdr-bytes.ts';

const BMC = 0x20;
export const SATELLITE = 0x30;

/** Sensors on logical unit 0; those behind are on unit 1, with the numbers of the first. */
const ON_UNIT_0 = 200;

/** Event and reading type: thresholds; and states of the sensor's own type. */
const THRESHOLD = 0x01;
const SPECIFIC = 0x6f;

/** Bytes 11 and 20 of a record: thresholds can be read and set; all six can be read. */
const SETTABLE = 0x48;
const ALL_READABLE = 0x3f;

/** Linearizations: ln to 1/cube (§43.1). */
const FUNCTIONS = 11;

/** Bits 7:6 of byte 21: the reading is unsigned, 1's or 2's complement. */
const [ONES, TWOS] = [0x40, 0x80];

interface Kind {
  readonly name: string;
  readonly record: typeof fullRecord;
  readonly fields: Omit<SensorFields, 'number'>;
}

/** Sensors of a kind by turns; M, B and the exponents are bytes 25 to 30 of a record. */
const KINDS: readonly Kind[] = [
  analog('Temp', { units: [0, 0x01, 0] }),
  analog('Volt', { sensorType: 0x02, units: [0, 0x04, 0], factors: [7, 0, 0, 0, 0, 0xe0] }),
  analog('Fan', { sensorType: 0x04, units: [0, 0x12, 0], factors: [60, 0, 30, 0, 0, 0] }),
  analog('Delta', { units: [TWOS, 0x01, 0], factors: [5, 0, 0xf6, 0xc0, 0, 0xf1] }),
  analog('Amp', { sensorType: 0x03, units: [ONES, 0x05, 0], factors: [0xff, 0xc0, 2, 0, 0, 0xf0] }),
  discrete('Supply', { sensorType: 0x08, eventType: SPECIFIC }),
  discrete('Drive', { sensorType: 0x0d, eventType: 0x0a }),
  analog('Curve', { sensorType: 0x0b, units: [0, 0x06, 0], factors: [1, 0, 0, 0, 0, 0xe0] }),
  { name: 'Event', record: eventOnlyRecord, fields: { sensorType: 0x12, eventType: SPECIFIC } },
  analog('Load', { sensorType: 0x0b, units: [0x01, 0, 0], factors: [4, 0, 0, 0, 0, 0xf0] }),
];

function analog(name: string, fields: Kind['fields']): Kind {
  const all = { capabilities: SETTABLE, readable: ALL_READABLE, eventType: THRESHOLD, ...fields };
  return { name, record: fullRecord, fields: all };
}

function discrete(name: string, fields: Kind['fields']): Kind {
  return { name, record: compactRecord, fields };
}

/** A sensor, with its record and the state it is in. */
export interface Member {
  readonly record: readonly number[];
  readonly owner: number;
  readonly lun: number;
  readonly number: number;
  readonly sensorType: number;
  readonly eventType: number;
  readonly raw: number;
  /** Of a sensor without thresholds, bits 14..0. */
  readonly states: number;
  /** Upper non-recoverable, critical, non-critical, then the lower ones. */
  readonly thresholds: readonly number[];
  readonly kind: 'analog' | 'discrete' | 'event-only';
}

/** So many sensors of the BMC, and so many of the satellite controller. */
export function population(count: number, satellites: number): readonly Member[] {
  return Array.from({ length: count + satellites }, (_, index) => {
    const at = index < count ? index : index - count;
    const owner = index < count ? BMC : SATELLITE;
    return member({ id: index + 1, at, owner });
  });
}

function member({ id, at, owner }: { id: number; at: number; owner: number }): Member {
  const turn = at % KINDS.length;
  // The satellite has analog sensors only, so that each has a reading.
  const { name, record, fields } = KINDS[owner === BMC ? turn : turn % 5] ?? fail();
  const place = { owner, lun: at < ON_UNIT_0 ? 0 : 1, number: (at % ON_UNIT_0) + 1 };
  const raw = (at * 37 + 11) & 0xff;
  const thresholds = record === fullRecord ? [250, 240, 230, 3, 6, 9] : [];
  const round = Math.floor(at / KINDS.length);
  const linearization = name === 'Curve' ? (round % FUNCTIONS) + 1 : 0;
  const label = `${owner === BMC ? '' : 'Sat '}${name} ${at}`;
  const all = { ...fields, ...place, name: label, linearization, nominal: raw, thresholds };
  const { sensorType = 0x01, eventType = THRESHOLD } = fields;
  return {
    ...{ record: record(id, all), ...place, sensorType, eventType, raw, thresholds },
    states: 1 << (round % 3),
    kind: { Event: 'event-only', Supply: 'discrete', Drive: 'discrete' }[name] ?? 'analog',
  } as Member;
}

function fail(): never {
  throw new Error('bug: there is no such kind of sensor');
}

/** Entries of a SEL, without numbers: 16 bytes each, of all formats. */
export function selEntries(count: number): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, at) => selEntry(at));
}

function selEntry(at: number): readonly number[] {
  const time = [at & 0xff, (at >> 8) & 0xff, 0x7c, 0x5b];
  const sensor = (at % ON_UNIT_0) + 1;
  const event = (type: number, ...rest: readonly number[]): readonly number[] => {
    return [0, 0, 0x02, ...time, BMC, 0, 0x04, type, sensor, ...rest];
  };
  const entries = [
    event(0x01, THRESHOLD, 0x57, 235, 230), // upper non-critical, going high
    event(0x01, 0x80 | THRESHOLD, 0x57, 200, 230), // the same is over
    event(0x08, SPECIFIC, 0x01, 0xff, 0xff), // a power supply failed
    event(0x0c, SPECIFIC, 0xa0, 0x00, at & 0x0f), // correctable ECC, of a module
    event(0x0d, 0x0a, 0x02, 0xff, 0xff),
    event(0x10, SPECIFIC, 0x02, 0xff, 0xff), // log cleared
    [0, 0, 0xc1, ...time, 0x9f, 0x12, 0x00, 1, 2, 3, 4, 5, at & 0xff],
    [0, 0, 0xe2, ...Array.from({ length: 13 }, (_unused, index) => (at + index) & 0xff)],
    [0, 0, 0x02, 0x10, 0, 0, 0, ...event(0x12, SPECIFIC, 0x01, 0xff, 0xff).slice(7)],
    event(0x23, SPECIFIC, 0xc0, 0x21, 0xff), // the watchdog ran out
  ];
  return entries[at % entries.length] ?? fail();
}

/** 2018-08-21 22:14 UTC, in minutes since 1996. */
const MANUFACTURED = [0xb6, 0xb0, 0xb5];

/** A FRU with chassis, board, product and two records: a power supply's and an OEM's. */
export const FRU = fruBytesOf({
  chassis: area([0x17], [latin('CH-PN-1'), latin('CH-SN-1')]),
  board: area(
    [0x19, ...MANUFACTURED],
    ['Maker', 'Mainboard', 'B-SN-1', 'B-PN-1', 'file'].map(latin),
  ),
  product: area(
    [0x19],
    ['Maker', 'Server', 'P-PN-1', '1.0', 'P-SN-1', 'asset', 'file', 'custom'].map(latin),
  ),
  records: [
    ...fruRecord(0x00, false, [
      ...[0x20, 0x03, 0x84, 0x03, 0x32, 0x05, 0x28, 0x23, 0x90, 0x33, 0x50, 0x46, 0x20, 0x67],
      ...[0x2f, 0x3f, 0x0c, 0x1e, 0x20, 0x23, 0x00, 0x00, 0x00, 0x00],
    ]),
    ...fruRecord(0xc0, true, [0x9f, 0x12, 0x00, 1, 2, 3]),
  ],
});

/** Commands of ipmi_sim_cmd(5) for all of it: BMC and satellite controller, enabled at the end. */
export function ipmiSimCommands(members: readonly Member[], entries: number): string[] {
  return [
    'mc_setbmc 0x20',
    'mc_add 0x20 0x21 no-device-sdrs 0x03 0x09 0x42 0x9f 0x1291 0x0f02',
    'sel_enable 0x20 1000 0x0a',
    'mc_add 0x30 0x02 no-device-sdrs 0x08 0x10 0x01 0x80 0x1291 0x0f03',
    ...members.flatMap(sensorCommands),
    ...members.map(({ record }) => `main_sdr_add 0x20 ${hexBytes(record)}`),
    ...selEntries(entries).map(
      ([, , type = 0, ...data]) => `sel_add 0x20 0x${type.toString(16)} ${hexBytes(data)}`,
    ),
    `mc_add_fru_data 0x20 0 ${FRU.length} data ${hexBytes([...FRU])}`,
    'mc_enable 0x30',
    'mc_enable 0x20',
  ];
}

function sensorCommands(member: Member): readonly string[] {
  const { owner, lun, number, sensorType, eventType, raw, thresholds, kind, states } = member;
  const place = `${owner} ${lun} ${number}`;
  const types = `0x${sensorType.toString(16)} 0x${eventType.toString(16)}`;
  const events = `sensor_set_event_support ${place} enable scanning per-state`;
  const all = Array<string>(4).fill('111111111111111').join(' ');
  const add = `sensor_add ${place} ${types}`;
  switch (kind) {
    case 'event-only':
      return [`${add} event-only`];
    case 'discrete':
      return [add, `sensor_set_bit ${place} ${Math.log2(states)} 1 0`, `${events} ${all}`];
    case 'analog': {
      const values = thresholds.map((value) => `0x${value.toString(16)}`).join(' ');
      return [
        ...[add, `sensor_set_value ${place} 0x${raw.toString(16)} 0`],
        `sensor_set_threshold ${place} settable 111111 ${values}`,
        `${events} ${all}`,
      ];
    }
  }
}

function hexBytes(bytes: readonly number[]): string {
  return bytes.map((byte) => `0x${byte.toString(16)}`).join(' ');
}
