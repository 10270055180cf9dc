/** The server's own socket, to peers of every kind. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { Listeners } from '../../src/device/events.ts';
import type { DeviceEvents, Listener } from '../../src/device/events.ts';
import { parseServer } from '../../src/serve/protocol.ts';
import { Rng } from '../../src/sim/rng.ts';
import { greatest } from '../support/lists.ts';
import { BASE, heard, rawPeer, served } from '../support/served.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const REQUEST = '{"type":"request","id":1,"netFn":6,"cmd":1,"lun":0,"data":"","retries":"safe"}\n';

/** Writes what a peer says, and resolves to the types of all that it is told until the end. */
async function toldFor(path: string, said: string | Uint8Array): Promise<readonly string[]> {
  const { socket, told } = rawPeer(path);
  await once(socket, 'data');
  socket.write(said);
  await once(socket, 'close');
  return told()
    .trimEnd()
    .split('\n')
    .map((line) => {
      const parsed = parseServer(line);
      return parsed.kind === 'message' ? parsed.message.type : parsed.reason;
    });
}

/** A device that loses and finds its BMC when a test says so. */
function fakeDevice() {
  const listeners = new Listeners();
  const device = {
    ...{ base: BASE, state: 'ready' as 'ready' | 'lost', deviceId: undefined },
    capabilities: undefined,
    on: <Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>) => {
      listeners.add(name, listener);
      return device as never;
    },
    off: <Name extends keyof DeviceEvents>(name: Name, listener: Listener<Name>) => {
      listeners.remove(name, listener);
      return device as never;
    },
  };
  return { device, listeners };
}

test('the server speaks first, and answers whatever the pieces', async () => {
  const { path } = await served();
  const { socket, told } = rawPeer(path);
  await once(socket, 'data');

  for (const letter of REQUEST) socket.write(letter);
  await once(socket, 'data');

  const [hello, reply] = told().split('\n');
  expect(JSON.parse(hello ?? '')).toMatchObject({
    ...{ type: 'hello', protocol: 1, version: '1.2.3', pid: process.pid, base: 0xce4 },
    state: 'ready',
  });
  expect(JSON.parse(reply ?? '')).toMatchObject({ type: 'reply', id: 1, completionCode: 0 });
});

test.each([
  ['no JSON', 'hello\n', 'a line is no JSON object'],
  ['an id that is in use', REQUEST + REQUEST, 'an id is used twice'],
  ['a wrong field', REQUEST.replace('6', '7'), 'request has a wrong netFn'],
  ['a line without end', 'a'.repeat(5000), 'a line has more than 4096 bytes'],
])('%s: the peer is told, and cut off', async (_, said, reason) => {
  const { path, warnings, openers } = await served();

  const told = await toldFor(path, said);

  expect(told.slice(0, 1)).toEqual(['hello']);
  expect(told.at(-1)).toBe('bye');
  expect(warnings.join()).toContain(`"reason":"${reason}"`);
  expect(openers).toEqual([]);
});

test('a peer that is cut off cannot keep its connection, nor send without end', async () => {
  const { path, openers } = await served();
  const socket = connect({ path, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const told: string[] = [];
  socket.on('data', (piece) => told.push(String(piece)));
  const ended = once(socket, 'end');
  const broken = new Promise<NodeJS.ErrnoException>((resolve) => {
    socket.on('error', resolve);
  });
  socket.write('nonsense\n');
  await ended;

  // Its own end is open, but nothing is there any more to read what it writes.
  socket.write('more');

  expect((await broken).code).toBe('EPIPE');
  expect(told.join('')).toContain('"type":"bye"');
  expect(openers).toEqual([]);
});

test('a client that is turned away is told why', async () => {
  const full = new IpmiError('QUEUE_FULL', '64 clients are connected; close some');
  const { path, openClient } = await served({
    admit: () => {
      throw full;
    },
  });
  const { socket, told } = rawPeer(path);
  await once(socket, 'close');

  expect(JSON.parse(told())).toEqual({ type: 'bye', reason: full.message });
  await expect(openClient()).rejects.toMatchObject({
    code: 'DEVICE_LOCKED',
    message: expect.stringContaining(
      `did not say hello: ${full.message}; or stop it with \`systemctl stop ipmi-bt-serve\``,
    ) as string,
  });
});

test('a peer that does not read is cut off, and costs the others nothing', async () => {
  const { path, warnings, openClient } = await served({ status: () => 'x'.repeat(64 * 1024) });
  const client = await openClient();
  const { socket } = rawPeer(path);
  await once(socket, 'data');
  socket.pause();

  for (let id = 0; id < 200; id += 1) socket.write(`{"type":"status","id":${id}}\n`);
  while (warnings.length === 0) await client.request(GET_DEVICE_ID);

  expect(warnings[0]).toMatch(/^a client that does not read was cut off: /);
});

test('the status is what the server says', async () => {
  const { path } = await served({ status: () => ({ queue: 3 }) });
  const { socket, told } = rawPeer(path);
  await once(socket, 'data');

  socket.write('{"type":"status","id":9}\n');
  await once(socket, 'data');

  expect(told().split('\n')[1]).toBe('{"type":"status","id":9,"status":{"queue":3}}');
});

test('a flood of questions for the status has one answer made in a turn', async () => {
  const turns = { passed: 0, isOver: false };
  const pass = (): void => {
    turns.passed += 1;
    if (!turns.isOver) setImmediate(pass);
  };
  const made: number[] = [];
  const { path } = await served({ status: () => made.push(turns.passed) });
  const peers = [rawPeer(path), rawPeer(path), rawPeer(path)];
  await Promise.all(peers.map(({ socket }) => once(socket, 'data')));
  const asked = 16;
  const text = '{"type":"status","id":9}\n'.repeat(asked);

  pass();
  for (const { socket } of peers) socket.write(text);
  while (peers.some(({ told }) => told().split('\n').length < asked + 2)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  turns.isOver = true;

  // One for the questions that came before the turn, and one for those in it.
  const most = greatest(made.map((turn) => made.filter((one) => one === turn).length));
  expect(most).toBeLessThanOrEqual(2);
  expect(made.length).toBeGreaterThanOrEqual(asked);
});

test('bytes of chance: no crash, no hang, and no foreign answer', async () => {
  const { path, openers, openClient } = await served();
  const client = await openClient();
  const own = client.deviceId;
  const rng = new Rng(18);
  const ends: string[] = [];
  for (let round = 0; round < 60; round += 1) {
    const said = Uint8Array.from({ length: rng.integer(1, 400) }, () => rng.integer(0, 255));
    // Every peer ends its line, with something that is no message.
    const told = await toldFor(path, Buffer.concat([said, Buffer.from('\n\n')]));
    ends.push(told.join());
    const { data } = await client.request(GET_DEVICE_ID);
    expect(data[0]).toBe(own?.deviceId);
  }

  expect([...new Set(ends)]).toEqual(['hello,bye']);
  expect(openers).toHaveLength(1);
});

test('the BMC that is lost and found is told, with what it is by then', async () => {
  const { device, listeners } = fakeDevice();
  const { openClient } = await served({ device });
  const client = await openClient();

  const isLost = heard(client, 'lost');
  device.state = 'lost';
  listeners.tell('lost', 'silent');
  expect([await isLost, client.state]).toEqual([['silent'], 'lost']);

  const isReady = heard(client, 'ready');
  device.state = 'ready';
  listeners.tell('ready');
  expect([await isReady, client.state]).toEqual([[], 'ready']);
});

test('a client that comes while the BMC is lost waits for it, or is opened at once', async () => {
  const { device, listeners } = fakeDevice();
  device.state = 'lost';
  const { openClient } = await served({ device });
  const lazy = await openClient({ bringUp: 'lazy' });
  const full = openClient();
  await lazy.request(GET_DEVICE_ID);
  listeners.tell('ready');

  expect((await full).state).toBe('ready');
  await expect(openClient({ timeoutMs: 5 })).rejects.toMatchObject({
    code: 'BMC_UNRESPONSIVE',
    message: `BMC_UNRESPONSIVE: the BMC at 0xce4 does not answer; the server (pid ${process.pid}) looks for it`,
  });
});

test('the attention bit is watched while a client watches it', async () => {
  const { device, listeners } = fakeDevice();
  const { openClient } = await served({ device });
  const [one, other] = [await openClient(), await openClient()];
  const isTold = heard(one, 'attention');
  await one.request(GET_DEVICE_ID);
  const before = listeners.has('attention');

  listeners.tell('attention');
  await isTold;
  await one.request(GET_DEVICE_ID);
  await other.request(GET_DEVICE_ID);

  expect([before, listeners.has('attention')]).toEqual([true, false]);
  expect([one, other].map((client) => client.statistics().attentions)).toEqual([1, 0]);
});
