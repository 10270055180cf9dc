/** Which callers of poll(2), select(2) and epoll(7) are woken, and when. */

import { describe, expect, test } from 'vitest';

import { cuseBench, replyTo4 } from '../../support/cuse-bench.ts';
import { bytesOf, openRequest, pollRequest, releaseRequest } from '../../support/fake-cuse.ts';
import { errno } from '../../support/fake-uio.ts';

describe('poll', () => {
  test('says whether the file can be read', () => {
    const { channel, files } = cuseBench();
    channel.deliver(openRequest(2n));

    expect(channel.deliver(pollRequest(4n, 1n))).toEqual(replyTo4(0, 0, 0));
    files[0]?.add('x');
    expect(channel.deliver(pollRequest(4n, 1n))).toEqual(replyTo4(0, 0x41, 0));
  });

  test('wakes one that waits at each message that finds none, without being asked again', () => {
    const { channel, files, cuse } = cuseBench();
    channel.deliver(openRequest(2n));
    channel.deliver(pollRequest(4n, 1n));
    channel.answers.length = 0;

    files[0]?.add('a');
    files[0]?.add('b');
    files[0]?.drain();
    files[0]?.add('c');

    const notice = {
      unique: 0n,
      error: 1,
      body: bytesOf([0xabcd_0000_0000_0001n]).toString('hex'),
    };
    expect(channel.answers).toEqual([notice, notice]);
    expect(cuse.statistics.notices).toBe(2);
  });

  test('wakes none that has only looked, and none of another file', () => {
    const { channel, files } = cuseBench();
    channel.deliver(openRequest(2n));
    channel.deliver(openRequest(2n));
    channel.deliver(pollRequest(4n, 1n, 0));
    channel.deliver(pollRequest(4n, 2n));
    channel.answers.length = 0;

    files[0]?.add('a');

    expect(channel.answers).toEqual([]);
  });

  test('wakes none when the file was released, or the device is closed', async () => {
    const { channel, files, cuse, lines } = cuseBench();
    channel.deliver(openRequest(2n));
    channel.deliver(openRequest(2n));
    channel.deliver(pollRequest(4n, 1n));
    channel.deliver(pollRequest(4n, 2n));
    channel.deliver(releaseRequest(4n, 1n));
    channel.answers.length = 0;

    files[0]?.add('a');
    await cuse.close();
    files[1]?.add('a');

    expect([channel.answers, lines]).toEqual([[], []]);
  });

  test('does not mind a notice that comes too late', () => {
    const { channel, files, lines, cuse } = cuseBench();
    channel.deliver(openRequest(2n));
    channel.deliver(pollRequest(4n, 1n));
    channel.refusals.push(errno('ENOENT'), errno('EINVAL'));

    files[0]?.add('a');
    files[0]?.drain();
    files[0]?.add('a');

    expect([lines.length, cuse.statistics.bugs]).toEqual([1, 1]);
  });
});
