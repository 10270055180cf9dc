/** Messages between a server and their handler: kept, given back, and never left in between. */

import { expect, test } from 'vitest';

import { HeldMessages } from '../../src/events/held-messages.ts';
import type { EventMessage, HeldMessage } from '../../src/events/held-messages.ts';
import { turn } from './turn.ts';

const HEARD = (): Promise<boolean> => Promise.resolve(true);

/** The next message; fails when there is none. */
async function taken(messages: AsyncIterator<HeldMessage>): Promise<HeldMessage> {
  const result = await messages.next();
  if (result.done === true) throw new Error('there is no message');
  return result.value;
}

/** Messages that write down what is said of them. */
class Server {
  readonly book: string[] = [];

  message(subject: string, deliveryCount = 1): EventMessage {
    const said = (what: string) => (detail?: string | number) => {
      this.book.push([what, subject, detail].filter((one) => one !== undefined).join(' '));
    };
    this.#deliveries += 1;
    const info = { deliveryCount, deliverySequence: this.#deliveries } as EventMessage['info'];
    const ways = { ack: said('ack'), nak: said('nak'), term: said('term') };
    return { subject, data: new Uint8Array(), info, ...ways, working: said('working') };
  }

  nowMs = 0;
  #deliveries = 0;

  /** Its consumer is made again, and counts anew. */
  countAnew(): void {
    this.#deliveries = 0;
  }

  /** A queue with room for two. */
  held(...subjects: readonly string[]): HeldMessages {
    const held = new HeldMessages({ room: 2, nowMs: () => this.nowMs });
    for (const subject of subjects) held.push(this.message(subject));
    return held;
  }
}

test('messages come in turn, as soon as they are there, with the count of their deliveries', async () => {
  const server = new Server();
  const held = server.held();
  const iterator = held[Symbol.asyncIterator]();
  const first = iterator.next();
  held.push(server.message('a'));
  held.push(server.message('b', 7));

  expect((await first).value).toMatchObject({ subject: 'a', deliveries: 1 });
  expect((await iterator.next()).value).toMatchObject({ subject: 'b', deliveries: 7 });
});

test.each(['ack', 'nak', 'term'] as const)(
  'a message is told to be worked on until %s, whether it waits or not',
  async (answer) => {
    const server = new Server();
    const held = server.held('a', 'b');
    const message = await taken(held[Symbol.asyncIterator]());
    await held.renew(HEARD);
    expect(server.book).toEqual(['working a', 'working b']);
    message[answer]();
    await held.renew(HEARD);

    expect(server.book.slice(2)).toEqual([`${answer} a`, 'working b']);
  },
);

test('the delay of a message and the reason of another come to the server', async () => {
  const server = new Server();
  const iterator = server.held('a', 'b')[Symbol.asyncIterator]();
  (await taken(iterator)).nak(5);
  (await taken(iterator)).term('no event');

  expect(server.book).toEqual(['nak a 5', 'term b no event']);
});

test('at the end, what was not begun is kept until it is given back', async () => {
  const server = new Server();
  const held = server.held('a', 'b');
  const iterator = held[Symbol.asyncIterator]();
  const first = await taken(iterator);
  held.end();
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  held.push(server.message('c'));
  await held.renew(HEARD);
  expect(server.book).toEqual(['working a', 'working b', 'working c']);
  held.giveBack();
  held.giveBack();
  await held.renew(HEARD);
  first.ack();

  expect(server.book.slice(3)).toEqual(['nak b', 'nak c', 'working a', 'ack a']);
});

test('the end is told to one that waits for a message', async () => {
  const held = new Server().held();
  const next = held[Symbol.asyncIterator]().next();
  await turn();
  held.end();

  expect(await next).toEqual({ done: true, value: undefined });
});

test('there is room while fewer wait than are wanted, and at the end', async () => {
  const server = new Server();
  const held = server.held('a');
  const told: string[] = [];
  const wait = async (what: string): Promise<void> => {
    await held.room();
    told.push(what);
  };
  await wait('one waits');
  held.push(server.message('b'));
  const iterator = held[Symbol.asyncIterator]();
  const second = wait('one was taken');
  await turn();
  expect(told).toEqual(['one waits']);
  await taken(iterator);
  await second;
  expect(told).toEqual(['one waits', 'one was taken']);
  held.push(server.message('c'));
  const third = wait('the end');
  await turn();
  expect(told).toHaveLength(2);
  held.end();
  await third;
});

test('messages of a consumer that was made again leave those before without an answer', async () => {
  const { server, held, iterator, first } = await begun();
  server.countAnew();
  held.push(server.message('new'));
  first.ack();
  await held.renew(HEARD);

  const next = await taken(iterator);
  expect(next.subject).toBe('new');
  next.nak(5);
  held.giveBack();
  expect(server.book).toEqual(['working new', 'nak new 5']);
});

test('nothing that is forgotten is answered or begun, and what comes then is', async () => {
  const { server, held, iterator, first } = await begun();
  held.forget();
  first.term('no event');
  held.push(server.message('c'));

  expect((await taken(iterator)).subject).toBe('c');
  expect(server.book).toEqual([]);
});

test('none is begun during a pause, at whose end those come that are still in their time', async () => {
  const server = new Server();
  const held = server.held();
  held.holdMs = 100;
  held.push(server.message('a'));
  held.pause(true);
  const next = taken(held[Symbol.asyncIterator]());
  server.nowMs = 50;
  held.push(server.message('b'));
  await turn();
  server.nowMs = 100;
  held.pause(false);

  expect((await next).subject).toBe('b');
});

/** Two messages that are held for 100 ms, of which the first is begun. */
async function begun() {
  const server = new Server();
  const held = server.held();
  held.holdMs = 100;
  held.push(server.message('a'));
  held.push(server.message('b'));
  const iterator = held[Symbol.asyncIterator]();
  return { server, held, iterator, first: await taken(iterator) };
}

test('a message that was not begun in its time is left out, and not answered', async () => {
  const { server, held, iterator, first } = await begun();
  server.nowMs = 60;
  held.push(server.message('c'));
  server.nowMs = 100;

  expect((await taken(iterator)).subject).toBe('c');
  await held.renew(HEARD);
  first.ack();
  expect(server.book).toEqual(['working a', 'working c', 'ack a']);
});

test.each([
  [true, ['b']],
  [false, []],
])(
  'messages that were renewed are held for longer if the server has heard it: %s',
  async (isHeard, left) => {
    const { server, held, iterator } = await begun();
    server.nowMs = 50;
    await held.renew(() => {
      server.nowMs = 120;
      return Promise.resolve(isHeard);
    });
    const next = taken(iterator);
    held.push(server.message('z'));
    const { subject } = await next;

    expect(subject).toBe([...left, 'z'][0]);
  },
);
