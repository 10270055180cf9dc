/** `ipmi-bt serve status`, of servers in this process. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { newStatistics } from '../../../src/driver/statistics.ts';
import { Account } from '../../../src/serve/account.ts';
import { statusFields } from '../../../src/serve/server-status.ts';
import { noCounts } from '../../../src/serve/ipmidev/counters.ts';
import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { served } from '../../support/served.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** The status of a server that has everything, and one client. */
function wholeStatus(): object {
  const counters = new Account().read();
  return statusFields({
    ...{ pid: 12, base: 0xce4, backend: 'native', servedForMs: 61_249.7 },
    file: {
      path: '/dev/ipmi0',
      cuse: { requests: 4, notices: 1, bugs: 0, openFiles: 1 },
      counters: { ...noCounts(), timeoutsAnswered: 2 },
    },
    socket: { path: '/run/s' },
    dummy: {
      ...{ path: '/run/d', connections: 1, requests: 3 },
      ownAnswers: { timeout: 0, denied: 1, lost: 0 },
    },
    watchdog: {
      ...{ countdownMs: 60_000, action: 'hard-reset', feeds: 4, failures: 1, isFailing: true },
    },
    broker: {
      ...{ state: 'lost', waiting: 3, isBusy: true, clientsOpened: 2, clientsRefused: 0 },
      totals: { ...counters, requests: 9, answered: 6, denied: 1 },
      clients: [
        {
          opener: { door: 'device', pid: 300, uid: 1000, gid: 100 },
          ...{ openForMs: 1500, waiting: 1, pending: 2, isListening: true, counters },
        },
      ],
    },
    device: newStatistics(),
  });
}

describe('the status', () => {
  test('is a table, and one of its clients', async () => {
    const { path } = await served({ status: wholeStatus });
    const { stdout, exit } = await runCli('serve', 'status', '--socket', path);

    expect(exit).toBe(0);
    const rows = stdout.split('\n').map((row) => row.replaceAll(/ +/g, ' ').trimEnd());
    expect(rows).toEqual([
      'Server : pid 12, for 61.3 s',
      'BT interface : 0xce4',
      'BMC : lost',
      'Device file : /dev/ipmi0',
      'Socket : /run/s',
      'Socket of dummy : /run/d',
      'Watchdog : NOT reached, 60 s, then hard-reset',
      'Requests waiting : 3',
      'Requests : 9',
      'Answered by the BMC : 6',
      'Denied by the policy : 1',
      'Time-outs answered 0xc3 : 2',
      'Losses answered 0xff : 0',
      'Transactions : 0',
      'CLIENT PID UID OPEN WAITING REQUESTS DENIED WAITED',
      'device 300 1000 1.5 s 1 0 0 0 s',
      '',
    ]);
  });

  test('is, as JSON, what its schema says', async () => {
    const { path } = await served({ status: wholeStatus });
    const { stdout } = await runCli('--json', 'serve', 'status', '--socket', path);

    expect(expectObjects(stdout, 'serve-status')).toMatchObject([
      { served_for_ms: 61_250, watchdog: { is_failing: true }, broker: { state: 'lost' } },
    ]);
  });

  test('of a server of another version is shown as far as it is known', async () => {
    const { path } = await served({ status: () => ({ pid: 12, news: true }) });
    const { stdout, exit } = await runCli('serve', 'status', '--socket', path);

    expect(exit).toBe(0);
    expect(stdout).toMatch(/^Server +: pid 12, for unknown\nBT interface +: unknown\n/);
    expect(stdout).toMatch(/^Watchdog +: unknown\n/m);
  });
});

test('where no server listens, the exit code is 75, and the text says how one starts', async () => {
  const path = join(tempFolder(), 'none');
  const { stdout, stderr, exit } = await runCli('serve', 'status', '--socket', path);

  expect({ stdout, exit }).toEqual({ stdout: '', exit: 75 });
  expect(stderr).toBe(
    `ipmi-bt: DEVICE_CLOSED: no server listens at ${path}; start one: ipmi-bt serve\n`,
  );
});
