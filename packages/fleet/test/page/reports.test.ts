/** The answers of agents as the page has them, those of agents that lie among them. */

import { describe, expect, test } from 'vitest';

import type { Delivery, Failure } from '../../src/fleet/transport.ts';
import { TEXT_CHARS_MAX, countedBy, eventRow, identifiedBy } from '../../src/page/reports.ts';
import { isOurs, isSilence, troubleOf, verdictBy } from '../../src/page/reports.ts';
import { eventOf } from './rig.ts';

const answer = (body: object): Delivery => ({ kind: 'answer', body: { ...body } });
const result = (value: unknown): Delivery => answer({ result: value });

function failure(code: Failure['code'], isFromAgent = false): Failure {
  const own = isFromAgent ? { isFromAgent } : {};
  return { kind: 'failure', code, message: 'why', outcome: 'unknown', ...own };
}

test.each([
  ['DEVICE_ABSENT', true, false],
  ['REQUEST_TIMEOUT', true, false],
  ['DEVICE_CLOSED', false, true],
  ['REQUEST_ABORTED', false, true],
  ['COMMAND_DENIED', false, false],
] as const)('%s without a word of the agent: silent %s, ours %s', (code, silence, ours) => {
  const [own, told] = [failure(code), failure(code, true)];

  expect([isSilence(own), isOurs(own)]).toEqual([silence, ours]);
  expect([isSilence(told), isOurs(told)]).toEqual([false, false]);
  expect(troubleOf(told)).toBe(`${code}: why`);
});

test.each([
  [{ completionCode: 0, data: '20010235' }, ''],
  [{ completionCode: 0, data: '20018235' }, 'the BMC is starting, or takes new firmware'],
  [{ completionCode: 0, data: '20' }, 'Get Device ID: the answer is too short'],
  [{ completionCode: 0xc0, data: '' }, 'Get Device ID: completion code 0xc0: Node busy'],
  [{}, 'no device id'],
])('%j: %j', (body, trouble) => {
  expect(troubleOf(answer(body))).toBe(trouble);
});

test('firmware has the bytes of the maker, and its absence is no fault', () => {
  const deviceId = { manufacturerId: 1, productId: 2, firmwareRevision: '2.35' };

  expect(identifiedBy(result({ deviceId }))).toEqual({
    ...{ product: '1/2', firmware: '2.35', fault: '' },
  });
  for (const auxFirmware of ['0a0b0c0d', [10, 11, 12, 13]]) {
    expect(identifiedBy(result({ deviceId: { ...deviceId, auxFirmware } }))).toEqual({
      ...{ product: '1/2', firmware: '2.35 (0a0b0c0d)', fault: '' },
    });
  }
  expect(identifiedBy(result({ selfTest: { result: 'device error' } }))).toEqual({
    ...{ product: null, firmware: null, fault: 'self test: device error' },
  });
});

/** The part of an event that its sender does not choose. */
const PLACE = { seq: 1, host: 'a', atMs: 2, learnedMs: 3 };

describe('an agent that lies', () => {
  const deviceId = { manufacturerId: 1, productId: 2, firmwareRevision: '2.35' };

  test.each<[unknown]>([
    [undefined],
    [[]],
    ['text'],
    [{ deviceId: { ...deviceId, manufacturerId: '<b>' } }],
    [{ deviceId: { ...deviceId, firmwareRevision: 7 } }],
    [{ hosedCount: -1, latency: { counts: [1], maxUs: 1 } }],
    [{ hosedCount: 0, latency: { counts: Array(65).fill(1), maxUs: 1 } }],
    [{ hosedCount: 0, latency: { counts: [0.5], maxUs: 1 } }],
    [{ hosedCount: 0, latency: { counts: [1], maxUs: null } }],
  ])('is not believed: %j', (value) => {
    expect([identifiedBy(result(value))?.product ?? null, countedBy(result(value))]).toEqual([
      ...[null, undefined],
    ]);
  });

  test('has short texts without signs that turn a line', () => {
    const long = `\u202Eevil\u0000${'x'.repeat(5000)}`;
    const firmware = identifiedBy(result({ deviceId: { ...deviceId, firmwareRevision: long } }));
    const smoke = verdictBy(result({ exitCode: 1, line: long }), 1);
    const event = eventRow(eventOf('a', 'e', long).event, PLACE);

    expect(firmware?.firmware).toMatch(/^\\x202eevil\\x00x+…$/);
    expect(firmware?.firmware?.length).toBe(40);
    expect([smoke?.line.length, event.text.length]).toEqual([TEXT_CHARS_MAX, TEXT_CHARS_MAX]);
    expect(troubleOf({ ...failure('AGENT_FAILED', true), message: long }).length).toBe(300);
  });

  test('tells an event of no form, which is an event all the same', () => {
    const event = { record: 7, words: [] };

    expect(eventRow(event, PLACE)).toEqual({ ...PLACE, severity: '', subject: '', text: '' });
  });
});

test.each([
  [result({ exitCode: 0, line: 'PASS' }), { verdict: 'pass', line: 'PASS' }],
  [result({ exitCode: 1, line: 'FAIL' }), { verdict: 'fail', line: 'FAIL' }],
  [result({ exitCode: 69, line: '' }), { verdict: 'unknown', line: 'exit code 69' }],
  [result({}), { verdict: 'unknown', line: 'no verdict came' }],
  [failure('AGENT_FAILED', true), { verdict: 'unknown', line: 'AGENT_FAILED: why' }],
])('a smoke test %j', (delivery, verdict) => {
  expect(verdictBy(delivery, 5)).toEqual({ ...verdict, atMs: 5 });
});

test('of a host that does not answer, the last verdict stays', () => {
  expect(verdictBy(failure('REQUEST_TIMEOUT'), 5)).toBeUndefined();
});

test.each([
  [[], null],
  [[0, 0, 0], null],
  [[0, 100], 2],
  [[0, 99, 0, 1], 2],
  [[0, 98, 0, 2], 8],
  [[...Array<number>(20).fill(0), 1], 600_000],
])('of counts %j the share is within %s', (counts, p99Us) => {
  const delivery = result({ hosedCount: 1, latency: { counts, maxUs: 600_000 } });

  expect(countedBy(delivery)).toMatchObject({ p99Us, losses: 1 });
});
