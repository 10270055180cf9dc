/** Requests of the kernel and their replies, one each, before the next is read. */

import { describe, expect, test } from 'vitest';

import type { IoctlAnswer } from '../../../src/serve/character-device.ts';
import { CuseDevice } from '../../../src/serve/cuse/device.ts';
import { BUG, cuseBench, replyTo4 } from '../../support/cuse-bench.ts';
import { echoDevice } from '../../support/echo-device.ts';
import { FakeChannel, bytesOf, initRequest, ioctlRequest } from '../../support/fake-cuse.ts';
import { openRequest, pollRequest, releaseRequest, requestOf } from '../../support/fake-cuse.ts';
import type { Words } from '../../support/fake-cuse.ts';
import { errno } from '../../support/fake-uio.ts';
import { recordingLog } from '../../support/recording-log.ts';

describe('the beginning', () => {
  function begin(...waiting: (Uint8Array | Error)[]): FakeChannel {
    const channel = new FakeChannel();
    channel.waiting.push(...waiting);
    const { log } = recordingLog();
    const cuse = new CuseDevice({
      channel,
      log,
      device: echoDevice().device,
      ended: () => undefined,
    });
    cuse.begin('ipmi0');
    return channel;
  }

  test('answers INIT with the name', () => {
    const [answer] = begin(initRequest()).answers;

    const words = [7, 31, 0, 1, 4096, 4096, 0, 0, ...Array<number>(10).fill(0)];
    const name = Buffer.from('DEVNAME=ipmi0\0').toString('hex');
    expect(answer).toEqual({
      unique: 2n,
      error: 0,
      body: bytesOf([...words, name]).toString('hex'),
    });
  });

  test('answers a request that has come meanwhile', () => {
    expect(begin(initRequest(), openRequest(4n)).answers).toMatchObject([
      { unique: 2n },
      { unique: 4n },
    ]);
  });

  test.each([
    ['no request', [], 'PORT_UNSUPPORTED: CUSE did not begin: no request came'],
    ['another request', [openRequest(4n)], 'CUSE did not begin: request 14 came first'],
    ['an old kernel', [initRequest(15)], 'PORT_UNSUPPORTED: the kernel speaks CUSE 7.15'],
    [
      'a refusal',
      [initRequest(), errno('ENODEV')],
      'DEVICE_LOCKED: the kernel refused to make the device ipmi0: ENODEV',
    ],
  ])('fails at %s', (_, waiting, text) => {
    expect(() => begin(...waiting)).toThrow(text);
  });

  test('does not look for another request where that would wait', () => {
    const channel = new FakeChannel();
    channel.canLook = false;
    channel.waiting.push(initRequest(), errno('ENODEV'));
    const { device } = echoDevice();
    const { log } = recordingLog();

    new CuseDevice({ channel, log, device, ended: () => undefined }).begin('ipmi0');

    expect(channel.waiting.length).toBe(1);
  });
});

describe('open', () => {
  test('gives each file a number, and the device its opener', () => {
    const { channel, openers, cuse } = cuseBench();

    expect(channel.deliver(openRequest(4n))).toEqual(replyTo4(0, 1n, 5, 0));
    expect(channel.deliver(openRequest(4n))).toEqual(replyTo4(0, 2n, 5, 0));
    const opener = { door: 'device', pid: 300, uid: 1000, gid: 100, flags: 0o100002 };
    expect(openers).toEqual([opener, opener]);
    expect(cuse.statistics).toEqual({ requests: 2, notices: 0, bugs: 0, openFiles: 2 });
  });

  test('fails with the errno of the device', () => {
    const { channel, cuse } = cuseBench({ open: () => 16 });

    expect(channel.deliver(openRequest(4n))).toEqual(replyTo4(-16));
    expect(cuse.statistics.openFiles).toBe(0);
  });

  test('releases a file whose caller is gone', () => {
    const { channel, files, cuse, lines } = cuseBench();
    channel.refusals.push(errno('ENOENT'));

    channel.deliver(openRequest(4n));

    expect([cuse.statistics.openFiles, files[0]?.isReleased, lines]).toEqual([0, true, []]);
  });

  test('of an errno that is none is a bug, answered EIO', () => {
    const { channel, lines } = cuseBench({ open: () => 0 });

    expect(channel.deliver(openRequest(4n))).toEqual(replyTo4(-5));
    expect(lines).toMatchObject([{ ...BUG, reason: expect.stringContaining('errno 0') as string }]);
  });
});

describe('ioctl', () => {
  test.each<[string, IoctlAnswer, Words]>([
    ['a result', { kind: 'done', result: 3, output: new Uint8Array() }, [3, 0, 0, 0]],
    [
      'an errno with output',
      { kind: 'done', result: -90, output: Uint8Array.of(1, 2) },
      [-90, 0, 0, 0, '0102'],
    ],
    [
      'another round',
      { kind: 'retry', input: [{ address: 8n, size: 40 }], output: [{ address: 16n, size: 1 }] },
      [0, 4, 1, 1, 8n, 40n, 16n, 1n],
    ],
  ])('is answered by the file: %s', (_, answer, words) => {
    const { channel, files } = cuseBench({ ioctl: () => answer });
    channel.deliver(openRequest(2n));
    const call = { command: 0x4501, argument: 0x7fffn, outputSize: 2 };

    expect(channel.deliver(ioctlRequest(4n, 1n, { ...call, flags: 10 }))).toEqual(
      replyTo4(0, ...words),
    );
    expect(files[0]?.calls).toMatchObject([{ ...call, is32Bit: true, input: new Uint8Array() }]);
  });

  const none = new Uint8Array();
  test.each<[string, IoctlAnswer]>([
    ['output without room', { kind: 'done', result: 0, output: Uint8Array.of(1, 2, 3) }],
    ['a result below -511', { kind: 'done', result: -512, output: none }],
    ['a result that is no integer', { kind: 'done', result: NaN, output: none }],
    ['an empty area', { kind: 'retry', input: [{ address: 8n, size: 0 }], output: [] }],
    ['a huge area', { kind: 'retry', input: [], output: [{ address: 8n, size: 1e9 }] }],
    [
      'too much to read',
      { kind: 'retry', input: Array(2).fill({ address: 8n, size: 40_000 }) as never, output: [] },
    ],
    [
      'too many areas',
      { kind: 'retry', input: Array(257).fill({ address: 8n, size: 1 }) as never, output: [] },
    ],
  ])('is answered EIO for what the kernel would refuse: %s', (_, answer) => {
    const { channel, lines, cuse } = cuseBench({ ioctl: () => answer });
    channel.deliver(openRequest(2n));

    const call = { command: 1, outputSize: 2 };
    expect(channel.deliver(ioctlRequest(4n, 1n, call))).toEqual(replyTo4(-5));
    expect(lines).toMatchObject([{ ...BUG, opcode: 39 }]);
    expect(cuse.statistics.bugs).toBe(1);
  });

  test('is answered EIO when it throws, and the next one is answered', () => {
    const { channel, lines } = cuseBench();
    channel.deliver(openRequest(2n));

    expect(channel.deliver(ioctlRequest(4n, 1n, { command: 0x4503 }))).toEqual(replyTo4(-5));
    expect(channel.deliver(ioctlRequest(4n, 1n, { command: 0x4504 }))).toEqual(
      replyTo4(0, 1, 0, 0, 0),
    );
    expect(lines).toMatchObject([
      { ...BUG, reason: expect.stringContaining('on purpose') as string },
    ]);
  });

  test('is answered EIO when the kernel refuses the reply', () => {
    const { channel, lines } = cuseBench();
    channel.deliver(openRequest(2n));
    channel.refusals.push(errno('EINVAL'));

    expect(channel.deliver(ioctlRequest(4n, 1n, { command: 0x4504 }))).toEqual(replyTo4(-5));
    expect(lines).toMatchObject([BUG]);
  });

  test.each([
    ['ENOENT', 1],
    ['EINVAL', 2],
  ])('is a bug only once when the kernel then says %s', (code, bugs) => {
    const { channel, cuse } = cuseBench();
    channel.deliver(openRequest(2n));
    channel.refusals.push(errno('EINVAL'), errno(code));

    expect(channel.deliver(ioctlRequest(4n, 1n, { command: 0x4504 }))).toEqual([]);
    expect(cuse.statistics.bugs).toBe(bugs);
  });
});

test('release ends the file, and later calls of it are EBADF', () => {
  const { channel, files, cuse } = cuseBench();
  channel.deliver(openRequest(2n));

  expect(channel.deliver(releaseRequest(4n, 1n))).toEqual(replyTo4(0));
  expect([files[0]?.isReleased, cuse.statistics.openFiles]).toEqual([true, 0]);
  expect(channel.deliver(ioctlRequest(4n, 1n, { command: 1 }))).toEqual(replyTo4(-9));
  expect(channel.deliver(pollRequest(4n, 1n))).toEqual(replyTo4(-9));
  expect(channel.deliver(releaseRequest(4n, 1n))).toEqual(replyTo4(0));
});

test('a number is given to one file, and to no other when that was released', () => {
  const { channel, files } = cuseBench();
  channel.deliver(openRequest(2n));
  channel.deliver(openRequest(2n));
  channel.deliver(releaseRequest(2n, 1n));

  expect(channel.deliver(openRequest(4n))).toEqual(replyTo4(0, 3n, 5, 0));
  channel.deliver(ioctlRequest(4n, 2n, { command: 0x4504 }));
  expect(files.map(({ calls }) => calls.length)).toEqual([0, 1, 0]);
});

test('release that throws is answered all the same', () => {
  const { channel, lines } = cuseBench({
    release: () => {
      throw new Error('bug: at the end');
    },
  });
  channel.deliver(openRequest(2n));

  expect(channel.deliver(releaseRequest(4n, 1n))).toEqual(replyTo4(0));
  expect(lines).toMatchObject([{ ...BUG, opcode: 'release' }]);
});

test.each([
  ['a read', requestOf(15, 4n, [1n, 0n, 1, 0, 0n, 0, 0]), -22],
  ['a write', requestOf(16, 4n, [1n, 0n, 1, 0, 0n, 0, 0, '00']), -22],
  ['an unknown operation', requestOf(99, 4n), -38],
  ['a second INIT', requestOf(4096, 4n, [7, 38, 0, 1]), -5],
  ['a request that is cut', requestOf(39, 4n), -5],
])('%s is answered', (_, message, error) => {
  expect(cuseBench().channel.deliver(message)).toEqual(replyTo4(error));
});

test('a signal of a caller is not answered', () => {
  const { channel, cuse } = cuseBench();

  expect(channel.deliver(requestOf(36, 5n, [4n]))).toEqual([]);
  expect(cuse.statistics).toMatchObject({ requests: 0, bugs: 0 });
});

test('a message without a whole header is a bug that is told', () => {
  const { channel, lines } = cuseBench();

  expect(channel.deliver(new Uint8Array(39))).toEqual([]);
  expect(lines).toMatchObject([BUG]);
});

test('the end of the device releases all files, and is told', () => {
  const { channel, files, ends, cuse } = cuseBench();
  channel.deliver(openRequest(2n));
  channel.deliver(openRequest(2n));

  channel.end(errno('ENODEV'));

  expect(files.map(({ isReleased }) => isReleased)).toEqual([true, true]);
  expect([ends, cuse.statistics.openFiles]).toEqual([['ENODEV: in words, read'], 0]);
});

test('close() releases all files, and tells no end', async () => {
  const { channel, files, ends, cuse } = cuseBench();
  channel.deliver(openRequest(2n));

  await cuse.close();
  await cuse.close();

  expect([files[0]?.isReleased, channel.isClosed, ends]).toEqual([true, true, []]);
});

test('a call that closes the device is not answered any more, and is no bug', () => {
  const one = cuseBench({
    ioctl: () => {
      void one.cuse.close();
      return { kind: 'done', result: 0, output: new Uint8Array() };
    },
  });
  one.channel.deliver(openRequest(2n));

  expect(one.channel.deliver(ioctlRequest(4n, 1n, { command: 1 }))).toEqual([]);
  expect(one.lines).toEqual([]);
});
