/** Set In Progress: held while parameters are set, released on every way out. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { lanSets, networkRig } from '../support/network-rig.ts';
import type { Sent } from '../support/network-rig.ts';

const WANTED = { channel: 1, ipv4: { address: '192.0.2.20', netmask: '255.255.0.0' } } as const;

/** The states of Set In Progress that were set. */
function states(sent: readonly Sent[]): readonly (number | undefined)[] {
  const sets = sent.filter(
    ([netFn, cmd, , parameter]) => netFn === 0x0c && cmd === 1 && parameter === 0,
  );
  return sets.map(([, , , , state]) => state);
}

function isSetOf(parameter: number, [netFn, cmd, , number]: Sent): boolean {
  return netFn === 0x0c && cmd === 0x01 && number === parameter;
}

test('it is held, committed and released', async () => {
  const { bmc, sent, execute } = networkRig();

  await bmc.lan.apply(WANTED);

  expect(states(sent)).toEqual([1, 2, 0]);
  expect(execute(0x0c, 0x02, 1, 0, 0, 0)).toEqual([0, 0x11, 0]);
});

test('a BMC without it is set without it', async () => {
  const { bmc, sent } = networkRig({ hasSetInProgress: false });

  const { changes, unverified } = await bmc.lan.apply(WANTED);

  expect([changes.length, unverified.length]).toEqual([2, 0]);
  expect(lanSets(sent)).toEqual([0, 3, 6]);
});

test('another party that holds it is waited for', async () => {
  const { bmc, clock, execute } = networkRig();
  execute(0x0c, 0x01, 1, 0, 1);
  clock.timer(2500, () => execute(0x0c, 0x01, 1, 0, 0));

  const { changes } = await clock.until(bmc.lan.apply(WANTED));

  expect(changes).toHaveLength(2);
  expect(clock.now()).toBe(3000);
});

test('one that holds it for ever ends in an error that says how to end that', async () => {
  const { bmc, clock, sent, execute } = networkRig();
  execute(0x0c, 0x01, 1, 0, 1);

  const reason = '0x81 (another party is setting parameters), for 9 s';
  const remedy =
    'if none is at work, this command with the data 1 0 0 ends what one has left behind';
  await expect(clock.until(bmc.lan.apply(WANTED))).rejects.toThrow(
    `${reason}; ${remedy}; nothing was set`,
  );
  expect(clock.now()).toBe(9000);
  expect(states(sent)).toEqual(Array.from({ length: 10 }, () => 1));
});

describe('after an error it is released without a commit:', () => {
  test('a parameter that is refused', async () => {
    const { bmc, sent } = networkRig({ readOnly: [6] });

    await expect(bmc.lan.apply(WANTED)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      outcome: 'answered',
      completionCode: 0x82,
      message: [
        'COMMAND_FAILED: lan.ipv4.netmask: Set LAN Configuration Parameters (netFn 0x0c cmd 0x01)',
        '§23.1: the BMC answered 0x82 (the parameter is read-only); set before: lan.ipv4.address',
      ].join(', '),
    });
    expect(states(sent)).toEqual([1, 0]);
  });

  test('silence, and the set is not sent again', async () => {
    const silence = new IpmiError('REQUEST_TIMEOUT', 'no answer', { outcome: 'unknown' });
    const { bmc, sent } = networkRig({}, (one) => {
      if (isSetOf(3, one)) throw silence;
      return undefined;
    });

    await expect(bmc.lan.apply(WANTED)).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
      outcome: 'unknown',
      message: 'REQUEST_TIMEOUT: lan.ipv4.address: no answer; nothing was set before it',
    });
    expect(lanSets(sent)).toEqual([0, 3, 0]);
  });

  test('a caller that gives up', async () => {
    const controller = new AbortController();
    const { bmc, sent } = networkRig({}, (one) => {
      if (isSetOf(3, one)) controller.abort();
      return undefined;
    });

    await expect(bmc.lan.apply(WANTED, { signal: controller.signal })).rejects.toThrow();
    expect(states(sent)).toEqual([1, 0]);
  });

  test('silence when it was to be held', async () => {
    const { bmc, sent } = networkRig({}, (one) => {
      if (!isSetOf(0, one) || one[4] !== 1) return undefined;
      throw new IpmiError('REQUEST_TIMEOUT', 'no answer', { outcome: 'unknown' });
    });

    await expect(bmc.lan.apply(WANTED)).rejects.toThrow('no answer');
    expect(states(sent)).toEqual([1, 0]);
  });
});

test('a release that is refused is an error', async () => {
  const { bmc } = networkRig({}, (one) => (isSetOf(0, one) && one[4] === 0 ? [0xff] : undefined));

  await expect(bmc.lan.apply(WANTED)).rejects.toMatchObject({ completionCode: 0xff });
});
