/**
 * The server as a whole: the order in which it offers its ways in, what it takes back when one of
 * them fails, and its end.
 */

import { describe, expect, test } from 'vitest';

import { NO_GRANTS } from '../../src/serve/policy.ts';
import { dummyRequest } from '../support/dummy-message.ts';
import { DUMMY_PATH, SOCKET_PATH, WHOLE, serverRig } from '../support/server-rig.ts';

const GET = 0x25;
const SET = 0x24;
const RESET = 0x22;

const STARTED = [GET, SET, RESET];
const STOPPED = [GET, GET, SET];

/** Get Device ID. */
const ASK = dummyRequest(0x06, 0x01);

const COMPLETION_AT = 4;
const LOST = 0xff;
const DENIED = 0xd4;

/** The ways in are made in this order, and removed in the other. */
const MADE = [`listen ${SOCKET_PATH} 666`, `listen ${DUMMY_PATH} 666`, 'make ipmi0 600'];
const REMOVED = ['remove ipmi0', `leave ${DUMMY_PATH}`, `leave ${SOCKET_PATH}`];

/** The commands of the watchdog that the BMC has seen. */
function fed(executed: readonly { readonly netFn: number; readonly cmd: number }[]) {
  return executed
    .filter(({ netFn, cmd }) => netFn === 6 && [GET, SET, RESET].includes(cmd))
    .map(({ cmd }) => cmd);
}

describe('a server', () => {
  test('offers its sockets, feeds the watchdog, and makes its device file last', async () => {
    const { start, doors, bmc } = await serverRig();
    const server = await start({
      ...WHOLE,
      serveFile: (options) => {
        doors.happened.push(`fed ${fed(bmc.executed).join(' ')}`);
        return doors.serveFile(options);
      },
    });

    expect(doors.happened).toEqual([
      ...MADE.slice(0, 2),
      `fed ${STARTED.join(' ')}`,
      ...MADE.slice(2),
    ]);
    expect(server.path).toBe('/dev/ipmi0');
  });

  test('has its own socket alone when no more is wanted', async () => {
    const { start, doors, bmc, clock } = await serverRig();
    const server = await start();

    expect(server.path).toBeUndefined();
    expect(server.status()).toMatchObject({
      ...{ file: undefined, dummy: undefined, watchdog: undefined },
      socket: { path: SOCKET_PATH },
    });
    await clock.until(server.close());
    expect(doors.happened).toEqual([MADE[0], REMOVED[2]]);
    expect(fed(bmc.executed)).toEqual([]);
  });

  test('answers by each of its ways, and says so', async () => {
    const { start, doors, clock, device } = await serverRig();
    const server = await start(WHOLE);
    const peer = doors.connect(DUMMY_PATH);
    const client = doors.connect(SOCKET_PATH);
    const program = doors.openFile();

    peer.emit('data', ASK);
    client.emit('data', Buffer.from('{"type":"status","id":4}\n'));
    expect(program.send()).toBe(0);
    await clock.pass(100);

    expect([...(peer.written[0] ?? [])].slice(0, 5)).toEqual([7, 1, 0, 0, 0]);
    expect(program.receive()).toMatchObject({ result: 0, netFn: 7, cmd: 1 });
    const [hello, status] = client.written.map((line) => JSON.parse(String(line)) as object);
    expect(hello).toMatchObject({ type: 'hello', version: '1.2.3', base: device.base });
    expect(status).toMatchObject({ status: { pid: process.pid, file: { path: '/dev/ipmi0' } } });
    expect(server.status()).toMatchObject({
      ...{ base: device.base, backend: device.backend },
      dummy: { path: DUMMY_PATH, connections: 1, requests: 1 },
      file: { counters: { opened: 1, sent: 1 } },
      watchdog: { countdownMs: 60_000, feeds: 1 },
      broker: { state: 'ready', totals: { denied: 0, failed: 0 } },
    });
  });

  test('obeys another policy from then on', async () => {
    const { start, doors, clock } = await serverRig();
    const server = await start({ ...WHOLE, grants: NO_GRANTS });
    const peer = doors.connect(DUMMY_PATH, 1001);
    peer.emit('data', ASK);
    await clock.pass(100);

    server.obey({ ...NO_GRANTS, users: new Map([[1001, [{ kind: 'read' }]]]) });
    peer.emit('data', ASK);
    await clock.pass(100);

    expect(peer.written.map((answer) => answer[COMPLETION_AT])).toEqual([DENIED, 0]);
  });

  test('holds each peer of its sockets to the permission of its user', async () => {
    const { start, doors, clock } = await serverRig();
    await start(WHOLE);
    const peers = [0, 1001].map((uid) => doors.connect(DUMMY_PATH, uid));
    const clients = [0, 1001].map((uid) => doors.connect(SOCKET_PATH, uid));
    const request = { type: 'request', id: 1, netFn: 6, cmd: 1, lun: 0, data: '', retries: 'safe' };

    for (const peer of peers) peer.emit('data', ASK);
    for (const client of clients) client.emit('data', Buffer.from(`${JSON.stringify(request)}\n`));
    await clock.pass(100);

    expect(peers.map(({ written: [answer] }) => answer?.[COMPLETION_AT])).toEqual([0, DENIED]);
    expect(
      clients.map(({ written: [, told] }) => JSON.parse(String(told)) as object),
    ).toMatchObject([
      { type: 'reply', completionCode: 0 },
      { type: 'failed', code: 'COMMAND_DENIED' },
    ]);
  });

  test('tells when its device file is taken away', async () => {
    const { start, doors, ends } = await serverRig();
    await start(WHOLE);
    doors.onEnd(new Error('aborted by an administrator'));

    expect(ends).toEqual(['aborted by an administrator']);
  });
});

describe('a start that fails takes all back:', () => {
  test.each<[step: string, happened: readonly (string | undefined)[]]>([
    ['listen /run/own', []],
    ['listen /run/dummy', [MADE[0], REMOVED[2]]],
    ['make ipmi0', [MADE[0], MADE[1], REMOVED[1], REMOVED[2]]],
  ])('at %s', async (step, happened) => {
    const { start, doors, bmc, clock } = await serverRig();
    doors.failing = step;

    await expect(start(WHOLE)).rejects.toThrow(step);

    expect(doors.happened).toEqual(happened);
    const isFed = step.startsWith('make');
    expect(fed(bmc.executed)).toEqual(isFed ? [...STARTED, ...STOPPED] : []);
    await clock.pass(120_000);
    expect(fed(bmc.executed)).toHaveLength(isFed ? 6 : 0);
  });

  test.each([
    ['has no watchdog', GET, [GET]],
    ['sets its watchdog and does not start it', RESET, [...STARTED, ...STOPPED]],
  ])('at a BMC that %s', async (_, refused, sent) => {
    const { start, doors, bmc } = await serverRig({
      answer: ({ netFn, cmd }) => (netFn === 6 && cmd === refused ? [0xc1] : undefined),
    });

    await expect(start(WHOLE)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });

    expect(doors.happened).toEqual([...MADE.slice(0, 2), ...REMOVED.slice(1)]);
    expect(fed(bmc.executed)).toEqual(sent);
  });

  test('at the channels of the BMC', async () => {
    const { start, doors, device, clock } = await serverRig();
    await clock.until(device.close());

    await expect(start({ ...WHOLE, feed: undefined })).rejects.toMatchObject({
      code: 'DEVICE_CLOSED',
    });

    expect(doors.happened).toEqual([...MADE.slice(0, 2), ...REMOVED.slice(1)]);
  });

  test('with what could not be taken back in its error', async () => {
    const { start, doors } = await serverRig();
    const serveFile = () => {
      doors.failing = `leave ${DUMMY_PATH}`;
      throw new Error('no file');
    };

    await expect(start({ ...WHOLE, serveFile })).rejects.toThrow(`leave ${DUMMY_PATH}: fails`);

    expect(doors.happened.slice(2)).toEqual([REMOVED[2]]);
  });
});

describe('the end', () => {
  test('removes all of it once, last made first, and stops the watchdog', async () => {
    const { start, doors, bmc, clock, lines } = await serverRig();
    const server = await start(WHOLE);

    await clock.until(Promise.all([server.close(), server.close()]));
    await clock.until(server.close());

    expect(doors.happened).toEqual([...MADE, ...REMOVED]);
    expect(fed(bmc.executed)).toEqual([...STARTED, ...STOPPED]);
    expect(lines).toEqual([]);
  });

  test('answers what waits as lost, which clients can take before the file goes', async () => {
    const { start, doors, clock } = await serverRig({
      responseMs: ({ cmd }) => (cmd === 0x01 ? 5000 : 0),
    });
    const server = await start({ ...WHOLE, feed: undefined });
    const peer = doors.connect(DUMMY_PATH);
    const [one, other] = [doors.openFile(), doors.openFile()];
    expect([one.send(), other.send({ data: [1] })]).toEqual([0, 0]);
    await clock.pass(10);
    peer.emit('data', ASK);

    const isClosed = server.close();
    await clock.pass(30);

    const [waiting, sent] = [other.receive(), one.receive()];
    expect([waiting, sent].map(({ result, data }) => [result, ...data])).toEqual([
      [0, LOST],
      [0, LOST],
    ]);
    expect(peer.written.map((bytes) => bytes[COMPLETION_AT])).toEqual([LOST]);
    expect(doors.happened).not.toContain('remove ipmi0');
    await clock.until(isClosed);
    expect(doors.happened).toContain('remove ipmi0');
    expect(peer.fate).toBe('destroyed');
  });

  test('waits half a second for a client that takes nothing, and no longer', async () => {
    const { start, doors, clock } = await serverRig();
    const server = await start({ ...WHOLE, feed: undefined });
    expect(doors.openFile().send()).toBe(0);
    await clock.pass(10);
    const fromMs = clock.now();

    await clock.until(server.close());

    expect(Math.round(clock.now() - fromMs)).toBe(500);
  });

  test('tells clients of the own socket', async () => {
    const { start, doors, clock } = await serverRig();
    const server = await start(WHOLE);
    const client = doors.connect(SOCKET_PATH);

    await clock.until(server.close());

    expect(String(client.written.at(-1))).toBe(
      '{"type":"bye","reason":"the server was stopped"}\n',
    );
    expect(client.fate).toBe('ended');
  });

  test('tells of requests that the BMC does not have yet that they were not sent', async () => {
    const { start, doors, clock } = await serverRig();
    const server = await start();
    const client = doors.connect(SOCKET_PATH);
    const request = { type: 'request', netFn: 6, cmd: 1, lun: 0, data: '', retries: 'safe' };
    const lines = [1, 2, 3].map((id) => `${JSON.stringify({ ...request, id })}\n`);

    client.emit('data', Buffer.from(lines.join('')));
    await clock.until(server.close());

    const told = client.written
      .flatMap((bytes) => String(bytes).trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as { type: string; id?: number; outcome?: string })
      .map(({ type, id, outcome }) => ({ type, id, outcome }));
    expect(told.slice(1)).toEqual([
      { type: 'failed', id: 2, outcome: 'not-sent' },
      { type: 'failed', id: 3, outcome: 'not-sent' },
      // The BMC had this one, and was quick.
      { type: 'reply', id: 1 },
      { type: 'bye' },
    ]);
  });

  test('goes on when a part of it fails, and rejects with that', async () => {
    const { start, doors, clock } = await serverRig();
    const server = await start(WHOLE);
    doors.failing = 'remove ipmi0';

    await expect(clock.until(server.close())).rejects.toThrow('remove ipmi0: fails');

    expect(doors.happened).toEqual([...MADE, ...REMOVED.slice(1)]);
  });
});
