/** Peers that the server is done with, and that do not close their end of the connection. */

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import type { ServedDevice } from '../../src/serve/connection.ts';
import type { Peer } from '../../src/serve/listener.ts';
import { serveSocket } from '../../src/serve/socket.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { FakeClients, echoing } from '../support/fake-clients.ts';
import { BASE, served } from '../support/served.ts';
import { KeepingSocket } from '../support/server-rig.ts';

const PIECES = 50;

/** A peer that goes on sending when the server has ended its half. */
function stubbornPeer(path: string): Socket {
  const socket = connect({ path, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.resume();
  return socket;
}

/** The pieces that the peer could still send. */
async function sent(socket: Socket): Promise<number> {
  for (let count = 0; count < PIECES; count += 1) {
    const error = await new Promise((resolve) => {
      socket.write('more\n', resolve);
    });
    if (error !== undefined && error !== null) return count;
  }
  return PIECES;
}

test('a peer that sends nonsense cannot keep the connection open', async () => {
  const { path } = await served();
  const socket = stubbornPeer(path);
  socket.write('nonsense\n');
  await once(socket, 'end');

  expect(await sent(socket)).toBeLessThan(PIECES);
});

test('a peer that is turned away cannot keep the connection open', async () => {
  const { path } = await served({
    admit: () => {
      throw new IpmiError('QUEUE_FULL', 'too many are open');
    },
  });
  const socket = stubbornPeer(path);
  socket.write('{}\n');
  await once(socket, 'end');

  expect(await sent(socket)).toBeLessThan(PIECES);
});

/** A connection whose peer reads nothing. */
class StuckSocket extends KeepingSocket {
  override readonly writableLength = 1;

  override destroySoon(): this {
    return this;
  }
}

test('a peer that does not read the farewell has a second for it', async () => {
  const clock = new VirtualClock();
  const accepted: ((peer: Peer) => void)[] = [];
  const device: ServedDevice = {
    ...{ base: BASE, state: 'ready', deviceId: undefined, capabilities: undefined },
    ...{ on: () => device as never, off: () => device as never },
  };
  const service = await serveSocket({
    ...{ path: '/run/own.sock', mode: 0o600, version: '1.2.3', status: () => ({}) },
    ...{ clients: new FakeClients(echoing), device, clock, log: silentLog },
    listen: (path, _, onPeer) => {
      accepted.push(onPeer);
      return Promise.resolve({ path, close: () => undefined });
    },
  });
  const socket = new StuckSocket();
  accepted[0]?.({ socket: socket as unknown as Socket, pid: 1, uid: 0, gid: 0 });

  service.close();
  await clock.pass(999);
  const before = socket.fate;
  await clock.pass(2);

  expect([before, socket.fate]).toEqual(['', 'destroyed']);
});
