/** Setting and verifying on BMCs that take their time, or do not do what they say. */

import { describe, expect, test } from 'vitest';

import { applySteps, differences, doubtsOf } from '../../src/commands/apply.ts';
import type { Change } from '../../src/commands/apply.ts';
import { failureOf } from '../../src/commands/caller.ts';
import { SET_LAN_PARAMETERS } from '../../src/ipmi/lan.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { lanSets, networkRig } from '../support/network-rig.ts';

const WANTED = { channel: 1, ipv4: { address: '192.0.2.20', netmask: '255.255.0.0' } } as const;

describe('a BMC that is busy after each set', () => {
  test('is set again a second later', async () => {
    const { bmc, clock, sent } = networkRig({ settleMs: 2000 });

    const { changes, unverified } = await clock.until(bmc.lan.apply(WANTED));

    expect([changes.length, unverified.length]).toEqual([2, 0]);
    expect(lanSets(sent)).toEqual([0, 3, 6, 6, 6, 0, 0]);
    expect(clock.now()).toBe(2000);
  });

  test('is given up after ten repeats', async () => {
    const { bmc, clock, sent } = networkRig({ settleMs: 60_000 });

    await expect(clock.until(bmc.lan.apply(WANTED))).rejects.toMatchObject({
      completionCode: 0xc0,
    });
    expect(lanSets(sent).filter((parameter) => parameter === 6)).toHaveLength(11);
  });
});

describe('confirm', () => {
  test('is asked with the changes, once, and nothing is set if it says no', async () => {
    const { bmc, clock, sent } = networkRig({});
    const asked: (readonly Change[])[] = [];
    const confirm = (changes: readonly Change[]): boolean => {
      asked.push(changes);
      return asked.length > 1;
    };

    const declined = await clock.until(bmc.lan.apply(WANTED, { confirm }));

    expect([declined.isCheck, lanSets(sent)]).toEqual([true, []]);
    expect(asked).toEqual([declined.changes]);
    expect(declined.changes.map(({ path }) => path)).toContain('lan.ipv4.address');

    const done = await clock.until(bmc.lan.apply(WANTED, { confirm }));

    expect(done).toEqual({ ...declined, isCheck: false });
    expect(lanSets(sent)).toContain(3);
  });

  test('is not asked when nothing would change, or with check', async () => {
    const { bmc, clock } = networkRig({});
    const confirm = (): boolean => {
      throw new Error('it was asked');
    };

    const { changes } = await clock.until(bmc.lan.apply(WANTED, { confirm, check: true }));
    const same = { channel: 1, ipv4: { address: '192.0.2.10' } };
    const none = await clock.until(bmc.lan.apply(same, { confirm }));

    expect([changes.length, none.changes.length]).toEqual([2, 0]);
    await expect(clock.until(bmc.lan.apply(WANTED, { confirm }))).rejects.toThrow('it was asked');
  });
});

describe('a setting that reads otherwise than it was set', () => {
  test('is told with both values, after five seconds', async () => {
    const { bmc, clock } = networkRig({ forgetful: [6] });

    const { changes, unverified } = await clock.until(bmc.lan.apply(WANTED));

    expect(changes.map(({ path }) => path)).toEqual(['lan.ipv4.address', 'lan.ipv4.netmask']);
    expect(unverified).toEqual([
      {
        path: 'lan.ipv4.netmask',
        reason: 'it was set to "255.255.0.0" and reads "255.255.255.0"',
      },
    ]);
    expect(clock.now()).toBe(5000);
  });

  test('is told without its values where it is a secret', async () => {
    const { bmc, clock } = networkRig({ forgetful: [16] });

    const result = await clock.until(bmc.lan.apply({ channel: 1, snmpCommunity: 'hunter2' }));

    expect(result.unverified).toEqual([
      { path: 'lan.snmpCommunity', reason: 'it reads otherwise than it was set' },
    ]);
    expect(JSON.stringify(result)).not.toMatch(/hunter|public/);
  });

  test('is no matter if it shows later', async () => {
    let looks = 0;
    const { bmc, clock } = networkRig({}, ([netFn, cmd, , parameter]) => {
      if (netFn !== 0x0c || cmd !== 0x02 || parameter !== 3) return undefined;
      looks += 1;
      return looks < 4 ? [0, 0x11, 192, 0, 2, 10] : undefined;
    });
    const wanted = { channel: 1, ipv4: { source: 'static', address: '192.0.2.20' } } as const;

    const { unverified } = await clock.until(bmc.lan.apply(wanted));

    expect(unverified).toEqual([]);
    expect(clock.now()).toBe(2000);
  });
});

test('what the BMC does not tell any more is told at once', async () => {
  let isSet = false;
  const { bmc, clock } = networkRig({}, ([, cmd, , parameter]) => {
    if (parameter !== 5) return undefined;
    isSet ||= cmd === 0x01;
    return isSet && cmd === 0x02 ? [0x80] : undefined;
  });

  const { unverified } = await bmc.lan.apply({ channel: 1, mac: '02:00:5e:10:00:09' });

  expect(unverified).toEqual([{ path: 'lan.mac', reason: 'the BMC does not tell it' }]);
  expect(clock.now()).toBe(0);
});

test('a BMC that is busy when it is asked again is looked at later, and doubted in the end', async () => {
  let isSet = false;
  const { bmc, clock } = networkRig({}, ([, cmd, , parameter]) => {
    if (parameter !== 5) return undefined;
    isSet ||= cmd === 0x01;
    return isSet && cmd === 0x02 && clock.now() < 60_000 ? [0xc0] : undefined;
  });

  const { changes, unverified } = await clock.until(
    bmc.lan.apply({ channel: 1, mac: '02:00:5e:10:00:09' }),
  );

  expect(changes).toHaveLength(1);
  expect(unverified).toEqual([
    { path: 'lan.mac', reason: expect.stringContaining('0xc0 (Node busy)') as string },
  ]);
  expect(clock.now()).toBe(5000);
});

test('a step that is sent once is sent again only where the BMC did nothing', async () => {
  const codes = [0xc0, 0xc3];
  const clock = new VirtualClock();
  const step = {
    changes: [{ path: 'a.b', from: null, to: null, isSecret: true }],
    isSentOnce: true,
    send: () => Promise.reject(failureOf(SET_LAN_PARAMETERS, codes.shift() ?? 0)),
    verify: () => Promise.resolve([]),
  };

  await expect(
    clock.until(applySteps([step], { channel: 1, clock, options: {} })),
  ).rejects.toMatchObject({ completionCode: 0xc3 });
  expect(codes).toEqual([]);
});

test('an error that is none of the BMC is passed on as it is', async () => {
  const bug = new TypeError('bug');
  const step = {
    changes: [],
    send: () => Promise.reject(bug),
    verify: () => Promise.resolve([]),
  };
  const running = { channel: 1, clock: new VirtualClock(), options: {} };

  await expect(applySteps([step], running)).rejects.toBe(bug);
});

test('differences name what is not so', () => {
  const changes = differences('lan', { a: 1, b: 2 }, { a: 1, b: 3 });

  expect(changes).toEqual([{ path: 'lan.b', from: 2, to: 3, isSecret: false }]);
  expect(doubtsOf(changes, [])).toEqual([]);
});
