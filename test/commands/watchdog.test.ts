/** The watchdog, on a simulated BMC that bites. */

import { expect, onTestFinished, test } from 'vitest';

import { commands } from '../../src/commands/index.ts';
import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';

/** A BMC whose clock the test moves, and its commands. */
async function bench() {
  const clock = { ms: 0, now: () => clock.ms };
  const sim = new SimBmc({ clock });
  const device = await open({ base: sim.base, port: sim });
  onTestFinished(() => device.close());
  let before = sim.executed.length;
  const count = (): number => {
    const since = sim.executed.length - before;
    before = sim.executed.length;
    return since;
  };
  const ask = async (netFn: number, cmd: number, ...data: number[]) => [
    ...(await device.request({ netFn, cmd, data: Uint8Array.from(data) })).data,
  ];
  return { clock, sim, count, ask, bmc: commands(device) };
}

test('it is set, started and read in one transaction each, and stopped in two', async () => {
  const { bmc, clock, count } = await bench();

  await bmc.watchdog.set({ countdownMs: 60_000, action: 'power-cycle', interrupt: 'nmi' });
  await bmc.watchdog.reset();
  clock.ms = 1500;
  const timer = await bmc.watchdog.get();
  expect(count()).toBe(3);
  expect(timer).toMatchObject({
    use: { use: 'sms-os', isRunning: true, isLogged: true },
    actions: { action: 'power-cycle', interrupt: 'nmi' },
    countdownMs: 60_000,
    presentMs: 58_500,
  });
  await bmc.watchdog.off();
  expect(count()).toBe(2);
  expect(await bmc.watchdog.get()).toMatchObject({
    use: { isRunning: false },
    actions: { action: 'power-cycle' },
  });
});

test('at the end it does its action, sets its flag and logs an event', async () => {
  const { bmc, clock, sim, ask } = await bench();
  await bmc.watchdog.set({ countdownMs: 1000, action: 'power-down' });
  await bmc.watchdog.reset();

  clock.ms = 900;
  await bmc.watchdog.reset();
  clock.ms = 1899;
  expect(sim.chassis.isOn).toBe(true);
  clock.ms = 1900;

  expect(sim.chassis.isOn).toBe(false);
  expect(await bmc.watchdog.get()).toMatchObject({
    use: { isRunning: false },
    expired: { smsOs: true, oem: false },
  });
  const entry = await ask(0x0a, 0x43, 0, 0, 0xff, 0xff, 0, 0xff);
  expect(entry.slice(9)).toEqual([0x20, 0x00, 0x04, 0x23, 0x7d, 0x6f, 0xc2, 0x04, 0xff]);
});

test('a reset by it is the cause of the restart, and no event is logged if it must not', async () => {
  const { bmc, clock, ask } = await bench();
  const before = await ask(0x0a, 0x40);
  await bmc.watchdog.set({ countdownMs: 1000, action: 'hard-reset', isLogged: false });
  await bmc.watchdog.reset();
  clock.ms = 1000;

  expect(await bmc.chassis.restartCause()).toMatchObject({ cause: { name: 'watchdog' } });
  expect(await ask(0x0a, 0x40)).toEqual(before);
});

test('its message comes before its end', async () => {
  const { bmc, clock, ask } = await bench();
  const settings = { interrupt: 'message', preTimeoutSeconds: 2 } as const;
  await bmc.watchdog.set({ countdownMs: 10_000, ...settings });
  await bmc.watchdog.reset();

  clock.ms = 7999;
  expect(await ask(0x06, 0x31)).toEqual([0x00]);
  clock.ms = 8000;
  expect(await ask(0x06, 0x31)).toEqual([0x08]);
});

test('a timer that was never set is not started', async () => {
  const { bmc } = await bench();

  await expect(bmc.watchdog.reset()).rejects.toThrow(
    '0x80 (the timer was never set, and cannot be started)',
  );
});

test.each([0, 150, 6_553_600, Number.NaN])(
  'a countdown of %d ms is refused',
  async (countdownMs) => {
    const { bmc, count } = await bench();

    await expect(bmc.watchdog.set({ countdownMs })).rejects.toThrow(RangeError);
    expect(count()).toBe(0);
  },
);

test.each([
  [
    { interrupt: 'nmi', preTimeoutSeconds: 60 },
    '60 s before the action, and the countdown has 60 s: it must be longer',
  ],
  [{ interrupt: 'nmi', preTimeoutSeconds: 255 }, '255 s before the action, and the countdown'],
  [{ preTimeoutSeconds: 1 }, '1 s before the action, and no interrupt: choose smi, nmi or message'],
] as const)('a pre-timeout that there cannot be is refused: %o', async (choice, text) => {
  const { bmc, count } = await bench();

  const set = bmc.watchdog.set({ countdownMs: 60_000, ...choice });

  await expect(set).rejects.toThrow(RangeError);
  await expect(set).rejects.toThrow(`preTimeoutSeconds: ${text}`);
  expect(count()).toBe(0);
});

test('a pre-timeout below the countdown is set', async () => {
  const { bmc } = await bench();

  await bmc.watchdog.set({ countdownMs: 60_000, interrupt: 'nmi', preTimeoutSeconds: 59 });

  expect(await bmc.watchdog.get()).toMatchObject({ preTimeoutSeconds: 59 });
});

test('a timer is stopped without a word about the flags of those that have expired', async () => {
  const { bmc, clock, sim } = await bench();
  await bmc.watchdog.set({ countdownMs: 1000, use: 'os-load' });
  await bmc.watchdog.reset();
  clock.ms = 2000;
  expect((await bmc.watchdog.get()).expired).toMatchObject({ osLoad: true });

  await bmc.watchdog.off();

  expect((await bmc.watchdog.get()).expired).toMatchObject({ osLoad: true });
  // A flag is cleared by writing 1 to it (§27.6).
  expect(sim.executed.filter(({ cmd }) => cmd === 0x24).at(-1)?.data[3]).toBe(0);
});
