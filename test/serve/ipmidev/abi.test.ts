/** Numbers and layouts of linux/ipmi.h, as a C compiler has them for 64 and for 32 bits. */

import { expect, test } from 'vitest';

import {
  decodeChannelValue,
  decodeCommandSpec,
  decodeInt,
  decodeReceive,
  decodeSend,
  decodeTiming,
  encodeChannelValue,
  encodeInt,
  encodeReceive,
  encodeTiming,
  ioctlOf,
} from '../../../src/serve/ipmidev/abi.ts';
import { IOCTL_NAMES, ioctlNumber } from '../../support/ipmi-caller.ts';
import { offenders } from '../../support/lists.ts';

/** `ioctl` numbers that gcc prints: for 64 bits, and what -m32 has in their place. */
const PRINTED = [
  [0x8028690d, 0x8014690d, { kind: 'send', isTimed: false }],
  [0x80306915, 0x801c6915, { kind: 'send', isTimed: true }],
  [0xc030690c, 0xc018690c, { kind: 'receive', isCutting: false }],
  [0xc030690b, 0xc018690b, { kind: 'receive', isCutting: true }],
] as const;

test.each(PRINTED)('%i and %i are one ioctl', (wide, narrow, ioctl) => {
  expect(ioctlOf(wide, false)).toMatchObject({ ...ioctl, width: 8 });
  expect(ioctlOf(narrow, true)).toMatchObject({ ...ioctl, width: 4 });
  expect(ioctlOf(narrow, false)).toBeUndefined();
  expect(ioctlOf(wide, true)).toMatchObject({ ...ioctl, width: 8 });
});

test('every ioctl is known, with a sign or without, and none of the numbers beside it', () => {
  const numbers = IOCTL_NAMES.map((name) => ioctlNumber(name));

  expect(offenders(numbers, (one) => ioctlOf(one | 0, false) === undefined)).toEqual([]);
  expect(offenders(numbers, (one) => ioctlOf(one ^ 0x10000, false) !== undefined)).toEqual([]);
  expect(offenders(numbers, (one) => ioctlOf(one ^ 0x100, false) !== undefined)).toEqual([]);
});

/** Bytes that count up, so that each field shows its place. */
const counting = (count: number) => Uint8Array.from({ length: count }, (_, at) => at);

test('struct ipmi_req_settime', () => {
  const wide = { kind: 'send', isTimed: true, width: 8, bytes: 48 } as const;
  expect(decodeSend(counting(48), wide)).toEqual({
    ...{ address: 0x0706050403020100n, addressBytes: 0x0b0a0908 },
    ...{ messageId: 0x1716151413121110n, netFn: 24, cmd: 25, dataBytes: 0x1b1a },
    ...{ data: 0x2726252423222120n, timing: { retries: 0x2b2a2928, retryMs: 0x2f2e2d2c } },
  });
  expect(decodeSend(counting(28), { ...wide, width: 4, bytes: 28 })).toEqual({
    ...{ address: 0x03020100n, addressBytes: 0x07060504, messageId: 0x0b0a0908n },
    ...{ netFn: 12, cmd: 13, dataBytes: 0x0f0e, data: 0x13121110n },
    timing: { retries: 0x17161514, retryMs: 0x1b1a1918 },
  });
});

test('struct ipmi_recv', () => {
  expect(decodeReceive(counting(48), 8)).toEqual({
    ...{ address: 0x0f0e0d0c0b0a0908n, addressBytes: 0x13121110 },
    ...{ data: 0x2f2e2d2c2b2a2928n, dataBytes: 0x2322 },
  });
  expect(decodeReceive(counting(24), 4)).toEqual({
    ...{ address: 0x07060504n, addressBytes: 0x0b0a0908, data: 0x17161514n, dataBytes: 0x1312 },
  });
});

const FIELDS = {
  ...{ type: 0x11, messageId: -2n, netFn: 0x22, cmd: 0x33, addressBytes: 8, dataBytes: 0x144 },
};

test('a received message leaves pointers and padding of the structure as they are', () => {
  const wide = encodeReceive(new Uint8Array(48).fill(0xee), 8, FIELDS);
  const ee = (count: number) => new Array<number>(count).fill(0xee);

  expect([...wide]).toEqual([
    ...[0x11, 0, 0, 0, ...ee(4), ...ee(8), 8, 0, 0, 0, ...ee(4)],
    ...[0xfe, ...new Array<number>(7).fill(0xff), 0x22, 0x33, 0x44, 1, ...ee(4), ...ee(8)],
  ]);
  expect([...encodeReceive(new Uint8Array(24).fill(0xee), 4, FIELDS)]).toEqual([
    ...[0x11, 0, 0, 0, ...ee(4), 8, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x22, 0x33, 0x44, 1],
    ...ee(4),
  ]);
});

test('a 64-bit message identifier loses its upper half to a 32-bit program', () => {
  const fields = { ...FIELDS, messageId: 0x1_8000_0001n };

  const written = encodeReceive(new Uint8Array(24), 4, fields);

  expect([...written.subarray(12, 16)]).toEqual([1, 0, 0, 0x80]);
});

test('the small structures', () => {
  expect(decodeCommandSpec(Uint8Array.of(6, 1))).toEqual({
    ...{ netFn: 6, cmd: 1, channels: 0xffffffff },
  });
  expect(decodeCommandSpec(Uint8Array.of(6, 1, 0, 0, 2, 1, 0, 0, 4, 0, 0, 0x80))).toEqual({
    ...{ netFn: 6, cmd: 2, channels: 0x80000004 },
  });
  expect(decodeChannelValue(Uint8Array.of(1, 2, 3, 4))).toEqual({ channel: 0x0201, value: 3 });
  expect([...encodeChannelValue(Uint8Array.of(1, 2, 3, 4), 9)]).toEqual([1, 2, 9, 4]);
  expect(decodeTiming(encodeTiming({ retries: -1, retryMs: 0xffffffff }))).toEqual({
    ...{ retries: -1, retryMs: 0xffffffff },
  });
  expect(decodeInt(encodeInt(-3))).toBe(-3);
});
