/** Messages of the server's own socket: each is read as it was written, and nothing else is. */

import { describe, expect, test } from 'vitest';

import { bytesOf, digitsOf, lineOf, parseClient, parseServer } from '../../src/serve/protocol.ts';
import type { ClientMessage, ServerMessage } from '../../src/serve/protocol.ts';
import { Rng } from '../../src/sim/rng.ts';

const CLIENT: readonly ClientMessage[] = [
  { type: 'request', id: 0, netFn: 6, cmd: 1, lun: 0, data: '', retries: 'safe' },
  {
    type: 'request',
    id: 7,
    netFn: 0x3e,
    cmd: 255,
    lun: 3,
    data: '00ff',
    retries: 2,
    timeoutMs: 9.5,
    repeatBusy: false,
  },
  { type: 'abort', id: Number.MAX_SAFE_INTEGER },
  { type: 'expect', id: 1, channel: 15, address: 0x2c, netFn: 6, cmd: 1 },
  { type: 'cancel', id: 1, wasSent: false },
  { type: 'listen', event: true, attention: false },
  { type: 'status', id: 3 },
];

const SERVER: readonly ServerMessage[] = [
  { type: 'hello', protocol: 1, version: '0.1.0', pid: 9, base: 0xce4, state: 'lost' },
  {
    ...{ type: 'hello', protocol: 1, version: '0.1.0', pid: 9, base: 0xce4, state: 'ready' },
    ...{ deviceId: '20', capabilities: '013f3f0502' },
  },
  { type: 'reply', id: 4, completionCode: 0xc1, data: '' },
  { type: 'failed', id: 4, code: 'QUEUE_FULL', text: 'too many', outcome: 'not-sent' },
  {
    ...{ type: 'failed', id: 4, code: 'COMMAND_FAILED', text: 'no', outcome: 'answered' },
    ...{ completionCode: 0xc3, silence: 'busy' },
  },
  { type: 'expected', id: 1, seq: 63 },
  {
    ...{ type: 'answer', id: 1, netFn: 7, address: 0x2c, seq: 63, cmd: 1 },
    ...{ completionCode: 0, data: '20' },
  },
  { type: 'event', record: '00'.repeat(16) },
  { type: 'message', channel: 0, data: '00' },
  { type: 'watchdogPretimeout' },
  { type: 'oem', flags: 0xe0 },
  { type: 'attention' },
  { type: 'noEvents', reason: 'refused' },
  { type: 'lost', reason: 'silent' },
  { type: 'ready', deviceId: '20' },
  { type: 'identity' },
  { type: 'status', id: 3, status: { clients: [] } },
  { type: 'bye', reason: 'the server ends' },
];

test.each(CLIENT.map((message) => [message.type, message] as const))(
  'a client: %s',
  (_, message) => {
    expect(parseClient(lineOf(message).trimEnd())).toEqual({ kind: 'message', message });
    expect(parseServer(lineOf(message).trimEnd()).kind).toBe('wrong');
  },
);

test.each(SERVER.map((message) => [message.type, message] as const))(
  'a server: %s',
  (_, message) => {
    expect(parseServer(lineOf(message).trimEnd())).toEqual({ kind: 'message', message });
  },
);

test('a field that is not known is left out', () => {
  expect(parseClient('{"type":"abort","id":1,"more":2,"__proto__":{"id":3}}')).toEqual({
    kind: 'message',
    message: { type: 'abort', id: 1 },
  });
});

const REQUEST = { type: 'request', id: 0, netFn: 6, cmd: 1, lun: 0, data: '', retries: 'safe' };

describe('a wrong value is named by its field alone:', () => {
  test.each<[field: string, value: unknown]>([
    ...[-1, 0.5, '1', null, 2 ** 53].map((value): [string, unknown] => ['id', value]),
    ...[1, 7, 0x40, -2, '6'].map((value): [string, unknown] => ['netFn', value]),
    ...[256, -1, null].map((value): [string, unknown] => ['cmd', value]),
    ...[4, undefined].map((value): [string, unknown] => ['lun', value]),
    ...['0', 'zz', 'FF', '00'.repeat(253), [], 0].map((value): [string, unknown] => [
      'data',
      value,
    ]),
    ...[0, -1, 2 ** 31, '5', null].map((value): [string, unknown] => ['timeoutMs', value]),
    ...[-1, 'never', 0.5].map((value): [string, unknown] => ['retries', value]),
  ])('%s %j', (field, value) => {
    expect(parseClient(JSON.stringify({ ...REQUEST, [field]: value }))).toEqual({
      kind: 'wrong',
      reason: `request has a wrong ${field}`,
    });
  });
});

test.each(['', 'null', '1', '[]', '"request"', '{', '{}', '{"type":1}', '{"type":"toString"}'])(
  'no message: %j',
  (line) => {
    expect([parseClient(line).kind, parseServer(line).kind]).toEqual(['wrong', 'wrong']);
  },
);

test.each(['', '00'.repeat(15), '00'.repeat(17)])('an event of %j is none', (record) => {
  expect(parseServer(JSON.stringify({ type: 'event', record }))).toEqual({
    kind: 'wrong',
    reason: 'event has a wrong record',
  });
});

test('lines of chance and lines with changed bytes are messages, or have a reason', () => {
  const rng = new Rng(2);
  const kinds = new Set<string>();
  for (let round = 0; round < 5000; round += 1) {
    const [message] = [CLIENT[rng.integer(0, CLIENT.length - 1)] ?? CLIENT[0]];
    const bytes = message === undefined ? Buffer.alloc(0) : Buffer.from(lineOf(message).trimEnd());
    for (let change = rng.integer(0, 2); change > 0; change -= 1) {
      bytes[rng.integer(0, bytes.length - 1)] = rng.integer(0, 255);
    }
    const parsed = parseClient(bytes.toString('utf8'));
    kinds.add(parsed.kind);
    const isMessage = parsed.kind === 'message';
    // What counts as a message is one, and is read again as the same.
    if (isMessage) expect(parseClient(lineOf(parsed.message).trimEnd())).toEqual(parsed);
    else expect(parsed.reason).toMatch(/^(a line|[a-z]+) (is|has) /);
  }

  expect([...kinds].sort()).toEqual(['message', 'wrong']);
});

test('bytes are digits and again bytes', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);

  expect(bytesOf(digitsOf(bytes))).toEqual(bytes);
  expect(digitsOf(bytes.subarray(254))).toBe('feff');
});
