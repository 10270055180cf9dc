/** `ipmi-bt stats`: what is counted, and that a BMC that fails is no reason to print nothing. */

import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { offenders } from '../../support/lists.ts';
import { readText } from '../../support/source-code.ts';

interface Stats {
  readonly schema: string;
  readonly complete_transactions: number;
  readonly hosed_count: number;
  readonly short_timeouts: number;
  readonly latency_us: {
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
    readonly buckets: readonly { readonly below: number | null; readonly count: number }[];
  };
}

async function statsOf(...words: readonly string[]) {
  const result = await runCli('--sim', '--json', ...words);
  return { ...result, stats: JSON.parse(result.stdout) as Stats };
}

test('counts bring-up and as many requests as it is told', async () => {
  const { stats, exit, stderr } = await statsOf('stats', '--count', '25');

  expect({ exit, stderr }).toEqual({ exit: 0, stderr: SIM_LINE });
  expect(stats).toMatchObject({
    ...{ schema: 'ipmi-bt/stats', version: 1, base: 0xce4, port_backend: 'sim' },
    ...{ short_timeouts: 0, long_timeouts: 0, idles: 0, interrupts: 0, attentions: 0 },
    ...{ flag_fetches: 0, hosed_count: 0, complete_transactions: 27, transactions: 27 },
    ...{ events: 0, watchdog_pretimeouts: 0, incoming_messages: 0, retries: 0, stale_replies: 0 },
    ...{ orphans: 0, recoveries: 0 },
  });
  const counts = stats.latency_us.buckets.map(({ count }) => count);
  expect(counts.reduce((sum, count) => sum + count)).toBe(27);
});

test('says how long the BMC took', async () => {
  const { stats } = await statsOf('--sim-delay', '20', 'stats', '--count', '3');

  const { p50, p99, max } = stats.latency_us;
  expect(p50).toBeGreaterThanOrEqual(20_000);
  expect(offenders([p50, p99], (value) => value > max)).toEqual([]);
});

test('--poll-ms makes it look more rarely', async () => {
  const { stats } = await statsOf(
    ...['--poll-ms', '500', '--sim-delay', '100', 'stats', '--count', '1'],
  );

  // Three answers, each of which is seen at the second look; a timer that fires early is set again.
  expect(stats.short_timeouts).toBeLessThanOrEqual(6);
  expect(stats.latency_us.max).toBeGreaterThan(490_000);
});

test('prints a table with the same names', async () => {
  const { stdout, exit } = await runCli('--sim', 'stats', '--count', '1');

  expect(exit).toBe(0);
  const rows = stdout.trimEnd().split('\n');
  expect(rows[0]).toBe('short_timeouts            : 0');
  expect(rows[7]).toBe('complete_transactions     : 3');
  expect(rows.slice(17, 21).map((row) => row.replace(/: [\d.]+$/, ''))).toEqual([
    'latency_us p50            ',
    'latency_us p90            ',
    'latency_us p99            ',
    'latency_us max            ',
  ]);
});

test('docs/cli.md has a row for each counter, in this order', async () => {
  const { stdout } = await runCli('--sim', 'stats', '--count', '1');

  const [, text = ''] = readText('docs/cli.md').split('| counter | counts |');
  const [table = ''] = text.split('\n\n');
  const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(documented.length).toBeGreaterThan(10);
  const rows = stdout.trimEnd().split('\n');
  const names = rows.map((row) => row.split(' ', 1).join(''));
  // The latencies are as many rows as the machine makes of them.
  expect(names.filter((name) => name !== 'latency_us')).toEqual(documented);
  expect(names).toContain('latency_us');
});

test('prints what was counted when the time is over, and fails then', async () => {
  const slow = ['--sim-delay', '100', '--timeout', '5'];
  const { stats, exit, stderr } = await statsOf(...slow, 'stats', '--count', '100');

  expect(exit).toBe(75);
  expect(stderr).toContain('REQUEST_TIMEOUT');
  expect(stats.complete_transactions).toBeGreaterThan(3);
  expect(stats.complete_transactions).toBeLessThan(52);
});

describe('refuses a count that is none:', () => {
  test.each(['x', '-1', '1000001', '1.5'])('%s', async (count) => {
    const { exit, stderr } = await runCli('--sim', 'stats', `--count=${count}`);

    expect(exit).toBe(64);
    expect(stderr).toContain(`--count is not a number from 0 to 1000000`);
  });
});
