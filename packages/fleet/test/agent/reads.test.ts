/** The endpoints that only read: the time of the caller. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { Pages } from '../../src/agent/pages.ts';
import { answerRead } from '../../src/agent/reads.ts';
import type { AgentDevice } from '../../src/agent/reads.ts';
import { sleep } from '../../src/clock.ts';

const ASKER = { user: 'alice', permission: 'all', asksAll: false } as const;

test('no command is sent when the time of the caller is over', async () => {
  const clock = new VirtualClock();
  const times: (readonly [atMs: number, timeoutMs: number | undefined])[] = [];
  const device = {
    request: async (_, { timeoutMs } = {}) => {
      times.push([clock.now(), timeoutMs]);
      await sleep(clock, 400, new AbortController().signal);
      return { completionCode: 0, data: new Uint8Array(64) };
    },
  } as Partial<AgentDevice> as AgentDevice;
  const smoke = async (): Promise<object> => await Promise.resolve({});
  const parts = { host: 'uv1', device, clock, pages: new Pages(clock, 1000), smoke };
  const request = { timeoutMs: 1000 };

  const answer = answerRead(parts, ASKER, { endpoint: 'lan', request });
  await expect(clock.until(answer)).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  expect(times).toEqual([
    [0, 1000],
    [400, 600],
    [800, 200],
  ]);
});
