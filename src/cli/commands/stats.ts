/**
 * `ipmi-bt stats`: sends a number of harmless requests, and prints what the driver counted and how
 * long the BMC took.
 */

import { percentileUs } from '../../driver/statistics.ts';
import type { Latency } from '../../driver/statistics.ts';
import { IpmiError } from '../../index.ts';
import type { Statistics } from '../../index.ts';
import { snakeCase } from '../../shown.ts';
import { parseNumber } from '../args.ts';
import { EXIT_TRY_LATER } from '../exit-codes.ts';
import { inFlags, jsonLine, table } from '../format.ts';
import { command, readGlobals } from '../globals.ts';
import { tellUser } from '../output.ts';
import { runSession } from '../session.ts';
import type { Command, Session } from '../session.ts';

export const STATS_COMMAND = command({
  name: 'stats',
  help: 'send Get Device ID many times, and print counters and the latency of the BMC',
  options: { count: { value: 'n', help: 'number of requests', fallback: '100' } },
  examples: [{ line: '--sim stats --count 10', help: 'send 10 requests to the simulated BMC' }],
  exitCodes: {
    0: 'the BMC answered all requests',
    75: 'a request failed; the counters until then are printed',
  },
  run: ({ options, globals }) =>
    runSession(readGlobals(globals), 'full', stats(parseCount(options.count))),
});

/** Most requests of one run. */
const COUNT_MAX = 1_000_000;

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** Reads `--count`. */
export function parseCount(text: string): number {
  return parseNumber(text, '--count', COUNT_MAX);
}

/** Sends Get Device ID `count` times, each after the answer to the last. */
export function stats(count: number): Command {
  return async (session) => {
    const failure = await sendAll(session, count);
    const statistics = session.device.statistics();
    const { globals, device, backend, stdout } = session;
    const place = { base: device.base, port_backend: globals.sim ? 'sim' : backend };
    stdout.write(
      globals.json
        ? jsonLine('stats', { ...place, ...fields(statistics) })
        : table(rows(statistics)),
    );
    if (failure === undefined) return 0;
    // What was counted tells more of a bad interface than the error does.
    tellUser(inFlags(failure.message));
    return EXIT_TRY_LATER;
  };
}

/** Returns what a request failed with, at which it stops. */
async function sendAll(
  { device, leftMs, signal }: Session,
  count: number,
): Promise<IpmiError | undefined> {
  try {
    for (let sent = 0; sent < count; sent += 1) {
      await device.request(GET_DEVICE_ID, { timeoutMs: leftMs(), signal });
    }
    return undefined;
  } catch (error) {
    if (error instanceof IpmiError && error.code !== 'REQUEST_ABORTED') return error;
    throw error;
  }
}

function fields({ latency, ...counters }: Statistics): object {
  return {
    ...Object.fromEntries(Object.entries(counters).map(([name, n]) => [snakeCase(name), n])),
    latency_us: {
      p50: tenth(percentileUs(latency, 50)),
      p90: tenth(percentileUs(latency, 90)),
      p99: tenth(percentileUs(latency, 99)),
      max: tenth(latency.maxUs),
      buckets: buckets(latency),
    },
  };
}

/** Only those with an answer in them; `null` stands for no limit. */
function buckets({ counts }: Latency): readonly object[] {
  return counts.flatMap((count, index) => {
    const below = index < counts.length - 1 ? 2 ** index : null;
    return count === 0 ? [] : [{ below, count }];
  });
}

function rows({ latency, ...counters }: Statistics): readonly (readonly [string, string])[] {
  const percentile = (percent: number): string => String(tenth(percentileUs(latency, percent)));
  return [
    ...Object.entries(counters).map(([name, n]) => [snakeCase(name), String(n)] as const),
    ['latency_us p50', percentile(50)],
    ['latency_us p90', percentile(90)],
    ['latency_us p99', percentile(99)],
    ['latency_us max', String(tenth(latency.maxUs))],
    ...latency.counts.flatMap((count, index) =>
      count === 0 ? [] : [[bucketLabel(index, latency), String(count)] as const],
    ),
  ];
}

function bucketLabel(index: number, { counts }: Latency): string {
  return index < counts.length - 1 ? `latency_us < ${2 ** index}` : 'latency_us above';
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
