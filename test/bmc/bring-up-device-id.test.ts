/**
 * Trouble with the first question, Get Device ID: whatever becomes of it costs time, and never the
 * registration. In 2018 one answer of 0xD5 cost Linux the whole interface.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { Executed } from '../../src/sim/command-record.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const DEVICE_ID = 0x01;
const TROUBLED_MS = 7000;
const ECHO = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) };

/** What can come instead of a device id. */
const TROUBLES: readonly (readonly [string, Pick<SimOptions, 'answer' | 'respond'>])[] = [
  ['no answer', { answer: () => 'drop' }],
  ['0xD5', { answer: () => [0xd5] }],
  ['0xD2', { answer: () => [0xd2] }],
  ['0xC0', { answer: () => [0xc0] }],
  ['too few bytes', { answer: () => [0x00, 0x20, 0x01] }],
  ['nothing but a completion code', { answer: () => [0x00] }],
  ['a frame too short', { respond: () => [{ afterMs: 0, frame: Uint8Array.of(2, 0x1c, 0) }] }],
  [
    'an answer to something else',
    { respond: () => [{ afterMs: 0, frame: Uint8Array.of(4, 0x1c, 0x77, 0x08, 0xd5) }] },
  ],
];

/** A BMC in trouble with Get Device ID until `untilMs`. */
function bench(trouble: Pick<SimOptions, 'answer' | 'respond'>, untilMs: number) {
  const clock = new VirtualClock();
  const isTroubled = ({ netFn, cmd }: Executed): boolean =>
    netFn === 0x06 && cmd === DEVICE_ID && clock.now() < untilMs;
  const made = (): SimBmc =>
    new SimBmc({
      clock,
      answer: (command) => (isTroubled(command) ? trouble.answer?.(command) : undefined),
      respond: (command, honest) =>
        isTroubled(command) ? (trouble.respond?.(command, honest) ?? [honest]) : [honest],
    });
  const start = (port: SimBmc, timeoutMs = 30_000) =>
    clock.until(open({ base: 0xce4, port, clock, timeoutMs }));
  onTestFinished(() => {
    expect(clock.pending).toBe(0);
  });
  return { clock, made, start };
}

describe('for a while costs that while:', () => {
  test.each(TROUBLES)('%s', async (_, trouble) => {
    const { clock, made, start } = bench(trouble, TROUBLED_MS);
    const bmc = made();

    const device = await start(bmc);

    expect(device.deviceId?.firmwareRevision).toBe('2.35');
    expect(device.state).toBe('ready');
    expect(clock.now()).toBeGreaterThanOrEqual(TROUBLED_MS);
    // An attempt takes 11 s here.
    expect(clock.now()).toBeLessThan(TROUBLED_MS + 11_000);
    expect(bmc.executed.length).toBeLessThan(20);
    await device.close();
    bmc.assertQuiet();
  });
});

/** Only to see which kind of answer it is. */
const QUESTION = { netFn: 6, lun: 0, seq: 0, cmd: DEVICE_ID, data: new Uint8Array(), atMs: 0 };

describe('to the end, from a BMC that answers something, costs the device id:', () => {
  const answering = TROUBLES.filter(([, { answer }]) => Array.isArray(answer?.(QUESTION)));

  test.each(answering)('%s', async (_, trouble) => {
    const { clock, made, start } = bench(trouble, Infinity);
    const bmc = made();

    const device = await start(bmc);

    expect(clock.now()).toBeGreaterThan(28_000);
    expect(clock.now()).toBeLessThanOrEqual(30_000);
    expect([device.state, device.deviceId]).toEqual(['ready', undefined]);
    expect((await clock.until(device.request(ECHO))).data).toEqual(ECHO.data);
    await device.close();
    bmc.assertQuiet();
  });
});

describe('to the end, from a BMC that is not heard, costs open() its time, and no more:', () => {
  const silent = TROUBLES.filter(([, { answer }]) => !Array.isArray(answer?.(QUESTION)));

  test.each(silent)('%s', async (_, trouble) => {
    const { clock, made, start } = bench(trouble, 35_000);

    const error = await start(made()).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'BMC_UNRESPONSIVE' });
    expect(clock.now()).toBe(30_000);

    // The next one finds nothing broken.
    const device = await start(made());
    expect([device.name, device.state]).toEqual(['bt0', 'ready']);
    expect(device.deviceId?.firmwareRevision).toBe('2.35');
    await device.close();
  });
});

test('a BMC that never said who it is is found again when it answers anything', async () => {
  let isDeaf = false;
  const clock = new VirtualClock();
  const answer = ({ netFn, cmd }: Executed): 'drop' | readonly number[] | undefined => {
    if (isDeaf) return 'drop';
    return netFn === 0x06 && cmd === DEVICE_ID ? [0xd5] : undefined;
  };
  const port = new SimBmc({ clock, answer });
  const device = await clock.until(open({ base: 0xce4, port, clock, timeoutMs: 5000 }));
  isDeaf = true;
  clock.timer(40_000, () => {
    isDeaf = false;
  });
  await clock.until(device.request(ECHO).catch(() => undefined));

  const reply = await clock.until(device.request(ECHO, { timeoutMs: 100_000 }));

  expect(reply.data).toEqual(ECHO.data);
  expect(device.statistics()).toMatchObject({ hosedCount: 1, recoveries: 1 });
  await device.close();
});
