/** The log of the connection tells its changes and errors alone. */

import type { NatsConnection } from '@nats-io/transport-node';
import { expect, test } from 'vitest';

import { tellStates } from '../../src/nats/states.ts';

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
