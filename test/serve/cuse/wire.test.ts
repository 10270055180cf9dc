/** Bytes of CUSE's messages, from linux/fuse.h. */

import { describe, expect, test } from 'vitest';

import { commonVersion, decodeRequest, encodeInit } from '../../../src/serve/cuse/wire.ts';
import { encodeIoctl, encodeNotice, encodeOpen } from '../../../src/serve/cuse/wire.ts';
import { encodePoll, encodeRetry, encodeStatus } from '../../../src/serve/cuse/wire.ts';
import { bytesOf, initRequest, ioctlRequest, openRequest } from '../../support/fake-cuse.ts';
import { pollRequest, releaseRequest, requestOf } from '../../support/fake-cuse.ts';
import { offenders } from '../../support/lists.ts';

function hexOf(message: Uint8Array): string {
  return Buffer.from(message).toString('hex');
}

describe('a request of the kernel is decoded:', () => {
  const call = { command: 0x8028690d, argument: 0x7fff_1234_5678n, outputSize: 48 };

  test.each([
    ['init', initRequest(), { kind: 'init', version: { major: 7, minor: 38 } }],
    ['open', openRequest(4n), { kind: 'open', flags: 0o100002 }],
    ['release', releaseRequest(4n, 7n), { kind: 'release', file: 7n }],
    [
      'poll that waits',
      pollRequest(4n, 7n),
      { kind: 'poll', file: 7n, pollHandle: 0xabcd_0000_0000_0007n, isWaiting: true },
    ],
    [
      'poll that only looks',
      pollRequest(4n, 7n, 0),
      { kind: 'poll', file: 7n, pollHandle: 0xabcd_0000_0000_0007n, isWaiting: false },
    ],
    [
      'ioctl',
      ioctlRequest(4n, 7n, { ...call, input: Buffer.from('abc') }),
      { kind: 'ioctl', file: 7n, ...call, is32Bit: false, input: new Uint8Array([97, 98, 99]) },
    ],
    [
      'ioctl of a 32-bit process',
      ioctlRequest(4n, 7n, { ...call, flags: 11 }),
      { kind: 'ioctl', file: 7n, ...call, is32Bit: true, input: new Uint8Array() },
    ],
    ['interrupt', requestOf(36, 5n, [4n]), { kind: 'interrupt' }],
    ['read', requestOf(15, 4n, [7n, 0n, 1, 0]), { kind: 'transfer' }],
    ['write', requestOf(16, 4n, [7n, 0n, 1, 0]), { kind: 'transfer' }],
    ['an operation of file systems', requestOf(3, 4n), { kind: 'unknown' }],
  ])('%s', (_, message, body) => {
    expect(decodeRequest(message)?.body).toEqual(body);
  });

  test('its header names the reply and the caller', () => {
    const request = decodeRequest(requestOf(3, 0xffff_ffff_ffff_fffen));

    const caller = { uid: 1000, gid: 100, pid: 300 };
    expect(request).toMatchObject({ opcode: 3, unique: 0xffff_ffff_ffff_fffen, ...caller });
  });

  test('the input of an ioctl is a copy', () => {
    const message = ioctlRequest(4n, 7n, { command: 1, input: Buffer.of(1, 2) });
    const request = decodeRequest(message);
    message.fill(0xee);

    expect(request?.body).toMatchObject({ input: new Uint8Array([1, 2]) });
  });
});

test('a request of number 0 has no reply: that is the number of notices', () => {
  expect(decodeRequest(openRequest(0n))).toBeUndefined();
});

describe('a message that is cut', () => {
  const whole: readonly Buffer[] = [
    ...[initRequest(), openRequest(4n), releaseRequest(4n, 7n), pollRequest(4n, 7n)],
    ioctlRequest(4n, 7n, { command: 1, input: Buffer.of(1, 2) }),
  ];

  test('has no reply below 40 bytes, and is malformed above', () => {
    const cuts = whole.flatMap((message) =>
      Array.from({ length: message.length }, (_, length) => message.subarray(0, length)),
    );

    const isWrong = (cut: Uint8Array): boolean =>
      cut.length < 40
        ? decodeRequest(cut) !== undefined
        : decodeRequest(cut)?.body.kind !== 'malformed';
    expect(offenders(cuts, isWrong)).toEqual([]);
  });

  test('is malformed with a length that is right, if its body is short', () => {
    const bodies: readonly (readonly [number, number])[] = [
      ...([14, 18].map((opcode) => [opcode, 7] as const) as [number, number][]),
      ...[[39, 31] as const, [40, 23] as const, [4096, 15] as const],
    ];
    const kinds = bodies.map(([opcode, length]) => {
      return decodeRequest(requestOf(opcode, 4n, ['00'.repeat(length)]))?.body.kind;
    });

    expect(kinds).toEqual(Array(5).fill('malformed'));
  });

  test('is malformed when an ioctl has more or less input than it says', () => {
    const message = ioctlRequest(4n, 7n, { command: 1, input: Buffer.of(1, 2) });
    message.writeUInt32LE(3, 64);

    expect(decodeRequest(message)?.body.kind).toBe('malformed');
  });
});

describe('a reply is encoded:', () => {
  const u = 0x0102_0304_0506_0708n;
  const output = Uint8Array.of(0xaa, 0xbb, 0xcc);
  const version = { major: 7, minor: 31 };
  const name = Buffer.from('DEVNAME=ipmi0\0').toString('hex');

  test.each([
    ['success', encodeStatus(u, 0), [16, 0, u]],
    ['EAGAIN', encodeStatus(u, 11), [16, -11, u]],
    [
      'init',
      encodeInit(u, version, 'ipmi0'),
      [102, 0, u, 7, 31, 0, 1, 4096, 4096, 0, 0, ...Array<number>(10).fill(0), name],
    ],
    ['open', encodeOpen(u, 9n), [32, 0, u, 9n, 5, 0]],
    ['ioctl', encodeIoctl(u, -90, output), [35, 0, u, -90, 0, 0, 0, 'aabbcc']],
    ['ioctl without output', encodeIoctl(u, 0, new Uint8Array()), [32, 0, u, 0, 0, 0, 0]],
    [
      'another round',
      encodeRetry(u, [{ address: 0x7fffn, size: 40 }], [{ address: 0x8000n, size: 2 }]),
      [64, 0, u, 0, 4, 1, 1, 0x7fffn, 40n, 0x8000n, 2n],
    ],
    ['readable', encodePoll(u, true), [24, 0, u, 0x41, 0]],
    ['not readable', encodePoll(u, false), [24, 0, u, 0, 0]],
    ['notice', encodeNotice(u), [24, 1, 0n, u]],
  ])('%s', (_, message, words) => {
    expect(hexOf(message)).toBe(hexOf(bytesOf(words)));
  });
});

test.each([
  [7, 38, { major: 7, minor: 31 }],
  [7, 16, { major: 7, minor: 16 }],
  [7, 15, undefined],
  [8, 0, undefined],
  [6, 38, undefined],
])('of version %i.%i of the kernel, this is common', (major, minor, common) => {
  expect(commonVersion({ major, minor })).toEqual(common);
});
