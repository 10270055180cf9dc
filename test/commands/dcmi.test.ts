/** DCMI, on a simulated BMC, and on those that give no reading. */

import { describe, expect, test } from 'vitest';

import { commands } from '../../src/commands/index.ts';
import { IpmiError } from '../../src/errors.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { commandsRig } from '../support/commands-rig.ts';

/** A rig whose BMC answers commands of groups so. */
function answering(reply: readonly number[]) {
  const answer = ({ netFn }: { netFn: number }) => (netFn === 0x2c ? reply : undefined);
  return commandsRig(new SimBmc({ answer }));
}

test('a reading takes one transaction', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.dcmi.power()).toEqual({
    isAvailable: true,
    currentWatts: 202,
    minimumWatts: 10,
    maximumWatts: 320,
    averageWatts: 199,
    timestamp: 1_534_889_690,
    periodMs: 1000,
    isActive: true,
  });
  expect(count()).toBe(1);
});

describe('a BMC without a reading is no error, and the reason is told:', () => {
  test.each([0, 65_535])('%d W', async (watts) => {
    const { bmc, sim } = await commandsRig();
    sim.dcmi.watts = { now: watts, least: watts, most: watts, average: watts };

    expect(await bmc.dcmi.power()).toEqual({
      isAvailable: false,
      reason: `the BMC reports ${watts} W`,
    });
  });

  test.each([
    [0xc1, 'the BMC answered 0xc1 (Invalid command)'],
    [0xff, 'the BMC answered 0xff (Unspecified error)'],
    [0xd5, 'the BMC answered 0xd5 (Command not supported in present state)'],
  ])('completion code %i', async (code, reason) => {
    const { bmc } = await answering([code]);

    expect(await bmc.dcmi.power()).toEqual({ isAvailable: false, reason, completionCode: code });
  });

  test('but a privilege that is missing is an error', async () => {
    const { bmc } = await answering([0xd4]);

    await expect(bmc.dcmi.power()).rejects.toThrow(
      'COMMAND_FAILED: Get Power Reading (netFn 0x2c cmd 0x02), DCMI 1.5 §6.6.1: the BMC answered 0xd4',
    );
  });
});

test('extremes of 65535 W, and times since the start, are not known', async () => {
  const { bmc } = await answering([
    ...[0x00, 0xdc, 100, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ...[0x10, 0, 0, 0, 0, 0, 0, 0, 0x00],
  ]);

  expect(await bmc.dcmi.power()).toMatchObject({
    currentWatts: 100,
    minimumWatts: undefined,
    averageWatts: undefined,
    timestamp: undefined,
    isActive: false,
  });
});

test('the limit takes one transaction, and there need be none', async () => {
  const { bmc, sim, count } = await commandsRig();

  expect(await bmc.dcmi.powerLimit()).toEqual({ isActive: false });
  sim.dcmi.limitWatts = 500;
  expect(await bmc.dcmi.powerLimit()).toEqual({
    isActive: true,
    action: 'none',
    limitWatts: 500,
    correctionMs: 1000,
    periodSeconds: 1,
  });
  expect(count()).toBe(2);
});

const LIMIT = { limitWatts: 500, action: 'log', correctionMs: 2000, periodSeconds: 5 } as const;

test('a limit is set, activated, changed and deactivated in one transaction each', async () => {
  const { bmc, count } = await commandsRig();

  await bmc.dcmi.setPowerLimit(LIMIT);
  expect(await bmc.dcmi.powerLimit()).toEqual({ isActive: false });
  await bmc.dcmi.activatePowerLimit(true);
  expect(await bmc.dcmi.powerLimit()).toEqual({ isActive: true, ...LIMIT });
  await bmc.dcmi.setPowerLimit({ ...LIMIT, limitWatts: 400, action: 'power-off' });
  expect(await bmc.dcmi.powerLimit()).toMatchObject({ limitWatts: 400, action: 'power-off' });
  await bmc.dcmi.activatePowerLimit(false);
  expect(await bmc.dcmi.powerLimit()).toEqual({ isActive: false });
  expect(count()).toBe(4 + 4);
});

test('a limit that the BMC refuses is told by the name of its completion code', async () => {
  const { bmc } = await answering([0x84]);

  await expect(bmc.dcmi.setPowerLimit(LIMIT)).rejects.toThrow(
    /^COMMAND_FAILED: Set Power Limit .* 0x84 \(the power limit is out of range\)/,
  );
});

test('a limit that was never set cannot be activated', async () => {
  const { bmc } = await commandsRig();

  await expect(bmc.dcmi.activatePowerLimit(true)).rejects.toMatchObject({ completionCode: 0xd5 });
});

test('a change of the limit is sent once, and after silence it is not known', async () => {
  const sent: number[] = [];
  const bmc = commands({
    request: ({ cmd }, options) => {
      sent.push(cmd, Number(options?.retries));
      throw new IpmiError('REQUEST_TIMEOUT', 'no answer', { outcome: 'unknown' });
    },
  });

  await expect(bmc.dcmi.setPowerLimit(LIMIT)).rejects.toThrow(
    'REQUEST_TIMEOUT: no answer; it is not known whether "set the power limit" was done; look at the power limit',
  );
  await expect(bmc.dcmi.activatePowerLimit(true)).rejects.toThrow('"activate the power limit"');
  expect(sent).toEqual([0x04, 0, 0x05, 0]);
});

test('a limit that is none is refused before anything is sent', async () => {
  const { bmc, count } = await commandsRig();
  count();

  await expect(bmc.dcmi.setPowerLimit({ ...LIMIT, limitWatts: 0 })).rejects.toThrow('limitWatts');
  await expect(bmc.dcmi.setPowerLimit({ ...LIMIT, action: 'x' as never })).rejects.toThrow(
    'action',
  );
  await expect(bmc.dcmi.activatePowerLimit(1 as never)).rejects.toThrow('isActive');
  expect(count()).toBe(0);
});

test('the capabilities take five transactions', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.dcmi.capabilities()).toMatchObject({
    version: '1.5',
    supported: { platform: { hasPowerManagement: true } },
    mandatory: { sel: { entries: 512, rollsOver: true } },
    access: { primaryLanChannel: 1, secondaryLanChannel: 0xff },
    powerStatistics: { count: 2 },
  });
  expect(count()).toBe(5);
});

test('the asset tag takes one transaction for each 16 bytes', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.dcmi.assetTag()).toBe('simulated-bmc-0001');
  expect(count()).toBe(2);
});

test('a BMC that gives no byte of the asset tag is not asked for ever', async () => {
  const { bmc, count } = await answering([0x00, 0xdc, 20]);

  expect(await bmc.dcmi.assetTag()).toBe('');
  expect(count()).toBe(1);
});

test('temperatures are of all entities, below zero too', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.dcmi.temperatures()).toEqual([
    { entity: 'inlet', instance: 1, celsius: 24 },
    { entity: 'cpu', instance: 1, celsius: 52 },
    { entity: 'cpu', instance: 2, celsius: 55 },
    { entity: 'baseboard', instance: 1, celsius: -3 },
  ]);
  expect(count()).toBe(4);
});
