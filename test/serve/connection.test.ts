/** One connection: its lines, its end, and its goodbye, which a peer may read or not. */

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';

import { Connection, sayGoodbye } from '../../src/serve/connection.ts';
import type { ServedDevice } from '../../src/serve/connection.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { keepingLog, rootOf } from '../support/broker-rig.ts';
import { FakeClients, answering, echoing } from '../support/fake-clients.ts';
import { KeepingSocket } from '../support/server-rig.ts';

/** A socket that closes when its peer has read all, or when it is destroyed. */
class Unread extends EventEmitter {
  readonly written: string[] = [];
  fate = '';

  write(text: string): void {
    this.written.push(text);
  }

  destroySoon(): void {
    this.fate = 'to be destroyed';
  }

  destroy(): void {
    this.fate = 'destroyed';
    this.emit('close');
  }
}

test('a peer that reads nothing is cut off after a second', async () => {
  const clock = new VirtualClock();
  const socket = new Unread();

  sayGoodbye(socket as unknown as Socket, 'enough', clock);
  await clock.pass(999);
  expect([socket.written, socket.fate]).toEqual([
    ['{"type":"bye","reason":"enough"}\n'],
    'to be destroyed',
  ]);
  await clock.pass(1);

  expect([socket.fate, clock.pending]).toEqual(['destroyed', 0]);
});

test('no timer is left once the connection is closed', async () => {
  const clock = new VirtualClock();
  const socket = new Unread();

  sayGoodbye(socket as unknown as Socket, 'enough', clock);
  socket.emit('close');

  expect(clock.pending).toBe(0);
  await clock.pass(2000);
  expect(socket.fate).toBe('to be destroyed');
});

const REQUEST = { type: 'request', netFn: 6, cmd: 1, lun: 0, data: '', retries: 'safe' };

/** A connection whose client answers at once. */
function connected(clients = new FakeClients(echoing)) {
  const [clock, socket] = [new VirtualClock(), new KeepingSocket()];
  const { log, lines } = keepingLog();
  const device: ServedDevice = {
    ...{ base: 0xce4, state: 'ready', deviceId: undefined, capabilities: undefined },
    ...{ on: () => device as never, off: () => device as never },
  };
  const ends: string[] = [];
  const connection = new Connection({
    peer: { socket: socket as unknown as Socket, pid: 1, uid: 0, gid: 0 },
    ...{ client: clients.open(rootOf(1)), device, status: () => null, version: '1.2.3' },
    ...{ clock, log, onListen: () => undefined, onEnd: () => void ends.push('ended') },
  });
  return { clock, socket, clients, ends, lines, connection };
}

test('a peer that leaves without a word is a client no more', () => {
  const { socket, clients, ends, connection } = connected();
  const before = clients.open_.length;

  socket.emit('close');
  connection.end('too late');

  expect([before, clients.open_, ends]).toEqual([1, [], ['ended']]);
});

test('of many lines that come at once a few are taken in a turn of the event loop', async () => {
  const { clock, socket, clients } = connected();
  const lines = Array.from({ length: 100 }, (_, id) => `${JSON.stringify({ ...REQUEST, id })}\n`);

  socket.emit('data', Buffer.from(lines.join('')));
  const inFirstTurn = clients.requests.length;
  await clock.pass(1);

  expect([inFirstTurn, clients.requests.length]).toEqual([16, 100]);
});

test('a mistake of the server ends the connection, whose peer is told, and is logged', async () => {
  const mistaken = answering(() => {
    throw new TypeError('undefined is not a function');
  });
  const { clock, socket, clients, lines } = connected(new FakeClients(mistaken));

  socket.emit('data', Buffer.from(`${JSON.stringify({ ...REQUEST, id: 1 })}\n`));
  await clock.pass(1);

  const bye = { type: 'bye', reason: 'the server has failed; its log says more' };
  expect(JSON.parse(String(socket.written.at(-1)))).toEqual(bye);
  expect([socket.fate, clients.open_]).toEqual(['ended', []]);
  expect(lines).toMatchObject([
    { level: 'error', fields: { error: 'TypeError: undefined is not a function' } },
  ]);
});
