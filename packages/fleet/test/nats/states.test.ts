/** The log of the connection tells its changes and errors alone. */

import type { NatsConnection } from '@nats-io/transport-node';
import { expect, test } from 'vitest';

import { closedError, tellStates } from '../../src/nats/states.ts';

const REFUSAL = 'PermissionViolationError';

type States = ReturnType<NatsConnection['status']>;

test('a connection that is good adds nothing to the log, and an error has its reason', async () => {
  const again = { type: 'reconnecting' };
  const states = [{ type: 'ping' }, { type: 'disconnect' }, again, { type: 'ping' }, again, again];
  const denied = { type: 'error', error: 'denied' };
  const lines: unknown[] = [];
  const add = (line: unknown) => void lines.push(line);
  const log = { info: add, warn: add, debug: () => undefined };
  const status = (): States =>
    [...states, denied, denied, { type: 'reconnect' }] as unknown as States;

  const changes: boolean[] = [];
  await tellStates({ status }, log, (isConnected) => void changes.push(isConnected));
  expect(lines).toEqual([{ type: 'disconnect' }, again, denied, denied, { type: 'reconnect' }]);
  expect(changes).toEqual([false, true]);
});

test('what the server does not allow is told once for each subject, and no more than a few', async () => {
  const refusal = (subject: string, operation = 'publish') => {
    const error = new Error(`Permissions Violation for ${operation} to "${subject}"`);
    return { type: 'error', error: Object.assign(error, { name: REFUSAL, operation, subject }) };
  };
  const inboxes = [1, 2, 3].map((number) => refusal(`_INBOX.bob.${number}`));
  const own = refusal('ipmi-bt.uv1.*.*', 'subscription');
  const many = Array.from({ length: 1000 }, (_, at) => refusal(`ipmi-bt.uv${at}.info.bob`));
  const lines: { subject?: string; operation?: string; remedy?: string }[] = [];
  const add = (line: object) => void lines.push(line);
  const log = { info: add, warn: add, debug: () => undefined };
  const status = (): States =>
    [own, ...inboxes, own, ...inboxes, ...many, ...many] as unknown as States;
  await tellStates({ status }, log);

  expect(lines.slice(0, 3)).toMatchObject([
    { operation: 'subscribe', subject: 'ipmi-bt.uv1.*.*' },
    { operation: 'publish', subject: '_INBOX.bob.>' },
    { operation: 'publish', subject: 'ipmi-bt.uv0.info.bob' },
  ]);
  expect(lines[0]?.remedy).toMatch(
    /--user or --host\); .*docs\/fleet\.md\), and start this again$/,
  );
  expect(lines).toHaveLength(100);
});

test('a connection that was closed for good is an error with the reason', async () => {
  const closed = (): Promise<Error> => Promise.resolve(new Error('the reason'));

  expect(String(await closedError({ closed }))).toMatch(/was closed: the reason; does the server/);
});
