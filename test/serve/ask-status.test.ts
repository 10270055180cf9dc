/** The question for the status of a server. */

import { once } from 'node:events';
import { Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import { askStatus } from '../../src/serve/ask-status.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { served } from '../support/served.ts';
import { tempFolder } from '../support/temp-folder.ts';

const STOP = 'stop it with `systemctl stop ipmi-bt-serve`';

/** The real clock, on which the time is far from over. */
const IN_TIME = { clock: systemClock, deadlineMs: systemClock.now() + 280_000 };

/** A server that says these lines to each that connects, and may end when it is asked. */
async function saying(lines: readonly object[], isEnded = false): Promise<string> {
  const path = join(tempFolder(), 'socket');
  const server = new Server((socket) => {
    socket.on('error', () => undefined);
    for (const line of lines) socket.write(`${JSON.stringify(line)}\n`);
    socket.once('data', () => {
      if (isEnded) socket.end();
    });
    onTestFinished(() => void socket.destroy());
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return path;
}

const HELLO = {
  ...{ type: 'hello', protocol: 1, version: '1.2.3', pid: 12, base: 0xce4, state: 'ready' },
};

/** The error of a question for which five seconds pass. */
async function errorOf(path: string): Promise<unknown> {
  const clock = new VirtualClock();
  let error: unknown;
  const asked = askStatus(path, { clock, deadlineMs: 5000 });
  void asked.catch((cause: unknown) => (error = cause));
  // Its socket is a real one, and needs turns of the event loop to connect.
  while (error === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    if (clock.pending > 0) await clock.pass(100);
  }
  return error;
}

describe('a server', () => {
  test('answers with its status', async () => {
    const { path } = await served({ status: () => ({ queue: 3, file: null }) });

    expect(await askStatus(path, IN_TIME)).toEqual({ queue: 3, file: null });
  });

  test('that is not there has none', async () => {
    expect(await askStatus(join(tempFolder(), 'none'), IN_TIME)).toBeUndefined();
  });

  test('that says other things first is waited for', async () => {
    const answers = [
      { type: 'lost', reason: 'silent' },
      { type: 'status', id: 9, status: { of: 'another question' } },
      { type: 'status', id: 0, status: { pid: 12 } },
    ];
    const path = await saying([HELLO, ...answers]);

    expect(await askStatus(path, IN_TIME)).toEqual({ pid: 12 });
  });

  test('that says hello and no more is told of, with the line that stops it', async () => {
    const path = await saying([HELLO]);

    expect(await errorOf(path)).toMatchObject({
      code: 'DEVICE_LOCKED',
      message: `DEVICE_LOCKED: the server at ${path} does not answer; ${STOP} or \`kill 12\``,
    });
  });

  test('that says nothing is told of, without an interface that it might have', async () => {
    expect(await errorOf(await saying([]))).toMatchObject({
      code: 'DEVICE_LOCKED',
      message: `DEVICE_LOCKED: the server (ipmi-bt serve) has not answered within 5000 ms; see whether it is stopped; or ${STOP}`,
    });
  });

  test('that ends meanwhile is told of', async () => {
    const path = await saying([HELLO], true);

    await expect(askStatus(path, IN_TIME)).rejects.toThrow(
      `DEVICE_LOCKED: the server at ${path}: it has ended`,
    );
  });
});
