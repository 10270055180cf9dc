/** Resets: only asked for, sent once, and the pause that follows is expected. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { RESTART_PAUSE_MS } from '../../../src/bmc/recovery.ts';
import { UsageError } from '../../../src/cli/args.ts';
import { parseReset } from '../../../src/cli/commands/reset.ts';
import { open } from '../../../src/index.ts';
import type { ResetKind } from '../../../src/index.ts';
import { SimBmc } from '../../../src/sim/bmc.ts';
import type { SimOptions } from '../../../src/sim/options.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { outcomeOf } from '../../support/rig.ts';

const RESTART_MS = 40_000;
const READ = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) };

async function bench(options: SimOptions = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, restartMs: RESTART_MS, ...options });
  const device = await clock.until(open({ base: bmc.base, port: bmc, clock }));
  const told: unknown[][] = [];
  device.on('lost', (reason) => told.push(['lost', reason]));
  device.on('ready', () => told.push(['ready']));
  onTestFinished(async () => {
    await device.close();
    await clock.pass(1);
    expect(clock.pending).toBe(0);
  });
  return { clock, bmc, device, told };
}

describe.each<[ResetKind, cmds: readonly number[]]>([
  ['cold', [0x02]],
  ['warm', [0x03]],
  ['interface', []],
])('a %s reset', (kind, cmds) => {
  test('is done once, and what is asked meanwhile is answered when the BMC is back', async () => {
    const { clock, bmc, device, told } = await bench({ mayReset: true });

    const taken = device.reset(kind);
    // A command has its place in the queue, ahead of what is asked after it.
    if (kind === 'interface') await taken;
    const waiting = [READ, CHANGE].map((message) =>
      outcomeOf(device.request(message, { timeoutMs: 100_000 })),
    );
    expect(await clock.until(taken)).toBe(0);
    expect(device.state).toBe('lost');
    const [read, change] = await clock.until(Promise.all(waiting));

    expect(read).toHaveLength(15);
    expect(change).toEqual([7]);
    expect(clock.now()).toBeGreaterThanOrEqual(RESTART_MS);
    expect(clock.now()).toBeLessThan(RESTART_MS + 500 + 1100);
    expect(told).toEqual([['lost', 'reset'], ['ready']]);
    const resets = bmc.executed.filter(({ cmd }) => cmd === 0x02 || cmd === 0x03);
    expect(resets.map(({ cmd }) => cmd)).toEqual(cmds);
    bmc.assertQuiet();
  });

  test('is not looked for before it can be down, whoever waits', async () => {
    const { clock, bmc, device } = await bench({ mayReset: true });
    await clock.until(device.reset(kind));
    const sinceMs = clock.now();
    const commands = bmc.executed.length;

    const sent = outcomeOf(device.request(READ, { timeoutMs: RESTART_PAUSE_MS - 100 }));

    expect(await clock.until(sent)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
    expect(clock.now()).toBe(sinceMs + RESTART_PAUSE_MS - 100);
    expect(bmc.executed).toHaveLength(commands);
  });
});

test('a reset that is sent as a request is expected as well', async () => {
  const { clock, device, told } = await bench();

  expect(await clock.until(outcomeOf(device.request({ netFn: 0x06, cmd: 0x02 })))).toEqual([]);
  await clock.until(device.request(READ, { timeoutMs: 100_000 }));

  expect(told).toEqual([['lost', 'reset'], ['ready']]);
});

test('a BMC that refuses is not lost', async () => {
  const { clock, device, told } = await bench({
    answer: ({ cmd }) => (cmd === 0x02 ? [0xd4] : undefined),
  });

  expect(await clock.until(device.reset('cold'))).toBe(0xd4);
  expect(await clock.until(outcomeOf(device.request(CHANGE)))).toEqual([7]);
  expect(told).toEqual([]);
});

test('a reset that is not answered is not sent again', async () => {
  const { clock, bmc, device } = await bench({
    answer: ({ cmd }) => (cmd === 0x02 ? 'drop' : undefined),
  });

  const sent = device.reset('cold', { timeoutMs: 100_000 });

  await expect(clock.until(sent)).rejects.toMatchObject({
    code: 'BMC_UNRESPONSIVE',
    outcome: 'unknown',
  });
  expect(bmc.executed.filter(({ cmd }) => cmd === 0x02)).toHaveLength(1);
});

test('a reset takes the time it is given, and no longer', async () => {
  const { clock, device } = await bench({ answer: ({ cmd }) => (cmd === 2 ? 'drop' : undefined) });
  const sinceMs = clock.now();

  await expect(clock.until(device.reset('cold', { timeoutMs: 500 }))).rejects.toMatchObject({
    code: 'REQUEST_TIMEOUT',
  });

  expect(clock.now() - sinceMs).toBe(500);
});

test('an interface reset gives up what the BMC has, and keeps what it has not', async () => {
  const { clock, bmc, device } = await bench({
    mayReset: true,
    responseMs: ({ data }) => (data[0] === 1 ? 5000 : 0),
  });
  const [hit, queued] = [1, 2].map((byte) =>
    outcomeOf(device.request({ ...CHANGE, data: Uint8Array.of(byte) }, { timeoutMs: 100_000 })),
  );
  await clock.pass(100);

  await clock.until(device.reset('interface'));

  expect(await hit).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
  expect(await clock.until(queued ?? Promise.reject(new Error('bug')))).toEqual([2]);
  expect(bmc.executed.filter(({ cmd, netFn }) => cmd === 0x01 && netFn === 0x30)).toHaveLength(2);
});

test.each([
  ['later than it is looked for', RESTART_MS],
  ['sooner', RESTART_PAUSE_MS / 2],
])(
  'what was not sent when the interface is reset waits for a BMC that is back %s',
  async (_, restartMs) => {
    const { clock, bmc, device } = await bench({ mayReset: true, restartMs });
    const state = { isBusy: true };
    const inb = bmc.inb.bind(bmc);
    bmc.inb = (port) => inb(port) | (port === bmc.base && state.isBusy ? 0x80 : 0);
    const sent = outcomeOf(device.request(CHANGE, { timeoutMs: 100_000 }));
    await clock.pass(50);
    await clock.until(device.reset('interface'));
    const [resetAtMs, commands] = [clock.now(), bmc.executed.length];
    state.isBusy = false;

    expect(await clock.until(sent)).toEqual([7]);

    expect(bmc.executed.slice(commands).map(({ netFn }) => netFn)).toEqual([0x06, 0x06, 0x30]);
    expect(bmc.executed.at(-1)?.atMs).toBeGreaterThanOrEqual(resetAtMs + RESTART_PAUSE_MS);
  },
);

test('an interface reset leaves the interrupt enable as it was', async () => {
  const writes: number[] = [];
  const { clock, bmc, device } = await bench({ mayReset: true });
  bmc.outb(bmc.base + 2, 0x01);
  const outb = bmc.outb.bind(bmc);
  bmc.outb = (port, value) => {
    if (port === bmc.base + 2) writes.push(value);
    outb(port, value);
  };

  await clock.until(device.reset('interface'));

  expect(writes).toEqual([0x81]);
});

test('other resets there are none', async () => {
  const { device } = await bench();

  await expect(device.reset('hard' as ResetKind)).rejects.toThrow(
    new RangeError('reset must be cold, warm or interface, not "hard"'),
  );
});

describe('on the command line', () => {
  test.each([[{}], [{ cold: true, warm: true, yes: true }], [{ yes: true }]] as const)(
    '%j is refused: it takes one of the three',
    (flags) => {
      expect(() => parseReset(flags)).toThrow(
        new UsageError('reset takes one of --cold, --warm and --interface'),
      );
    },
  );

  test.each(['cold', 'warm', 'interface'] as const)('--%s is refused without --yes', (kind) => {
    expect(() => parseReset({ [kind]: true })).toThrow(
      /^reset --\w+ (makes|resets) .*confirm with --yes$/,
    );
    expect(parseReset({ [kind]: true, yes: true })).toBe(kind);
  });
});

test('an interface reset that was aborted before it began, or comes after close(), is not done', async () => {
  const { clock, bmc, device } = await bench();
  const signal = AbortSignal.abort();

  await expect(clock.until(device.reset('interface', { signal }))).rejects.toMatchObject({
    code: 'REQUEST_ABORTED',
    outcome: 'not-sent',
  });
  await device.close();
  await expect(clock.until(device.reset('interface'))).rejects.toMatchObject({
    code: 'DEVICE_CLOSED',
    outcome: 'not-sent',
  });
  expect(bmc.violations).toEqual([]);
});
