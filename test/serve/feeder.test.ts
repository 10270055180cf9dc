/** The feeder of the BMC's watchdog, against simulated BMCs that answer, forget, or are away. */

import { describe, expect, test } from 'vitest';

import { WatchdogFeeder } from '../../src/serve/feeder.ts';
import type { FeederParts } from '../../src/serve/feeder.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { brokerRig, keepingLog } from '../support/broker-rig.ts';

const COUNTDOWN_MS = 60_000;
const RESET = 0x22;
const SET = 0x24;
const GET = 0x25;

async function rig(options: SimOptions = {}, parts: Partial<FeederParts> = {}) {
  const { clock, bmc, client, broker } = await brokerRig(options);
  const { log, lines } = keepingLog();
  const requester = client(1);
  const feeder = new WatchdogFeeder({ requester, clock, log, countdownMs: COUNTDOWN_MS, ...parts });
  const before = bmc.executed.length;
  /** The commands of the watchdog so far, without other ones. */
  const sent = (): readonly number[] =>
    bmc.executed
      .slice(before)
      .filter(({ netFn, cmd }) => netFn === 0x06 && [RESET, SET, GET].includes(cmd))
      .map(({ cmd }) => cmd);
  const texts = (): readonly string[] => lines.map(({ level, text }) => `${level}: ${text}`);
  return { clock, bmc, client, broker, feeder, sent, texts };
}

describe('the watchdog', () => {
  test('is set, started, fed every third of its time, and stopped', async () => {
    const { clock, bmc, feeder, sent, texts } = await rig();
    await clock.until(feeder.start());
    expect(sent()).toEqual([GET, SET, RESET]);
    const set = bmc.executed.find(({ cmd }) => cmd === SET);
    // Use SMS/OS, no action, no pre-timeout, clears its flag, 600 ticks.
    expect([...(set?.data ?? [])]).toEqual([0x04, 0x00, 0, 0x10, 0x58, 0x02]);

    await clock.pass(COUNTDOWN_MS * 2);
    expect(sent().slice(3)).toEqual([RESET, RESET, RESET, RESET, RESET, RESET]);

    await clock.until(feeder.stop());
    await clock.until(feeder.stop());
    expect(sent().slice(9)).toEqual([GET, GET, SET]);
    expect(feeder.status()).toEqual({
      ...{ countdownMs: COUNTDOWN_MS, action: 'none', feeds: 7, failures: 0, isFailing: false },
    });
    expect(texts()).toEqual([]);
    await clock.pass(COUNTDOWN_MS);
    expect(sent()).toHaveLength(12);
  });

  test('has the action that is named', async () => {
    const { clock, bmc, feeder } = await rig({}, { action: 'hard-reset' });
    await clock.until(feeder.start());

    const set = bmc.executed.find(({ cmd }) => cmd === SET);
    await clock.until(feeder.stop());
    expect(set?.data[1]).toBe(0x01);
    expect(feeder.status().action).toBe('hard-reset');
  });

  test('that the BMC has not is an error', async () => {
    const { clock, feeder, sent } = await rig({
      answer: ({ cmd }) => ([RESET, SET, GET].includes(cmd) ? [0xc1] : undefined),
    });

    await expect(clock.until(feeder.start())).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    await clock.until(feeder.stop());
    await clock.pass(COUNTDOWN_MS);
    expect(sent()).toEqual([GET]);
  });

  test('that runs already is told of and set anew', async () => {
    const { clock, feeder, texts } = await rig({
      answer: ({ cmd }) => (cmd === GET ? [0, 0x43, 0x01, 0, 0, 100, 0, 50, 0] : undefined),
    });
    await clock.until(feeder.start());
    expect(texts()).toEqual(['warn: the watchdog of the BMC was running already; it is set anew']);

    // Its use is not that of the feeder, at the end as well: another program has taken it.
    await clock.until(feeder.stop());
    expect(texts().slice(1)).toEqual([
      'warn: the watchdog of the BMC is of another program by now',
    ]);
  });

  test('needs a countdown in which requests can wait for their turns', async () => {
    await expect(rig({}, { countdownMs: 9900 })).rejects.toThrow(
      'countdownMs must be an integer from 10000 to 6553500, not 9900',
    );
  });
});

describe('a BMC', () => {
  test('that restarts is told of once, and given its watchdog again', async () => {
    const { clock, feeder, sent, texts, client } = await rig({ restartMs: 50_000 });
    await clock.until(feeder.start());
    await clock.until(client(2).request({ netFn: 0x06, cmd: 0x02 }));
    const before = sent().length;

    await clock.pass(3 * COUNTDOWN_MS);

    expect(sent().slice(before, before + 3)).toEqual([RESET, SET, RESET]);
    expect(feeder.status()).toMatchObject({ isFailing: false });
    expect(feeder.status().failures).toBeGreaterThanOrEqual(2);
    expect(texts()).toEqual([
      'error: the watchdog of the BMC is not fed',
      'warn: the BMC has forgotten its watchdog; it is set again',
      'info: the watchdog of the BMC is fed again',
    ]);
    await clock.until(feeder.stop());
  });

  test('that is away at the start is told of, and tried again', async () => {
    let isAway = false;
    const { clock, feeder, sent, texts } = await rig({
      answer: ({ netFn }) => (isAway && netFn === 0x06 ? 'drop' : undefined),
    });
    isAway = true;
    await clock.until(feeder.start());
    expect(texts()).toEqual(['error: the watchdog of the BMC is not fed']);
    isAway = false;

    await clock.pass(2 * COUNTDOWN_MS);

    expect(sent().slice(-3)).toContain(RESET);
    expect(texts().at(-1)).toBe('info: the watchdog of the BMC is fed again');
    await clock.until(feeder.stop());
  });

  test('that is away at the end leaves the countdown going, which is told', async () => {
    let isAway = false;
    const { clock, feeder, texts } = await rig({
      answer: ({ netFn }) => (isAway && netFn === 0x06 ? 'drop' : undefined),
    });
    await clock.until(feeder.start());
    isAway = true;

    await clock.until(feeder.stop());

    const text = 'the watchdog of the BMC could not be stopped; its countdown goes on';
    expect(texts()).toEqual([`error: ${text}`]);
    isAway = false;
    await clock.pass(60_000);
  });

  test('is not given the watchdog by a feeder that is stopped while it starts', async () => {
    const { clock, feeder, sent } = await rig({ responseMs: 100 });
    const starting = feeder.start();
    await clock.pass(150);

    await clock.until(feeder.stop());
    await clock.until(starting);

    expect(sent().slice(-3)).toEqual([GET, GET, SET]);
    await clock.pass(2 * COUNTDOWN_MS);
    expect(sent()).toHaveLength(6);
  });
});

test('a flood of another process does not keep the watchdog from being fed', async () => {
  const { clock, feeder, client, sent } = await rig({ responseMs: 5 });
  await clock.until(feeder.start());
  const flood = client(2);
  let isOver = false;
  const all = Array.from({ length: 50 }, async () => {
    while (!isOver) await flood.request({ netFn: 0x30, cmd: 0x01 });
  });

  await clock.pass(25_000);
  isOver = true;
  await clock.until(Promise.all(all));

  expect(sent()).toEqual([GET, SET, RESET, RESET]);
  await clock.until(feeder.stop());
});
