/** The boot device and the other parameters, on a simulated BMC. */

import { expect, test } from 'vitest';

import { commands } from '../../src/commands/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { Executed } from '../../src/sim/bmc.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { HostileRequester } from '../support/hostile-requester.ts';
import { offenders } from '../support/lists.ts';
import { networkRig } from '../support/network-rig.ts';

/** Requests of Set System Boot Options. */
function written(sim: SimBmc): readonly (readonly number[])[] {
  return sim.executed
    .filter(({ netFn, cmd }) => netFn === 0 && cmd === 8)
    .map(({ data }) => [...data]);
}

test('the boot device is set, committed and read back in seven transactions', async () => {
  const { bmc, count, sim } = await commandsRig();

  const flags = await bmc.bootOptions.setDevice({ device: 'pxe', isEfi: true });

  expect(count()).toBe(7);
  expect(written(sim)).toEqual([
    [0, 1],
    [4, 0x1f, 0xff],
    [5, 0xa0, 0x04, 0, 0, 0],
    [0, 2],
    [0, 0],
  ]);
  expect(flags.boot.device).toBe('pxe');
  const state = await bmc.bootOptions.device();
  expect(state).toMatchObject({
    isLocked: false,
    flags: { validity: { isValid: true, isEfi: true, isPersistent: false } },
  });
  expect(count()).toBe(1);
});

test('other flags are kept while they are valid, and none takes the override back', async () => {
  const { bmc, sim } = await commandsRig();
  sim.chassis.boot.write(5, [0x80, 0x08, 0x02, 0, 0]);

  const flags = await bmc.bootOptions.setDevice({ device: 'cdrom', isPersistent: true });
  expect(flags.display.redirection).toBe('request');
  await bmc.bootOptions.setDevice({ device: 'none' });

  expect(written(sim).filter(([number]) => number === 5)).toEqual([
    [5, 0xc0, 0x14, 0x02, 0, 0],
    [5, 0x00, 0x00, 0x02, 0, 0],
  ]);
});

test('all parameters take eight transactions, and one that is missing is left out', async () => {
  const { bmc, count } = await commandsRig();

  const found = await bmc.bootOptions.parameters();

  expect([...found.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(count()).toBe(8);
});

test('a BMC that keeps other flags is told, after three looks, and is released', async () => {
  const answer = ({ netFn, cmd, data }: Executed) =>
    netFn === 0 && cmd === 9 && data[0] === 5 ? [0, 1, 5, 0, 0, 0, 0, 0] : undefined;
  const { bmc, sim, count } = await commandsRig(new SimBmc({ answer }));

  await expect(bmc.bootOptions.setDevice({ device: 'pxe' })).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: expect.stringContaining('has others when asked 3 times') as string,
  });
  expect(count()).toBe(9);
  expect(written(sim).at(-1)).toEqual([0, 0]);
});

test('parameters that another program is setting are waited for', async () => {
  const { bmc, clock, execute, sent } = networkRig();
  execute(0, 8, 0, 1);
  clock.timer(1500, () => execute(0, 8, 0, 0));

  await clock.until(bmc.bootOptions.setDevice({ device: 'pxe' }));

  expect(clock.now()).toBe(2000);
  expect(sent.filter(([, cmd]) => cmd === 8).slice(0, 4)).toEqual([
    [0, 8, 0, 1],
    [0, 8, 0, 1],
    [0, 8, 0, 1],
    [0, 8, 4, 0x1f, 0xff],
  ]);
});

test('parameters that another program sets for ever are left alone', async () => {
  const { bmc, clock, execute, sent } = networkRig();
  execute(0, 8, 0, 1);

  await expect(clock.until(bmc.bootOptions.setDevice({ device: 'pxe' }))).rejects.toMatchObject({
    completionCode: 0x81,
    message: expect.stringContaining('this command with the data 0 0 ends') as string,
  });
  expect(offenders(sent, ([, cmd, number]) => cmd === 8 && number !== 0)).toEqual([]);
});

/** The boot options of a BMC, and what it was asked last. */
function directly(plan: { readonly silentAt?: number }) {
  const requester = new HostileRequester({ seed: 1, habit: 'honest', most: 20, ...plan });
  const last = () => requester.asked.map(({ input }) => [input.cmd, ...(input.data ?? [])]).at(-1);
  return { requester, bootOptions: commands(requester).bootOptions, last };
}

test.each([2, 3, 4, 5])(
  'after silence to request %i, "set in progress" is not left behind',
  async (silentAt) => {
    const { bootOptions, last, requester } = directly({ silentAt });

    const set = bootOptions.setDevice({ device: 'pxe' });

    await expect(set).rejects.toThrow('REQUEST_TIMEOUT: no answer');
    expect(requester.asked).toHaveLength(silentAt + 1);
    expect(last()).toEqual([8, 0, 0]);
  },
);

test('a caller that gives up does not leave "set in progress" behind', async () => {
  const { bootOptions, last, requester } = directly({});
  const controller = new AbortController();
  const set = bootOptions.setDevice({ device: 'pxe' }, { signal: controller.signal });
  while (requester.asked.length < 3) await Promise.resolve();
  controller.abort();

  await expect(set).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
  expect(last()).toEqual([8, 0, 0]);
});

test('a BMC without "set in progress" is set all the same, in five transactions', async () => {
  const answer = ({ netFn, cmd, data }: Executed) =>
    netFn === 0 && cmd === 8 && data[0] === 0 ? [0x80] : undefined;
  const { bmc, count } = await commandsRig(new SimBmc({ answer }));

  await bmc.bootOptions.setDevice({ device: 'bios' });

  expect(count()).toBe(5);
});
