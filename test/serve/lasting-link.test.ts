/** A connection that is made again, on a virtual clock, to servers that a test has in hand. */

import { expect, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { LastingLink } from '../../src/serve/lasting-link.ts';
import type { Link } from '../../src/serve/lasting-link.ts';
import type { LinkUser } from '../../src/serve/link.ts';
import type { ClientMessage } from '../../src/serve/protocol.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

/** A connection to the server with that pid. */
class FakeLink {
  readonly base = 0xce4;
  readonly pid: number;
  readonly isFull = false;
  readonly sent: ClientMessage[] = [];
  user: LinkUser | undefined;
  isEnded = false;

  constructor(pid: number) {
    this.pid = pid;
  }

  get hello() {
    const { pid, base } = this;
    return { type: 'hello', protocol: 1, version: '1', state: 'ready', pid, base } as const;
  }

  start(user: LinkUser): void {
    this.user = user;
  }

  send(message: ClientMessage): void {
    this.sent.push(message);
  }

  end(): void {
    this.isEnded = true;
  }
}

const GONE = 'the server that had 0xce4 (pid 1) is gone: it has ended';

/** A lasting link whose `next` is what the next attempts find, and when they were made. */
function rig() {
  const clock = new VirtualClock();
  const first = new FakeLink(1);
  const attempts: number[] = [];
  const told: string[] = [];
  const next: { find: () => Promise<Link | undefined> } = {
    find: () => Promise.resolve(undefined),
  };
  const link = new LastingLink({
    ...{ link: first, clock },
    connect: () => {
      attempts.push(clock.now());
      return next.find();
    },
  });
  link.start({
    onMessage: ({ type }) => void told.push(type),
    onDrain: () => void told.push('drain'),
    onGone: (reason) => void told.push(reason),
    onBack: ({ pid }) => void told.push(`back: ${pid}`),
  });
  return { clock, first, attempts, told, next, link };
}

test('the next server is looked for less and less often, and sooner when a caller waits', async () => {
  const { clock, first, attempts, link } = rig();

  first.user?.onEnd('it has ended');
  await clock.pass(7000);
  expect(attempts).toEqual([100, 300, 700, 1500, 3100, 5100]);
  link.hurry();
  await clock.pass(100);

  expect(attempts.at(-1)).toBe(7100);
  link.end();
  expect(clock.pending).toBe(0);
});

test('callers that wait without end do not put the looking off', async () => {
  const { clock, first, attempts, link } = rig();

  first.user?.onEnd('it has ended');
  for (let count = 0; count < 30; count += 1) {
    link.hurry();
    await clock.pass(10);
  }

  expect(attempts).toEqual([100, 200, 300]);
  link.end();
});

test('the end of the server and the next one are told, and that one gets what is sent', async () => {
  const { clock, first, told, next, link } = rig();
  const second = new FakeLink(2);

  first.user?.onMessage({ type: 'attention' });
  expect([link.isFull, link.trouble]).toEqual([false, undefined]);
  first.user?.onEnd('it has ended');
  expect([link.isFull, link.trouble, link.pid]).toEqual([true, GONE, 1]);
  next.find = () => Promise.resolve(second);
  await clock.pass(100);
  link.send({ type: 'status', id: 7 });
  second.user?.onMessage({ type: 'watchdogPretimeout' });
  second.user?.onDrain();

  expect(told).toEqual(['attention', GONE, 'back: 2', 'watchdogPretimeout', 'drain']);
  expect([first.sent, second.sent]).toEqual([[], [{ type: 'status', id: 7 }]]);
  expect([link.isFull, link.trouble, link.pid]).toEqual([false, undefined, 2]);
  link.end();
  expect([second.isEnded, clock.pending]).toEqual([true, 0]);
});

test('what is in the way of the next server is a part of the trouble', async () => {
  const { clock, first, next, link } = rig();

  first.user?.onEnd('it has ended');
  next.find = () => Promise.reject(new IpmiError('DEVICE_LOCKED', 'it speaks protocol 2'));
  await clock.pass(100);
  expect(link.trouble).toBe(`${GONE}; it speaks protocol 2`);
  next.find = () => Promise.resolve(undefined);
  await clock.pass(200);

  expect(link.trouble).toBe(GONE);
  link.end();
});

test('a server that ends each connection at once is not asked again at once', async () => {
  const { clock, first, attempts, next, link } = rig();
  next.find = () => {
    const link = new FakeLink(2);
    clock.turn(() => link.user?.onEnd('no room'));
    return Promise.resolve(link);
  };

  first.user?.onEnd('it has ended');
  await clock.pass(3500);

  expect(attempts.map(Math.floor)).toEqual([100, 300, 700, 1500, 3100]);
  link.end();
});

test('the looking starts afresh after a connection that has lasted', async () => {
  const { clock, first, attempts, next, link } = rig();
  const second = new FakeLink(2);
  first.user?.onEnd('it has ended');
  await clock.pass(1000);
  next.find = () => Promise.resolve(second);
  await clock.pass(3000);
  attempts.length = 0;
  next.find = () => Promise.resolve(undefined);

  second.user?.onEnd('it has ended');
  await clock.pass(100);

  expect(attempts).toEqual([4100]);
  link.end();
});

test('a server that is found after the end is left at once', async () => {
  const { clock, first, told, next, link } = rig();
  const second = new FakeLink(2);
  first.user?.onEnd('it has ended');
  next.find = async () => {
    link.end();
    await Promise.resolve();
    return second;
  };

  await clock.pass(1000);

  expect([second.isEnded, second.user, told]).toEqual([true, undefined, [GONE]]);
  expect(clock.pending).toBe(0);
});
