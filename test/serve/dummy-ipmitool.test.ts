/** The `dummy` socket as a whole: ipmitool itself, and connections that work at once. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { open } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import { Broker } from '../../src/serve/broker.ts';
import { DummyService } from '../../src/serve/dummy.ts';
import { NO_GRANTS } from '../../src/serve/policy.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { dummyRequest } from '../support/dummy-message.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** The service over a real socket, a broker and a simulated BMC. */
async function listening(): Promise<string> {
  const device = await open({ base: 0xce4, port: new SimBmc() });
  const parts = { clock: systemClock, log: silentLog };
  const broker = new Broker({ device, grants: NO_GRANTS, serverUid: 0, ...parts });
  const service = new DummyService({ clients: broker, log: silentLog, clock: systemClock });
  const path = join(tempFolder(), 'socket');
  const server = createServer((socket: Socket) => {
    service.accept({ socket, pid: 0, uid: 0, gid: 0 });
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(async () => {
    service.close();
    server.close();
    await device.close();
  });
  return path;
}

test.each([
  [['raw', '6', '1'], ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n', 0],
  [['raw', '0x30', '1', '7', '8', '9'], ' 07 08 09\n', 0],
  [['raw', '6', '0x33'], '', 1],
])('ipmitool %j', async (words, stdout, exit) => {
  const env = { ...process.env, IPMI_DUMMY_SOCK: await listening() };
  const child = spawn('ipmitool', ['-I', 'dummy', ...words], { env });
  let printed = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => (printed += text));
  const [code] = (await once(child, 'close')) as [number | null];

  expect({ printed, code }).toEqual({ printed: stdout, code: exit });
});

test('many connections at once each get their own answers', async () => {
  const path = await listening();
  const answers = Array.from({ length: 8 }, async (_, value) => {
    const socket = connect(path);
    let read = Buffer.alloc(0);
    for (let round = 0; round < 10; round += 1) {
      socket.write(dummyRequest(0x30, 0x01, [value, round]));
      const end = (round + 1) * 26;
      while (read.length < end) {
        const [bytes] = (await once(socket, 'data')) as [Buffer];
        read = Buffer.concat([read, bytes]);
      }
    }
    socket.destroy();
    return Array.from({ length: 10 }, (_unused, round) => [
      ...read.subarray(round * 26 + 24, round * 26 + 26),
    ]);
  });

  const rounds = Array.from({ length: 10 }, (_, round) => round);
  const expected = Array.from({ length: 8 }, (_, value) => rounds.map((round) => [value, round]));
  expect(await Promise.all(answers)).toEqual(expected);
});
