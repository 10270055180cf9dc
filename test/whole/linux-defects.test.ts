/**
 * What Linux's BT driver does wrong, a test each, named for the symptom: what it does is said in
 * the comment, what this driver does is shown.
 */

import { expect, test } from 'vitest';

import { bringUp } from '../../src/bmc/bring-up.ts';
import { open } from '../../src/index.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { TURN_MS, VirtualClock } from '../../src/sim/virtual-clock.ts';
import { offenders } from '../support/lists.ts';
import { GET_DEVICE_ID, bringUpOptions, echo, outcomeOf, rig, send } from '../support/rig.ts';

const FOR_EVER = { fromMs: 0, forMs: Infinity };
const OPEN_TIMEOUT_MS = 30_000;

/** App commands that reset a BMC: cold and warm. */
const RESETS = [0x02, 0x03];

function bench(faults: readonly Fault[], options: SimOptions = {}) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({ ...options, clock, faults, seed: 1 });
  return { clock, port, opening: { base: port.bmc.base, port, clock } };
}

function expectNoReset({ bmc }: FaultyBmc): void {
  expect(offenders(bmc.executed, ({ netFn, cmd }) => netFn === 6 && RESETS.includes(cmd))).toEqual(
    [],
  );
  expect(bmc.violations).toEqual([]);
}

// Linux (A): stuck in its probe, uninterruptible; a warm reset after 10 s and every 11 s, for ever.
test('a BMC stuck busy from the start is never reset, and open() gives up on time', async () => {
  const { clock, port, opening } = bench([{ kind: 'busy', flapping: false, ...FOR_EVER }]);

  const opened = open(opening);

  await expect(clock.until(opened)).rejects.toMatchObject({ code: 'BMC_UNRESPONSIVE' });
  expect(clock.now()).toBeCloseTo(OPEN_TIMEOUT_MS, 6);
  expect(port.bmc.writes).toBe(0);
  expect(clock.pending).toBe(0);
});

// Linux (B): the same endless resets when the BMC swallows requests.
test('a BMC that swallows every request is asked a bounded number of times, never reset', async () => {
  const drops = Array.from({ length: 100 }, (_, at) => ({ kind: 'drop', at }) as const);
  const { clock, port, opening } = bench(drops);

  await expect(clock.until(open(opening))).rejects.toMatchObject({ code: 'BMC_UNRESPONSIVE' });

  expect(clock.now()).toBeCloseTo(OPEN_TIMEOUT_MS, 6);
  expect(port.bmc.executed.length).toBeGreaterThan(2);
  expect(port.bmc.executed.length).toBeLessThanOrEqual(6);
  expectNoReset(port);
});

// Linux (B2): goes on "using default values" when the status register never shows a bit.
test('registers that always read 0 are no BMC that answers: open() says so on time', async () => {
  const { clock, opening } = bench([{ kind: 'floats', value: 0x00, ...FOR_EVER }]);

  await expect(clock.until(open(opening))).rejects.toMatchObject({ code: 'BMC_UNRESPONSIVE' });

  expect(clock.now()).toBeCloseTo(OPEN_TIMEOUT_MS, 6);
});

// Linux (C): an endless warm-reset loop when the sequence number was just about to wrap.
test.each([254, 255, 0, 1])(
  'one dead request at sequence number %i costs that request',
  async (seq) => {
    let dead = true;
    const { clock, bmc, driver } = rig({
      firstSeq: seq,
      answer: () => (dead ? 'drop' : undefined),
    });
    const first = outcomeOf(send(driver, echo(1)));
    expect(await clock.until(first)).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
    dead = false;

    expect(await clock.until(outcomeOf(send(driver, echo(2))))).toEqual([2]);
    expect(bmc.executed.map((command) => command.seq)).toEqual([seq, (seq + 1) & 0xff]);
  },
);

// Linux (D): a long busy spell loses capabilities, sequence number and interrupt enable.
test('a long busy spell changes no setting: response time, sequence, interrupt enable', async () => {
  const spell: Fault = { kind: 'busy', flapping: false, fromMs: 1000, forMs: 20_000 };
  const { clock, port, opening } = bench([spell], { capabilities: [1, 63, 63, 12, 1] });
  const device = await clock.until(open(opening));
  port.bmc.outb(port.bmc.base + 2, 0x01);
  await clock.pass(2000);

  const reply = await clock.until(device.request({ netFn: 6, cmd: 1 }));

  expect(reply.completionCode).toBe(0);
  expect(clock.now()).toBeGreaterThanOrEqual(21_000);
  const seqs = port.bmc.executed.map(({ seq }) => seq);
  const first = seqs[0] ?? 0;
  const steps = seqs.map((seq) => (seq - first) & 0xff);
  // The one that waited has kept its number.
  expect(steps.toSorted((a, b) => a - b)).toEqual(steps.map((_, index) => index));
  expect(port.bmc.inb(port.bmc.base + 2) & 0x01).toBe(0x01);
  expect(device.capabilities?.responseTimeSeconds).toBe(12);
  await device.close();
});

// Linux (E): 253 data bytes go out with length byte 0, 254 with 1: a broken frame.
test('a frame whose length byte cannot say its length is refused, not broken', async () => {
  const { port, opening } = bench([]);
  const device = await open(opening);
  const echoOf = (count: number) =>
    device.request({ netFn: 0x30, cmd: 0x01, data: new Uint8Array(count) });

  expect((await echoOf(252)).data).toHaveLength(251);
  await expect(echoOf(253)).rejects.toMatchObject({ code: 'REQUEST_TOO_LONG' });
  await expect(echoOf(270)).rejects.toMatchObject({ code: 'REQUEST_TOO_LONG' });
  expect(port.bmc.executed).toHaveLength(3);
  await device.close();
});

// Linux (F): a response time of 0 s fails every transaction at the first tick.
test('a BMC that claims to need 0 s and 0 retries is given 5 s and repeated twice', async () => {
  let drops = 2;
  const answer = ({ cmd }: { cmd: number }) =>
    cmd === 1 && (drops -= 1) >= 0 ? 'drop' : undefined;
  const { clock, bmc, access } = rig({
    capabilities: [0, 63, 63, 0, 0],
    responseMs: 4900,
    answer,
  });

  const { deviceId } = await clock.until(bringUp(access, bringUpOptions(clock)));

  expect(deviceId?.deviceId).toBe(0x20);
  expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([0x36, 1, 1, 1]);
  expect(clock.now()).toBeGreaterThanOrEqual(2 * 4900 + 2 * (6000 + TURN_MS));
});

// Linux, 2018: its own capabilities request was on the wire when Get Device ID started; a forged
// 0xD5 came back, and the interface was torn down until the modules were reloaded.
test('Get Device ID handed in while our capabilities request is on the wire is answered', async () => {
  const { clock, bmc, driver, access } = rig({ responseMs: 50 });
  const up = bringUp(access, bringUpOptions(clock));
  await clock.pass(10);
  expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([0x36]);

  const reply = await clock.until(send(driver, GET_DEVICE_ID));

  expect(reply.completionCode).toBe(0);
  expect((await up).deviceId?.deviceId).toBe(0x20);
  expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([0x36, 0x01, 0x01]);
});
