/** The refusals of a NATS server, in the words of docs/fleet.md. */

import { expect, test } from 'vitest';

import { isRefusal, refusalOf, refusalText } from '../../src/nats/permissions.ts';

function violation(subject: string, operation = 'publish'): Error {
  const fields = { name: 'PermissionViolationError', operation, subject };
  return Object.assign(new Error('Permissions Violation'), fields);
}

test.each([
  ['_INBOX.alice.x.y', '_INBOX.alice.>'],
  ['_INBOX.alice', '_INBOX.alice'],
  ['$SRV.PING.ipmi-bt', '$SRV.>'],
  ['$JS.ACK.ipmi-bt-events.reader.1.2.3', '$JS.ACK.ipmi-bt-events.>'],
  ['$JS.API.CONSUMER.CREATE.ipmi-bt-events.a.b', '$JS.API.CONSUMER.CREATE.ipmi-bt-events.>'],
  ['ipmi-bt.uv1.info.alice', 'ipmi-bt.uv1.info.alice'],
])('%s is told as %s', (subject, told) => {
  expect(refusalOf(violation(subject)).subject).toBe(told);
});

test('a refusal says what to do, also as the cause of another error', () => {
  const error = new Error('request failed', {
    cause: violation('ipmi-bt.uv1.*.*', 'subscription'),
  });

  expect(refusalText(error)).toBe(
    'NATS does not let this user subscribe to ipmi-bt.uv1.*.*: give a key and a name that belong ' +
      'together (--nkey, and --user or --host); or let the user of this key subscribe to it ' +
      '(the permissions of docs/fleet.md), and start this again',
  );
});

test('any other error is no refusal', () => {
  expect([isRefusal(new Error('x')), isRefusal('x'), isRefusal(violation('a'))]).toEqual([
    ...[false, false, true],
  ]);
  expect(() => refusalOf(new Error('x'))).toThrow('bug: no refusal of NATS');
});
