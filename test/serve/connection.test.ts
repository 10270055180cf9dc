/** The goodbye to a peer, to one that reads it and one that does not. */

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';

import { sayGoodbye } from '../../src/serve/connection.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

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
