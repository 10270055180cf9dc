/** Event data 2 and 3 in words, a line for each kind of sensor that has them (table 42-3). */

import { describe, expect, test } from 'vitest';

import { eventDetail } from '../../src/ipmi/event-details.ts';
import { nonEmpty } from '../support/lists.ts';

type Case = readonly [sensorType: number, offset: number, data: readonly number[], text?: string];

const CASES: readonly Case[] = [
  [0x05, 4, [2], 'network controller 2'],
  [0x05, 0, [2]],
  [0x08, 6, [0, 0x13], 'power rating mismatch'],
  [0x08, 6, [0, 0x07], 'code 0x07'],
  [0x08, 1, [0, 3]],
  [0x0c, 0, [0, 7], 'module 7'],
  [0x0c, 5, [0, 0], 'module 0'],
  [0x0f, 0, [0x01], 'no memory installed'],
  [0x0f, 0, [0x0d], 'processor speed mismatch'],
  [0x0f, 0, [0x0e], 'code 0x0e'],
  [0x0f, 0, [0x00]],
  [0x0f, 1, [0x09], 'video initialization'],
  [0x0f, 2, [0x15], 'code 0x15'],
  [0x0f, 2, [0x19], 'primary processor initialization'],
  [0x0f, 2, [0x1a], 'code 0x1a'],
  [0x10, 0, [3], 'module 3'],
  [0x10, 1, [0x6f, 0x13], 'event type 0x6f, offset 3 asserted'],
  [0x10, 1, [0x01, 0x02], 'event type 0x01, offset 2 deasserted'],
  [0x10, 1, [0x01, 0x20], 'event type 0x01, all events'],
  [0x10, 5, [0, 75], '75 % full'],
  [0x10, 5, [0, 101], 'code 0x65'],
  [0x10, 6, [4, 0x00], 'processor instance 4'],
  [0x10, 6, [4, 0x80], "processor 4 by the vendor's number"],
  [0x10, 2, [4, 4]],
  [0x12, 3, [0x31], 'log cleared, OEM log 1'],
  [0x12, 4, [0x29], 'alert, power cycle, diagnostic interrupt'],
  [0x12, 4, [0x00]],
  [0x12, 5, [0x00], 'SEL clock, first of a pair'],
  [0x12, 5, [0x81], 'SDR clock, second of a pair'],
  [0x19, 0, [0x00, 0x05], 'requested S0/G0, state S5/G2'],
  [0x1d, 7, [0x04, 0x0f], 'watchdog, channel 15'],
  [0x1d, 7, [0x00]],
  [0x1d, 0, [0x04]],
  [0x21, 2, [0x09, 3], 'PCI Express, slot 3'],
  [0x23, 1, [0x04], 'SMS or OS'],
  [0x23, 8, [0x21], 'BIOS FRB2, NMI'],
  [0x23, 0, [0xf3], 'OS load'],
  [0x23, 0, [0x46], 'code 0x06, code 0x04'],
  [0x28, 4, [0x30], 'sensor 0x30'],
  [0x28, 5, [0x8a, 2], 'logical FRU, LUN 1, bus 2, device 0x02'],
  [0x28, 5, [0x00, 0xa0], 'physical FRU, LUN 0, bus 0, device 0xa0'],
  [0x2a, 1, [2, 0x21], 'user 2, channel 1, by timeout'],
  [0x2a, 0, [0, 0x01], 'channel 1'],
  [0x2b, 1, [0x02], 'management controller firmware revision'],
  [0x2b, 7, [0x09], 'system firmware'],
  [0x2b, 0, [0x17], 'board or FRU configuration'],
  [0x2b, 0, [0x18], 'code 0x18'],
  [0x2c, 4, [0x23], 'before: M3, handle latch'],
  [0x2c, 7, [0xf4], 'before: M4'],
  [0x01, 0, [1, 1]],
  [0xc5, 0, [1, 1]],
];

test.each(CASES)('sensor type 0x%x, offset %i, data %j: %s', (...given) => {
  const [type, offset, [data2, data3], text] = given as unknown as Case;

  expect(eventDetail(type, offset, { data2, data3 })).toBe(text);
});

test('the sensor whose access is degraded is named, as one that failed is', () => {
  const data = { data2: 0x30, data3: undefined };

  expect(eventDetail(0x28, 0, data)).toBe('sensor 0x30');
  expect(eventDetail(0x28, 0, data)).toBe(eventDetail(0x28, 4, data));
  expect(eventDetail(0x28, 1, data)).toBeUndefined();
});

test('a power state that was unknown to the chip set is no code', () => {
  expect(eventDetail(0x19, 0, { data2: 0x05, data3: 0x0d })).toBe('requested S5/G2');
  expect(eventDetail(0x19, 0, { data2: 0x0d, data3: 0x05 })).toBe(
    'requested code 0x0d, state S5/G2',
  );
});

describe('nothing is said', () => {
  const types = [...new Set(CASES.map(([type]) => type))];

  test('of bytes that the event does not vouch for, or leaves unspecified', () => {
    for (const type of nonEmpty(types)) {
      for (let offset = 0; offset < 16; offset += 1) {
        const none = eventDetail(type, offset, { data2: undefined, data3: undefined });
        expect(none, `${type}/${offset}`).toBeUndefined();
        const unspecified = eventDetail(type, offset, { data2: 0xff, data3: 0xff });
        expect(unspecified, `${type}/${offset}`).toBeUndefined();
      }
    }
  });

  test('that is not a text, whatever the bytes are', () => {
    for (const type of nonEmpty(types)) {
      for (let byte = 0; byte < 0x100; byte += 1) {
        for (let offset = 0; offset < 16; offset += 1) {
          const text = eventDetail(type, offset, { data2: byte, data3: byte }) ?? 'none';
          expect(text).not.toMatch(/undefined|NaN|^$|^, |, $/);
        }
      }
    }
  });
});
