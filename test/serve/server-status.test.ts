/** The status of a server as JSON has it. */

import { expect, test } from 'vitest';

import { newStatistics } from '../../src/driver/statistics.ts';
import { Account } from '../../src/serve/account.ts';
import { statusFields } from '../../src/serve/server-status.ts';
import type { ServerStatus } from '../../src/serve/server-status.ts';

/** A server that has served for that time, whose client has waited for its turn. */
function statusAfter(servedForMs: number, waitedMs: number): ServerStatus {
  const account = new Account();
  account.count('requests');
  account.waited(waitedMs);
  const counters = account.read();
  return {
    ...{ pid: 7, base: 0xce4, backend: 'native', servedForMs },
    ...{ file: undefined, socket: { path: '/run/s' }, dummy: undefined, watchdog: undefined },
    broker: {
      ...{ state: 'ready', waiting: 1, isBusy: true, clientsOpened: 2, clientsRefused: 0 },
      totals: counters,
      clients: [
        {
          opener: { door: 'dummy', pid: 9, uid: 0, gid: 0 },
          ...{ openForMs: 1.4, waiting: 1, pending: 1, isListening: false, counters },
        },
      ],
    },
    device: newStatistics(),
  };
}

test('names are those of JSON, and what is not there is null', () => {
  const fields = statusFields(statusAfter(0, 0));

  expect(fields).toMatchObject({
    ...{ pid: 7, served_for_ms: 0, file: null, dummy: null, watchdog: null },
    broker: { is_busy: true, clients: [{ opener: { door: 'dummy' }, is_listening: false }] },
    device: { complete_transactions: 0, latency: { max_us: 0 } },
  });
  expect(JSON.stringify(fields)).not.toMatch(/"\w*[A-Z]\w*":/);
});

test('milliseconds are whole', () => {
  expect(statusFields(statusAfter(1234.5678, 2.5001))).toMatchObject({
    served_for_ms: 1235,
    broker: {
      totals: { waited_ms: 3, waited_max_ms: 3 },
      clients: [{ open_for_ms: 1, counters: { waited_ms: 3 } }],
    },
  });
});
