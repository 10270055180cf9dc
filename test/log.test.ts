/** Warnings are bounded, and what was left out is counted. */

import { describe, expect, test } from 'vitest';

import { limitWarnings, logOf, silentLog } from '../src/log.ts';
import type { Log } from '../src/log.ts';
import { openFrom } from '../src/registry/open.ts';
import { SimBmc } from '../src/sim/bmc.ts';
import { WAYS, unhandledRejections } from './support/failing.ts';

const MINUTE_MS = 60_000;

function bench() {
  const time = { nowMs: 5 };
  const lines: unknown[] = [];
  const at =
    (level: string, above: object = {}) =>
    (fields: object, message: string): void =>
      void lines.push([level, message, { ...above, ...fields }]);
  const logger = (above: object): Log => ({
    trace: at('trace', above),
    debug: at('debug', above),
    info: at('info', above),
    warn: at('warn', above),
    error: at('error', above),
    child: (fields) => logger({ ...above, ...fields }),
  });
  return { time, lines, log: limitWarnings(logger({}), () => time.nowMs) };
}

test('ten warnings of a kind are written a minute, and the next one counts the others', () => {
  const { time, lines, log } = bench();
  for (let count = 0; count < 25; count += 1) log.warn({ seq: count }, 'repeat');
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toEqual(['warn', 'repeat', { seq: 9 }]);

  time.nowMs += MINUTE_MS;
  log.warn({ seq: 25 }, 'repeat');
  log.warn({ seq: 26 }, 'repeat');

  expect(lines.slice(10)).toEqual([
    ['warn', 'repeat', { seq: 25, suppressed: 15 }],
    ['warn', 'repeat', { seq: 26 }],
  ]);
});

test('one kind does not take the place of another', () => {
  const { time, lines, log } = bench();
  for (let count = 0; count < 25; count += 1) log.warn({}, 'repeat');
  time.nowMs += MINUTE_MS - 1;

  log.warn({}, 'lost');
  log.warn({}, 'repeat');

  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toEqual(['warn', 'lost', {}]);
});

test('what is no warning is written as it comes', () => {
  const { lines, log } = bench();
  const child = log.child({ dev: 'bt0' });
  for (const level of ['trace', 'debug', 'info', 'error'] as const) {
    for (let count = 0; count < 25; count += 1) child[level]({ count }, 'line');
  }

  expect(lines).toHaveLength(100);
  expect(lines[99]).toEqual(['error', 'line', { dev: 'bt0', count: 24 }]);
});

test('a child is bounded by itself', () => {
  const { lines, log } = bench();
  for (const dev of ['bt0', 'bt1']) {
    const child = log.child({ dev });
    for (let count = 0; count < 25; count += 1) child.warn({}, 'lost');
  }

  expect(lines).toHaveLength(20);
});

test('silence stays silence', () => {
  expect(limitWarnings(silentLog, () => 0)).toBe(silentLog);
});

test('a logger without child and trace, such as console, gets the fields of both with each line', () => {
  const lines: unknown[] = [];
  const at =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push([level, message, fields]);
  const log = logOf({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });

  const child = log.child({ dev: 'bt0' }).child({ seq: 1 });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) child[level]({}, 'x');
  log.info({ base: 1 }, 'open');

  const fields = { dev: 'bt0', seq: 1 };
  expect(lines).toEqual([
    ...['debug', 'debug', 'info', 'warn', 'error'].map((level) => [level, 'x', fields]),
    ['info', 'open', { base: 1 }],
  ]);
});

test('silence is used as it is, and a logger that has all of it gets its own children', () => {
  const { lines, log } = bench();

  logOf(log).child({ dev: 'bt0' }).trace({ seq: 1 }, 'x');

  expect(logOf(silentLog)).toBe(silentLog);
  expect(lines).toEqual([['trace', 'x', { dev: 'bt0', seq: 1 }]]);
});

describe.each(Object.entries(WAYS))('a logger that %s', (_, fail) => {
  const failing = { debug: fail, info: fail, warn: fail, error: fail };

  test.each([
    ['like console', failing],
    ['like pino', { ...failing, trace: fail, child: () => ({ ...failing, trace: fail }) }],
    ['whose child fails', { ...failing, trace: fail, child: fail as () => never }],
  ])('changes nothing for a device: %s', async (...[, logger]) => {
    const unhandled = unhandledRejections();
    const sim = new SimBmc();

    const device = await openFrom(1, { base: sim.base, port: sim, logger });
    const { completionCode } = await device.request({ netFn: 0x06, cmd: 0x01 });
    await device.close();

    expect({ completionCode, unhandled: await unhandled() }).toEqual({
      ...{ completionCode: 0, unhandled: [] },
    });
  });
});
