/** Sensor data records of all that `ipmitool sdr` shows in different ways. */

import { compactRecord, eventOnlyRecord, fullRecord, named, record } from './sdr-bytes.ts';

/** Thresholds of which all can be read and set, and are in the record. */
const ALL = { readable: 0x3f, capabilities: 0x68, thresholds: [105, 95, 85, 0, 5, 10] } as const;

/** Bytes of a record that the helpers leave 0, by their offset in the whole record. */
function changed(
  bytes: readonly number[],
  changes: Readonly<Record<number, number>>,
): readonly number[] {
  return bytes.map((byte, at) => changes[at] ?? byte);
}

/** Records by the name of what is special about them. */
export const IPMITOOL_RECORDS: readonly (readonly number[])[] = [
  fullRecord(1, { number: 0x30, name: 'CPU Temp', ...ALL, nominal: 40 }),
  changed(fullRecord(2, { number: 0x31, name: 'Long name of 16c', ...ALL, nominal: 90 }), {
    ...{ 10: 0xff, 14: 0x70, 16: 0x70, 19: 0x3f, 25: 0x05, 27: 0x06, 28: 0x12, 30: 0x07 },
    ...{ 32: 80, 33: 10, 34: 120, 35: 2, 42: 3, 43: 4, 46: 0x0a },
  }),
  fullRecord(3, {
    number: 0x32,
    name: '12V',
    units: [0, 4, 0],
    factors: [63, 0, 0, 0, 0, 0xd0],
    nominal: 190,
  }),
  fullRecord(4, {
    number: 0x33,
    name: 'Fan 1',
    sensorType: 4,
    units: [0, 18, 0],
    factors: [100, 0, 0, 0, 0, 0],
    nominal: 55,
    ...ALL,
  }),
  fullRecord(5, { number: 0x34, name: 'Signed', units: [0x80, 1, 0], nominal: 0xf6 }),
  fullRecord(6, { number: 0x35, name: 'Ones', units: [0x40, 1, 0], nominal: 0xf6 }),
  fullRecord(7, {
    number: 0x36,
    name: 'Percent',
    units: [1, 0, 0],
    nominal: 70,
    factors: [1, 0, 0, 0, 0, 0xf0],
  }),
  fullRecord(8, { number: 0x37, name: 'Per unit', units: [0x02, 17, 22], nominal: 7 }),
  fullRecord(9, { number: 0x38, name: 'Times', units: [0x05, 6, 24], nominal: 7 }),
  fullRecord(10, { number: 0x39, name: 'Log', linearization: 1, nominal: 20 }),
  fullRecord(11, { number: 0x3a, name: 'Root', linearization: 10, nominal: 20 }),
  fullRecord(12, { number: 0x3b, name: 'Inverse', linearization: 7, nominal: 3 }),
  fullRecord(13, { number: 0x3c, name: 'Nonlinear', linearization: 0x70, nominal: 9 }),
  fullRecord(14, { number: 0x3d, name: 'No analog', units: [0xc0, 0, 0], nominal: 9, ...ALL }),
  fullRecord(15, {
    number: 0x3e,
    name: 'Full discrete',
    units: [0xc0, 0, 0],
    eventType: 0x6f,
    sensorType: 7,
    nominal: 0,
  }),
  fullRecord(16, { number: 0x3f, name: 'Full units', eventType: 0x6f, sensorType: 7, nominal: 12 }),
  fullRecord(17, { number: 0x40, name: 'Unavailable', nominal: 12, ...ALL }),
  fullRecord(18, { number: 0x41, name: 'Unscanned', nominal: 12, ...ALL }),
  fullRecord(19, { number: 0x42, name: 'Absent', nominal: 12, ...ALL }),
  fullRecord(20, {
    number: 0x43,
    name: 'Offset',
    nominal: 12,
    factors: [0x0a, 0, 0xfb, 0xc0, 0, 0xe1],
  }),
  fullRecord(21, { number: 0x44, name: 'Low', nominal: 3, ...ALL }),
  fullRecord(22, { number: 0x45, name: 'Very high', nominal: 110, ...ALL }),
  compactRecord(23, { number: 0x50, name: 'PSU 1' }),
  compactRecord(24, { number: 0x51, name: 'PSU error' }),
  compactRecord(25, { number: 0x52, name: 'Redundancy', sensorType: 9, eventType: 0x0b }),
  compactRecord(26, { number: 0x53, name: 'Unknown type', sensorType: 0xc5 }),
  compactRecord(27, { number: 0x54, name: 'No state' }),
  compactRecord(28, { number: 0x55, name: 'Compact gone' }),
  compactRecord(29, { number: 0x56, name: 'Compact thresh', eventType: 1, sensorType: 1, ...ALL }),
  changed(compactRecord(30, { number: 0x57, name: 'Firmware', sensorType: 0x0f }), { 11: 0x83 }),
  compactRecord(31, { number: 0x58, name: 'ACPI', sensorType: 0x22 }),
  compactRecord(32, { number: 0x59, name: '' }),
  eventOnlyRecord(33, { number: 0x60, name: 'Boot' }),
  eventOnlyRecord(34, { number: 0x61, name: '' }),
  record(35, 0x11, [0x20, 0, 0x80, 0, 0, 0x10, 0, 7, 1, 0, ...named('System Board')]),
  record(36, 0x11, [0x20, 0x51, 0x1a, 0x30, 0, 0x00, 4, 8, 0x62, 9, ...named('EEPROM')]),
  record(37, 0x11, [0x20, 1, 0x80, 0, 0, 0x10, 2, 10, 1, 0, ...named('Power Supply')]),
  record(38, 0x12, [0x20, 0, 0x00, 0x9f, 0, 0, 0, 0x2e, 1, 0, ...named('BMC')]),
  record(39, 0x12, [
    0x2c,
    7,
    0xee,
    0xff,
    0,
    0,
    0,
    0x2e,
    2,
    0,
    ...named('Satellite with a long name'),
  ]),
  record(40, 0x10, [0x20, 0x93, 0x6b, 0x05, 0, 0x02, 1, 7, 1, 12, ...named('Generic')]),
  record(41, 0x08, [0x07, 1, 0, 0x0a, 1, 0x0a, 2, 0, 0, 0, 0]),
  record(42, 0xc0, [0x57, 1, 0, 2, 3, 4, 5, 6, 7]),
  record(43, 0x14, Array<number>(11).fill(0)),
  fullRecord(44, { number: 0x46, name: 'Other LUN', lun: 1, nominal: 31 }),
];
