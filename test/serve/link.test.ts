/** The first message of a server: what it must be, before anything is sent. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { connectServer } from '../../src/serve/link.ts';
import { socketPath } from '../../src/serve/place.ts';
import { PROTOCOL_VERSION, lineOf } from '../../src/serve/protocol.ts';
import type { ServerMessage } from '../../src/serve/protocol.ts';
import { BASE } from '../support/served.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HELLO: ServerMessage = {
  type: 'hello',
  protocol: PROTOCOL_VERSION,
  ...{ version: '1.2.3', pid: 7, base: BASE, state: 'ready' },
};

/** Connects to a server that begins so, and writes down what it is sent. */
async function connectTo(first: ServerMessage) {
  const folder = tempFolder();
  const sent: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (piece) => sent.push(String(piece)));
    socket.on('error', () => undefined);
    socket.write(lineOf(first));
  });
  onTestFinished(() => void server.close());
  server.listen(socketPath(BASE, folder));
  await once(server, 'listening');
  const deadlineMs = systemClock.now() + 60_000;
  const connecting = connectServer(BASE, { clock: systemClock, deadlineMs, folder });
  return { connecting, sent };
}

test('a server of this interface and this protocol is taken', async () => {
  const { connecting } = await connectTo(HELLO);

  const link = await connecting;

  expect([link?.base, link?.pid, link?.isFull]).toEqual([BASE, 7, false]);
  link?.end();
});

test.each<[string, ServerMessage, string]>([
  ['of another interface', { ...HELLO, base: 0xe4 }, 'has 0xe4 instead'],
  [
    'of another protocol',
    { ...HELLO, protocol: PROTOCOL_VERSION + 1 },
    `speaks protocol ${PROTOCOL_VERSION + 1} (version 1.2.3), and this program ${PROTOCOL_VERSION}`,
  ],
  ['that says something else', { type: 'attention' }, 'the first message is no hello'],
  ['that ends', { type: 'bye', reason: 'it is full' }, 'did not say hello: it is full'],
])('one %s is refused, and sent nothing', async (_, first, reason) => {
  const { connecting, sent } = await connectTo(first);

  await expect(connecting).rejects.toMatchObject({
    code: 'DEVICE_LOCKED',
    message: expect.stringContaining(reason) as string,
  });
  expect(sent).toEqual([]);
});
