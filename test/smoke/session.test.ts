/** A device that a check has opened, and what becomes of its requests. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import type { IpmiErrorCode, Silence } from '../../src/errors.ts';
import { takeTotals } from '../../src/smoke/ledger.ts';
import {
  GET_DEVICE_GUID,
  GET_DEVICE_ID,
  ask,
  isSameReply,
  replyText,
  reportTrouble,
} from '../../src/smoke/session.ts';
import { slugOf, textOf, withDevice } from '../../src/smoke/session.ts';
import { Bench } from '../support/wire-bench.ts';

const OK = { completionCode: 0, data: Uint8Array.of(1, 2) };

test('a request is sent once, and its time is taken', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop', { skip: 3 });

  const exchanges = await bench.clock.until(
    withDevice(bench.means, {}, async (session) => [
      await ask(session, GET_DEVICE_ID),
      await ask(session, GET_DEVICE_ID),
    ]),
  );

  expect(exchanges).toMatchObject([
    { kind: 'answer', reply: { completionCode: 0 } },
    { kind: 'trouble', slug: 'bt-drops-requests' },
  ]);
  expect(bench.bmc.executed.filter(({ cmd }) => cmd === 1)).toHaveLength(3);
  expect(exchanges[0]?.ms).toBeGreaterThan(9);
  expect(exchanges[0]?.ms).toBeLessThan(13);
});

test('completion code 0xC3 is no answer', async () => {
  const bench = new Bench({ sim: { answer: ({ cmd }) => (cmd === 0x08 ? [0xc3] : undefined) } });

  const exchange = await bench.clock.until(
    withDevice(bench.means, {}, (session) => ask(session, GET_DEVICE_GUID)),
  );

  expect(exchange).toMatchObject({
    ...{ kind: 'trouble', slug: 'bt-drops-requests' },
    text: '0xc3 (Timeout) came after 10 ms in the place of an answer',
  });
});

test('a device is closed and its counters are kept, also when the check fails', async () => {
  const bench = new Bench();
  bench.bmc.fail('stale', { skip: 1 });
  const failing = withDevice(bench.means, {}, () => Promise.reject(new Error('bug: in the check')));

  await expect(bench.clock.until(failing)).rejects.toThrow('bug: in the check');

  bench.bmc.assertQuiet();
  expect(takeTotals(bench.subject)).toMatchObject({ staleReplies: 1, longTimeouts: 0 });
});

test('counters that a check has explained are not kept', async () => {
  const bench = new Bench();
  bench.bmc.fail('stale', { skip: 1 });

  await bench.clock.until(
    withDevice(bench.means, {}, (session) => {
      session.excuse();
      return Promise.resolve();
    }),
  );

  expect(takeTotals(bench.subject)).toMatchObject({ staleReplies: 0 });
});

test('the end of a check is no finding', async () => {
  const abort = new AbortController();
  const bench = new Bench({ signal: abort.signal });
  bench.clock.timer(30, () => {
    abort.abort();
  });
  const asking = withDevice(bench.means, {}, async (session) => {
    for (;;) await ask(session, GET_DEVICE_ID);
  });

  await expect(bench.clock.until(asking)).rejects.toThrow('REQUEST_ABORTED');
});

describe('an error is the finding', () => {
  interface Row {
    readonly code: IpmiErrorCode;
    readonly text: string;
    readonly slug: string | undefined;
    readonly silence?: Silence;
  }

  test.each<Row>([
    { code: 'RESPONSE_MALFORMED', text: 'too short', slug: 'bt-malformed' },
    { code: 'DEVICE_ABSENT', text: 'no BMC', slug: 'bt-absent' },
    {
      code: 'REQUEST_TIMEOUT',
      text: 'the BMC stayed busy',
      slug: 'bt-busy-stuck',
      silence: 'busy',
    },
    { code: 'REQUEST_TIMEOUT', text: 'no reply within 5 ms', slug: 'bt-drops-requests' },
    {
      code: 'BMC_UNRESPONSIVE',
      text: 'a frame that is no reply to it',
      slug: 'bt-wrong-answer',
      silence: 'misfit',
    },
    {
      code: 'BMC_UNRESPONSIVE',
      text: 'took the request and did not answer',
      slug: 'bt-drops-requests',
    },
    { code: 'PORT_DENIED', text: 'not root', slug: undefined },
    { code: 'DEVICE_LOCKED', text: 'another process', slug: undefined },
    { code: 'REQUEST_ABORTED', text: 'aborted', slug: undefined },
  ])('$code: $text', ({ code, text, slug, silence }) => {
    const error = new IpmiError(code, text, { silence });

    expect(slugOf(error)).toBe(slug);
    expect(textOf(error)).toBe(text);
  });

  test('unless it is none of this library', () => {
    expect(slugOf(new Error('bug'))).toBeUndefined();
    expect(textOf(new Error('bug'))).toBe('Error: bug');
  });
});

test('trouble is told with what the interface does next', async () => {
  const bench = new Bench();
  const trouble = { kind: 'trouble', slug: 'bt-late', text: 'late', ms: 1 } as const;
  const judge = (where: string) =>
    bench.clock.until(
      withDevice(bench.means, {}, (session) => {
        if (where === 'wedged') bench.bmc.fail('silent');
        return reportTrouble(session, trouble, { where, evidence: ['in'] });
      }),
    );

  expect([await judge('once'), await judge('wedged')]).toEqual([false, true]);

  const { slugs, texts, evidence } = bench.reported;
  expect(slugs).toEqual(['bt-late', 'bt-wedged']);
  expect(texts[0]).toMatch(/^once: late; the next request was answered\. /);
  expect(texts[1]).toMatch(/^wedged: late; nor were 2 further requests answered\. /);
  expect(evidence).toEqual(['in', 'in']);
});

test('a reply in words, and replies compared', () => {
  expect(replyText(OK)).toBe('0102');
  expect(replyText({ ...OK, data: Uint8Array.of() })).toBe('no data');
  expect(replyText({ ...OK, completionCode: 0xc1 })).toBe('0xc1 (Invalid command) 0102');
  expect(isSameReply(OK, { ...OK })).toBe(true);
  expect(isSameReply(OK, { ...OK, data: Uint8Array.of(1, 3) })).toBe(false);
  expect(isSameReply(OK, { ...OK, completionCode: 0xc1 })).toBe(false);
});
