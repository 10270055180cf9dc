/** /dev/cuse with the addon, and without it by Node's pool. */

import { expect, test } from 'vitest';

import { CUSE_PATH, openChannel } from '../../../src/serve/cuse/channel.ts';
import type { CuseChannel } from '../../../src/serve/cuse/channel.ts';
import { FakeCuse, openRequest } from '../../support/fake-cuse.ts';
import { noNative } from '../../support/fake-native.ts';
import { errno } from '../../support/fake-uio.ts';

const ABORT = '/sys/class/cuse/ipmi0/abort';

interface Bench {
  readonly cuse: FakeCuse;
  readonly channel: CuseChannel;
  readonly taken: string[];
  readonly ends: string[];
}

/** A channel that is pumped, after INIT was read. */
function bench(
  way: 'addon' | 'pool',
  onTake: (channel: CuseChannel) => void = () => undefined,
): Bench {
  const cuse = new FakeCuse();
  const load = way === 'addon' ? cuse.load : noNative;
  const channel = openChannel(ABORT, { system: cuse, load, pool: cuse.pool });
  channel.read();
  const taken: string[] = [];
  const ends: string[] = [];
  channel.pump({
    take: (message) => {
      taken.push(Buffer.from(message).toString('hex'));
      onTake(channel);
    },
    ended: (cause) => ends.push(cause.message),
  });
  return { cuse, channel, taken, ends };
}

const requests = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => openRequest(BigInt(4 + 2 * at)));
const hexes = (messages: readonly Buffer[]): string[] =>
  messages.map((message) => message.toString('hex'));

test('with the addon, a turn of the event loop reads one request, and none reads in vain', () => {
  const { cuse, taken } = bench('addon');
  cuse.waiting.push(...requests(3));

  const counts = [1, 2, 3].map(() => {
    cuse.turn();
    return taken.length;
  });

  expect([counts, cuse.readsInVain]).toEqual([[1, 2, 3], 0]);
  expect(taken).toEqual(hexes(requests(3)));
});

test.each(['EAGAIN', 'EINTR', 'ENOENT'])(
  'with the addon, a read that fails with %s is for later',
  (code) => {
    const { cuse, taken, ends } = bench('addon');
    cuse.waiting.push(errno(code), ...requests(1));

    cuse.turn();
    cuse.turn();

    expect([taken.length, ends]).toEqual([1, []]);
  },
);

test('with the addon, the end of the device is told once, and watched no more', () => {
  const { cuse, ends } = bench('addon');
  cuse.waiting.push(errno('ENODEV'));

  cuse.turn(false);
  cuse.turn(false);

  expect([ends, cuse.isWatched]).toEqual([['ENODEV: in words, read'], false]);
});

test('with the addon, a file that cannot be watched any more is an end, too', () => {
  const { cuse, ends } = bench('addon');

  cuse.turn(false);

  expect(ends).toEqual(['/dev/cuse can no longer be waited for']);
});

test('with the addon, close() closes the file, once, and reads nothing more', async () => {
  const { cuse, channel, taken } = bench('addon');
  cuse.waiting.push(...requests(1));

  await channel.close();
  await channel.close();
  cuse.turn();

  expect([cuse.isWatched, taken]).toEqual([false, []]);
  expect(cuse.changes).toEqual([`open ${CUSE_PATH}`, 'close']);
});

test('with the addon, a request may close the channel', () => {
  const { cuse, taken, ends } = bench('addon', (channel) => void channel.close());
  cuse.waiting.push(...requests(3));

  cuse.turn();

  expect([taken.length, ends, cuse.isOpen]).toEqual([1, [], false]);
});

test('with the addon, one can look whether a request waits', () => {
  const { cuse, channel } = bench('addon');
  cuse.waiting.push(...requests(1));

  expect([channel.canLook, channel.read(), channel.read()]).toEqual([
    true,
    new Uint8Array(requests(1)[0] ?? []),
    undefined,
  ]);
});

test('by the pool, one request after the other is read', () => {
  const { cuse, taken, ends } = bench('pool');
  cuse.waiting.push(...requests(1), errno('EINTR'), ...requests(2));

  for (let turn = 0; turn < 5; turn += 1) cuse.turn();

  expect([taken, ends]).toEqual([hexes([...requests(1), ...requests(2)]), []]);
});

test('by the pool, the end of the device is told once', () => {
  const { cuse, ends } = bench('pool');
  cuse.waiting.push(errno('ENODEV'), errno('ENODEV'));

  cuse.turn();
  cuse.turn();

  expect([ends, cuse.waiting.length]).toEqual([['ENODEV: in words, read'], 1]);
});

test('by the pool, close() aborts the device and waits for the read to return', async () => {
  const { cuse, channel, ends } = bench('pool');
  const listeners = process.listenerCount('exit');

  const closed = channel.close();
  const before = [...cuse.changes];
  cuse.turn();
  await Promise.all([closed, channel.close()]);

  expect(before).toEqual([`open ${CUSE_PATH}`, `write ${ABORT} 1`]);
  expect(cuse.changes).toEqual([...before, 'close']);
  expect([ends, process.listenerCount('exit')]).toEqual([[], listeners - 1]);
});

test('by the pool, a request may close the channel', async () => {
  const { cuse, channel, taken } = bench('pool', (one) => void one.close());
  cuse.waiting.push(...requests(2));

  cuse.turn();
  await channel.close();

  expect([taken.length, cuse.changes]).toEqual([1, [`open ${CUSE_PATH}`, 'close']]);
});

test('by the pool, the end of the process aborts the device', async () => {
  const { cuse, channel } = bench('pool');
  const abort = process.listeners('exit').at(-1);

  abort?.call(process, 0);
  cuse.turn();
  abort?.call(process, 0);
  await channel.close();

  expect(cuse.changes).toEqual([`open ${CUSE_PATH}`, `write ${ABORT} 1`, 'close']);
});

test.each(['addon', 'pool'] as const)('nothing is written after close(): %s', async (way) => {
  const { cuse, channel } = bench(way);
  cuse.waiting.push(errno('ENODEV'));
  cuse.turn();
  await channel.close();

  expect(() => {
    channel.write(new Uint8Array(16));
  }).toThrow('bug: a write to /dev/cuse after close()');
});
