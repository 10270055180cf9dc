/** A device over a server, in its whole life. */

import { once } from 'node:events';
import { expect, test } from 'vitest';

import { bridge } from '../../src/commands/bridge.ts';
import { IpmiError } from '../../src/errors.ts';
import type { BmcEvent } from '../../src/index.ts';
import { SIM_EVENT, SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import { SILENCE, failureOf, heard, keeping, served } from '../support/served.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

const SATELLITE = { channel: 0, address: 0x2c, answer: () => [0x00, ...SIM_DEVICE_ID] };

test('knows the BMC, and gives its replies', async () => {
  const { device, openers, openClient } = await served();

  const client = await openClient();
  const reply = await client.request(GET_DEVICE_ID);
  const refused = await client.request({ netFn: 0x2e, cmd: 0x99, data: Uint8Array.of(1, 2) });

  expect(reply).toEqual(await device.request(GET_DEVICE_ID));
  expect([...reply.data]).toEqual([...SIM_DEVICE_ID]);
  expect(refused.completionCode).toBe(0xc1);
  expect(client.deviceId).toEqual(device.deviceId);
  expect(client.capabilities).toEqual(device.capabilities);
  expect(await client.identity()).toEqual(await device.identity());
  expect([client.backend, client.state, client.base]).toEqual(['serve', 'ready', 0xce4]);
  expect(openers).toMatchObject([{ door: 'socket' }]);
});

test('many requests at once get a reply each, in their order', async () => {
  const { openClient } = await served();
  const client = await openClient();
  const settled: number[] = [];

  await Promise.all(
    Array.from({ length: 50 }, async (_, number) => {
      await client.request(GET_DEVICE_ID);
      settled.push(number);
    }),
  );

  expect(settled).toEqual([...settled].sort((one, other) => one - other));
  expect(client.statistics()).toMatchObject({ transactions: 50, completeTransactions: 50 });
});

test('more requests than the queue takes are refused', async () => {
  const { meddle } = keeping();
  const { openClient } = await served({ meddle });
  const client = await openClient({ queueMax: 2 });

  const results = Array.from({ length: 12 }, () => failureOf(client.request(SILENCE)));
  const last = await results.at(-1);
  await client.close();

  expect(last).toMatchObject({ code: 'QUEUE_FULL', outcome: 'not-sent' });
  const codes = (await Promise.all(results)).map(({ code, outcome }) => `${code} ${outcome}`);
  expect(codes.filter((code) => code === 'DEVICE_CLOSED unknown')).toHaveLength(8);
  expect(codes.filter((code) => code === 'DEVICE_CLOSED not-sent')).toHaveLength(2);
});

test('an error of the server comes as it is', async () => {
  const cause = new IpmiError('COMMAND_FAILED', 'netFn 0x30 cmd 0x1 lun 0: so it is', {
    ...{ outcome: 'answered', completionCode: 0xc7, silence: 'misfit' },
  });
  const { openClient } = await served({ meddle: () => Promise.reject(cause) });
  const client = await openClient();

  expect(await failureOf(client.request(SILENCE))).toMatchObject({
    ...{ code: 'COMMAND_FAILED', message: cause.message, outcome: 'answered' },
    ...{ completionCode: 0xc7, silence: 'misfit' },
  });
});

test('an abort settles at once, and ends the request at the server', async () => {
  const aborted: unknown[] = [];
  const seen = new EventTarget();
  const { openClient } = await served({
    meddle: (_, options) => {
      options?.signal?.addEventListener('abort', () => {
        aborted.push('at the server');
        seen.dispatchEvent(new Event('aborted'));
      });
      queueMicrotask(() => seen.dispatchEvent(new Event('asked')));
      return new Promise(() => undefined);
    },
  });
  const client = await openClient();
  const controller = new AbortController();
  const isAborted = once(seen, 'aborted');
  const isAsked = once(seen, 'asked');
  const failure = failureOf(client.request(SILENCE, { signal: controller.signal }));
  await isAsked;

  controller.abort();

  expect(await failure).toMatchObject({ code: 'REQUEST_ABORTED', outcome: 'unknown' });
  await isAborted;
  expect(aborted).toEqual(['at the server']);
});

test('a request that waits is not sent after its time, or an abort', async () => {
  const { meddle, asked } = keeping();
  const { openClient } = await served({ meddle });
  const client = await openClient();
  for (let count = 0; count < 8; count += 1) void failureOf(client.request(SILENCE));

  const late = await failureOf(client.request(SILENCE, { timeoutMs: 1 }));
  const aborted = await failureOf(client.request(SILENCE, { signal: AbortSignal.abort() }));
  await client.request(GET_DEVICE_ID, { timeoutMs: 1 }).catch(() => undefined);

  expect([late.code, late.outcome]).toEqual(['REQUEST_TIMEOUT', 'not-sent']);
  expect([aborted.code, aborted.outcome]).toEqual(['REQUEST_ABORTED', 'not-sent']);
  expect(asked.filter((netFn) => netFn === SILENCE.netFn).length).toBeLessThanOrEqual(8);
});

test('a server that keeps silent about a request is given up', async () => {
  const { meddle } = keeping();
  const { openClient } = await served({ meddle });
  const client = await openClient();

  const { code, outcome, message } = await failureOf(client.request(SILENCE, { timeoutMs: 5 }));

  expect([code, outcome]).toEqual(['REQUEST_TIMEOUT', 'unknown']);
  expect(message).toContain(`the server (pid ${process.pid}) has not answered within 5 ms`);
});

test('events are told while there is a listener', async () => {
  const { port, openClient } = await served();
  const client = await openClient();
  const told: BmcEvent[] = [];
  const isTold = heard(client, 'event');
  client.on('event', (event) => told.push(event));

  // The reply shows that the server has had the word before it.
  await client.request(GET_DEVICE_ID);
  port.addEvent(SIM_EVENT);
  const [event] = await isTold;

  expect(told).toEqual([event]);
  expect(event).toMatchObject({ kind: 'event', record: { raw: Uint8Array.from(SIM_EVENT) } });
  expect(client.statistics().events).toBe(1);
});

test('a bridge reaches the controllers behind the BMC', async () => {
  const { openClient } = await served({ sim: { satellites: [SATELLITE] } });
  const client = await openClient();

  const satellite = bridge(client, { channel: 0, address: 0x2c });
  const replies = await Promise.all([1, 2, 3].map(() => satellite.request(GET_DEVICE_ID)));

  expect(replies.map(({ completionCode }) => completionCode)).toEqual([0, 0, 0]);
});

test('an interface that a server has cannot be reset through it', async () => {
  const { openClient } = await served();
  const client = await openClient();

  expect((await failureOf(client.reset('interface'))).message).toBe(
    `DEVICE_LOCKED: a server (ipmi-bt serve, pid ${process.pid}) has 0xce4: only the server may ` +
      `reset its interface; stop it with \`systemctl stop ipmi-bt-serve\` or \`kill ${process.pid}\``,
  );
});

test('a BMC that is reset is lost to the client', async () => {
  const { openClient } = await served({ sim: { mayReset: true } });
  const client = await openClient();
  const isLost = heard(client, 'lost');

  expect([await client.reset('cold'), await isLost]).toEqual([0, ['reset']]);
  expect(client.state).toBe('lost');
});
