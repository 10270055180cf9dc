/** The first connection of a service, to a server that does not take it yet. */

import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { nkeys } from '@nats-io/transport-node';
import { expect, onTestFinished, test } from 'vitest';

import { connectInTheEnd } from '../../src/nats/first-connection.ts';
import { makeCertificate } from '../certificates.ts';
import { hastened } from '../hastened.ts';
import { tempFolder } from '../temp-folder.ts';
import { NatsServer } from './nats-server.ts';

/** Pauses of seconds are over at once. */
const HASTY = hastened(5000);

const NEVER_ABORTED = new AbortController().signal;

async function started(): Promise<NatsServer> {
  const server = new NatsServer(tempFolder());
  await server.start();
  onTestFinished(async () => {
    await server.kill();
  });
  return server;
}

test.each([
  ['a certificate', 'caFile', /certificate.*--tls-ca/],
  ['an NKEY', 'nkeyFile', /Authorization Violation.*--nkey/],
] as const)(
  '%s that is refused is told once, and the connection comes when it is right',
  async (_, option, told) => {
    const server = await started();
    const file = server.file('own');
    if (option === 'caFile') {
      makeCertificate(server.file('.'), 'other');
      copyFileSync(server.file('other.crt'), file);
    } else writeFileSync(file, nkeys.createUser().getSeed(), { mode: 0o600 });
    const right = server.options('alice')[option];
    const refusals: string[] = [];
    let attempts = 0;
    const random = (): number => {
      attempts += 1;
      // The third time, what is wrong has been put right.
      if (attempts === 2) copyFileSync(right, file);
      return 0;
    };
    const onRefused = ({ message }: Error): number => refusals.push(message);
    const options = { ...server.options('alice'), [option]: file };
    const connection = await connectInTheEnd(options, {
      ...{ clock: HASTY, random, onRefused, signal: NEVER_ABORTED },
    });
    await connection.close();

    expect([attempts, refusals]).toEqual([2, [expect.stringMatching(told)]]);
  },
);

test('options by which no connection can be made are an error at once', async () => {
  const server = await started();
  const options = { ...server.options('alice'), caFile: '/nowhere/ca.pem' };
  const parts = {
    clock: HASTY,
    random: () => 0,
    onRefused: () => undefined,
    signal: NEVER_ABORTED,
  };

  await expect(connectInTheEnd(options, parts)).rejects.toThrow('/nowhere/ca.pem');
});

test('a signal ends the wait for a server that says nothing', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const ending = new AbortController();
  silent.once('connection', (socket) => {
    onTestFinished(() => void socket.destroy());
    ending.abort();
  });
  const options = { servers: [`127.0.0.1:${port}`], name: 'test' };
  const parts = { clock: HASTY, random: () => 0, onRefused: () => undefined };

  await expect(connectInTheEnd(options, { ...parts, signal: ending.signal })).rejects.toThrow(
    'ended while it connected',
  );
});
