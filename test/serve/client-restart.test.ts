/** A device over a server that ends, and over the next one. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';

import { bridge } from '../../src/commands/bridge.ts';
import { IpmiError } from '../../src/errors.ts';
import type { Transaction } from '../../src/index.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import { SIM_DEVICE_ID, SIM_EVENT } from '../../src/sim/commands.ts';
import { SILENCE, failureOf, heard, keeping, served } from '../support/served.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

const SATELLITE = { channel: 0, address: 0x2c, answer: () => [0x00, ...SIM_DEVICE_ID] };

const GONE = `the server that had 0xce4 (pid ${process.pid}) is gone: the server was stopped`;

/** All that the channel tells until the test ends. */
function transactions(): readonly Transaction[] {
  const told: Transaction[] = [];
  const listener = (message: unknown): void => void told.push(message as Transaction);
  subscribe('ipmi-bt:transaction', listener);
  onTestFinished(() => void unsubscribe('ipmi-bt:transaction', listener));
  return told;
}

test('what the server had is unknown, and what waited goes to the next server, once', async () => {
  const { asked, meddle } = keeping();
  const { service, start, openClient } = await served({ meddle });
  const client = await openClient();
  const lost = heard(client, 'lost');
  const failures = Array.from({ length: 8 }, () => failureOf(client.request(SILENCE)));
  const waiting = client.request(GET_DEVICE_ID);
  // All eight have reached the server when it has seen the last of them.
  while (asked.length < 8) await new Promise((resolve) => setImmediate(resolve));

  service.close();

  const [first, ...others] = await Promise.all(failures);
  expect(first).toMatchObject({
    ...{ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' },
    message: `BMC_UNRESPONSIVE: netFn 0x30 cmd 0x1 lun 0: ${GONE}; it may have been executed`,
  });
  expect(others.map(({ outcome }) => outcome)).toEqual(others.map(() => 'unknown'));
  expect([await lost, client.state]).toEqual([['server'], 'lost']);
  const ready = heard(client, 'ready');
  await start();
  expect([...(await waiting).data]).toEqual([...SIM_DEVICE_ID]);
  await ready;
  expect((await client.request(GET_DEVICE_ID)).completionCode).toBe(0);
  expect([client.state, client.statistics().recoveries]).toEqual(['ready', 1]);
  expect(asked).toEqual([...Array.from({ length: 8 }, () => 0x30), 0x06, 0x06]);
});

test('a request waits for the next server until its timeout, which says what is missing', async () => {
  const { service, openClient } = await served();
  const client = await openClient();
  const lost = heard(client, 'lost');
  service.close();
  await lost;

  expect(await failureOf(client.request(GET_DEVICE_ID, { timeoutMs: 5 }))).toMatchObject({
    ...{ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' },
    message: `REQUEST_TIMEOUT: netFn 0x6 cmd 0x1 lun 0: ${GONE}; no other came until the timeout`,
  });
  const waiting = failureOf(client.request(GET_DEVICE_ID));
  await client.close();

  expect(await waiting).toMatchObject({ code: 'DEVICE_CLOSED', outcome: 'not-sent' });
  expect((await failureOf(client.request(GET_DEVICE_ID))).message).toBe(
    'DEVICE_CLOSED: the device is closed; open it again',
  );
});

test('events come from the next server, too', async () => {
  const { service, start, port, openClient } = await served();
  const client = await openClient();
  const lost = heard(client, 'lost');
  const event = heard(client, 'event');
  service.close();
  await lost;
  await start();

  // The reply shows that the next server has had the word before it.
  await client.request(GET_DEVICE_ID);
  port.addEvent(SIM_EVENT);

  expect(await event).toMatchObject([{ kind: 'event' }]);
});

test('a bridge goes on with numbers of the next server', async () => {
  const { service, start, openClient } = await served({ sim: { satellites: [SATELLITE] } });
  const client = await openClient();
  const satellite = bridge(client, { channel: 0, address: 0x2c });
  const lost = heard(client, 'lost');
  service.close();
  await lost;
  const waiting = satellite.request(GET_DEVICE_ID);

  await start();

  expect((await waiting).completionCode).toBe(0);
  expect((await satellite.request(GET_DEVICE_ID)).completionCode).toBe(0);
});

test('an answer that was awaited, and a message with a number of the old server, fail', async () => {
  const { meddle } = keeping();
  const { service, openClient } = await served({ meddle });
  const client = await openClient();
  const lost = heard(client, 'lost');
  const expected = { channel: 0, address: 0x2c, netFn: 0x06, cmd: 0x01 };
  const awaited = await client.expectAnswer(expected);
  const kept = Array.from({ length: 8 }, () => failureOf(client.request(SILENCE)));
  const send = { netFn: 0x06, cmd: 0x34, data: Uint8Array.of(0) };
  const waiting = failureOf(client.request(send));

  service.close();
  await lost;
  const late = failureOf(client.request(send));

  expect(await failureOf(awaited.answer)).toMatchObject({
    ...{ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' },
  });
  const why = `${GONE}, and with it the sequence number of this message`;
  const numberless = {
    ...{ code: 'BMC_UNRESPONSIVE', outcome: 'not-sent' },
    message: `BMC_UNRESPONSIVE: netFn 0x6 cmd 0x34 lun 0: ${why}`,
  };
  expect(await Promise.all([waiting, late])).toMatchObject([numberless, numberless]);
  expect(await Promise.all(kept)).toHaveLength(8);
});

test('no more answers wait for a server than there are numbers', async () => {
  const { service, openClient } = await served();
  const client = await openClient();
  const lost = heard(client, 'lost');
  service.close();
  await lost;

  const expected = { channel: 0, address: 0x2c, netFn: 0x06, cmd: 0x01 };
  const results = Array.from({ length: 65 }, async () => {
    return await failureOf(Promise.resolve(client.expectAnswer(expected)));
  });
  const last = await results.at(-1);
  await client.close();

  expect(last?.code).toBe('QUEUE_FULL');
  const codes = (await Promise.all(results)).map(({ code }) => code);
  expect(codes.filter((code) => code === 'DEVICE_CLOSED')).toHaveLength(64);
});

test('each request that the BMC may have had is told as a transaction, and counted', async () => {
  const answers: Readonly<Record<number, () => Promise<Reply>>> = {
    0x06: () => Promise.resolve({ completionCode: 0xc1, data: Uint8Array.of(1, 2, 3) }),
    0x2e: () => Promise.reject(new IpmiError('COMMAND_DENIED', 'not permitted')),
    0x32: () => Promise.reject(new IpmiError('RESPONSE_MALFORMED', 'x', { outcome: 'answered' })),
    0x30: () => new Promise(() => undefined),
  };
  const { service, openClient } = await served({ meddle: ({ netFn }) => answers[netFn]?.() });
  const client = await openClient();
  const lost = heard(client, 'lost');
  const told = transactions();

  await client.request(GET_DEVICE_ID);
  await failureOf(client.request({ netFn: 0x2e, cmd: 1 }));
  await failureOf(client.request({ netFn: 0x32, cmd: 1, data: Uint8Array.of(1, 2) }));
  await failureOf(client.request(SILENCE, { timeoutMs: 5 }));
  const unknown = failureOf(client.request(SILENCE));
  await client.request(GET_DEVICE_ID);
  service.close();
  await Promise.all([unknown, lost]);
  await failureOf(client.request(SILENCE, { timeoutMs: 5 }));

  expect(told.map(({ netFn, completionCode }) => [netFn, completionCode])).toEqual([
    ...[
      [0x06, 0xc1],
      [0x32, undefined],
      [0x30, undefined],
    ],
    ...[
      [0x06, 0xc1],
      [0x30, undefined],
    ],
  ]);
  expect(told[0]).toMatchObject({ device: client.name, requestBytes: 0, responseBytes: 3, lun: 0 });
  expect(told[1]).toMatchObject({ requestBytes: 2, responseBytes: undefined, isInternal: false });
  expect(client.statistics()).toMatchObject({
    ...{ transactions: 5, completeTransactions: 2, orphans: 1, hosedCount: 1 },
  });
});
