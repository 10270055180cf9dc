/** The choice between a server and the ports, on hosts with and without a server. */

import { chmodSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { OpenOptions } from '../../src/index.ts';
import { systemClock } from '../../src/clock.ts';
import { btBlock } from '../../src/port/register-block.ts';
import { openDoor } from '../../src/registry/door.ts';
import { OpenDevices } from '../../src/registry/open-devices.ts';
import { THIS_HOST } from '../../src/registry/resources.ts';
import { servedBases } from '../../src/registry/served.ts';
import { targetAt } from '../../src/registry/target.ts';
import { socketPath } from '../../src/serve/place.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { noNative } from '../support/fake-native.ts';
import { BASE, openOver, served } from '../support/served.ts';
import { tempFolder } from '../support/temp-folder.ts';

const STOP = `stop it with \`systemctl stop ipmi-bt-serve\` or \`kill ${process.pid}\``;

test('a server that lives is used, whether it is asked for or not', async () => {
  const { openClient } = await served();

  const devices = [await openClient(), await openClient({ via: 'serve' })];

  expect(devices.map(({ backend }) => backend)).toEqual(['serve', 'serve']);
});

test('the ports are refused while a server has them, to tests of the hardware as well', async () => {
  const { host, openClient } = await served();
  const text = `DEVICE_LOCKED: a server (ipmi-bt serve, pid ${process.pid}) has 0xce4: it must be stopped first; ${STOP}`;
  const plan = {
    ...{ options: {}, target: targetAt(btBlock(BASE)), firstSeq: 0, host },
    ...{ deadlineMs: systemClock.now() + 5000, openDevices: new OpenDevices() },
  };

  await expect(openClient({ via: 'ports' })).rejects.toMatchObject({ message: text });
  await expect(openDoor(plan)).rejects.toMatchObject({ code: 'DEVICE_LOCKED', message: text });
});

test.each<[name: string, options: OpenOptions]>([
  ['trace', { trace: { write: () => undefined } }],
  ['record', { record: { write: () => undefined } }],
  ['irq', { irq: 'auto' }],
  ['takeover', { takeover: true }],
  ['quirks', { quirks: ['write-under-busy'] }],
  ['port', { port: 'dev-port' }],
])('%s needs the ports, which the server has', async (name, options) => {
  const { openers, openClient } = await served();

  await expect(openClient(options)).rejects.toMatchObject({
    code: 'DEVICE_LOCKED',
    message: `DEVICE_LOCKED: a server (ipmi-bt serve, pid ${process.pid}) has 0xce4: the option ${name} works only without a server; ${STOP}`,
  });
  // A server that is there tells of nobody who has gone.
  await openClient();
  expect(openers).toHaveLength(1);
});

test('one base has one device in a process, served or not', async () => {
  const { host } = await served();
  const openDevices = new OpenDevices();
  const { openByWay } = await import('../../src/registry/served.ts');
  const plan = {
    ...{ options: {}, target: targetAt(btBlock(BASE)), firstSeq: 0, host, openDevices },
    deadlineMs: systemClock.now() + 30_000,
  };
  const first = await openByWay(plan);

  await expect(openByWay(plan)).rejects.toMatchObject({ code: 'DEVICE_LOCKED' });
  await first.close();
  const second = await openByWay(plan);
  await second.close();

  expect([first.name, second.name, second.state]).toEqual(['bt0', 'bt0', 'closed']);
});

test('without a server, one that is asked for is missed, and the ports are tried', async () => {
  const folder = tempFolder();
  const host = { ...THIS_HOST, folder, serveFolder: folder, load: noNative };
  const path = socketPath(BASE, folder);

  await expect(openOver(host, { via: 'serve' })).rejects.toMatchObject({
    code: 'DEVICE_ABSENT',
    message: `DEVICE_ABSENT: no server has 0xce4: none listens at ${path} (start one with \`ipmi-bt serve\`)`,
  });
  // A file of that name has no server.
  writeFileSync(path, '');
  await expect(openOver(host, { via: 'serve' })).rejects.toMatchObject({ code: 'DEVICE_ABSENT' });
});

test('the interfaces that may have a server are known from the sockets', () => {
  const folder = tempFolder();
  for (const name of ['d00.sock', 'ce4.sock', 'ce4.lock', 'x.sock']) {
    writeFileSync(`${folder}/${name}`, '');
  }
  chmodSync(folder, 0o755);

  expect(servedBases({ ...THIS_HOST, serveFolder: folder })).toEqual([0xce4, 0xd00]);
});

test('a PortIo object is never served', async () => {
  const port = new SimBmc();

  await expect(open({ base: BASE, port, via: 'serve' })).rejects.toMatchObject({
    name: 'TypeError',
    message: 'via serve works only with ports of this host, not with a PortIo object',
  });
});
