/** The log of the connection tells its changes and errors alone. */

import type { NatsConnection } from '@nats-io/transport-node';
import { expect, test } from 'vitest';

import { tellStates } from '../../src/agent/program.ts';

type States = ReturnType<NatsConnection['status']>;

test('a connection that is good adds nothing to the log, and an error has its reason', async () => {
  const states = [{ type: 'ping' }, { type: 'disconnect' }, { type: 'error', error: 'denied' }];
  const lines: unknown[] = [];
  const log = { info: (line: unknown) => void lines.push(line), debug: () => undefined };
  const status = (): States => states as unknown as States;

  await tellStates({ status }, log);
  expect(lines).toEqual([{ type: 'disconnect' }, { type: 'error', error: 'denied' }]);
});
