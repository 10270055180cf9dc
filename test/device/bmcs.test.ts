/** Interfaces that lead to the same BMC: by what they are told apart, and in which order. */

import { describe, expect, test } from 'vitest';

import type { BmcIdentity } from '../../src/bmc/identity.ts';
import { groupByBmc, isSameBmc } from '../../src/device/bmcs.ts';
import type { DeviceId } from '../../src/ipmi/device-id.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { newDevice } from '../support/new-device.ts';

const IDS = { manufacturerId: 1, productId: 2, deviceId: 3 };
const NOBODYS = { ...IDS, manufacturerId: 0 };
const RESERVED = { ...IDS, manufacturerId: 0xfffff };
const [A, B] = ['a', 'b'];

interface Short {
  readonly device?: string;
  readonly system?: string;
  readonly ids?: object;
}

function identity({ device, system, ids }: Short): BmcIdentity {
  const deviceId = ids as DeviceId | undefined;
  return { deviceGuid: device, systemGuid: system, deviceId, selfTest: undefined };
}

function interfaceTo(short: Short) {
  const device = newDevice({ port: new SimBmc(), clock: new VirtualClock() });
  return { device, identity: identity(short) };
}

describe('two interfaces lead to one BMC', () => {
  test.each<[string, Short, Short, boolean]>([
    ['the same device GUID', { device: A, ids: {} }, { device: A, ids: IDS }, true],
    ['other device GUIDs in one system', { device: A, system: A }, { device: B, system: A }, false],
    ['the same system GUID', { system: A }, { system: A }, true],
    ['other system GUIDs', { system: A, ids: IDS }, { system: B, ids: IDS }, false],
    ['a GUID on one alone, the same ids', { device: A, ids: IDS }, { ids: IDS }, true],
    ['no GUID, the same ids', { ids: IDS }, { ids: IDS }, true],
    ['no GUID, another product', { ids: IDS }, { ids: { ...IDS, productId: 9 } }, false],
    ['no GUID, another device id', { ids: IDS }, { ids: { ...IDS, deviceId: 9 } }, false],
    ['no GUID, another manufacturer', { ids: IDS }, { ids: { ...IDS, manufacturerId: 9 } }, false],
    ['no GUID, and no manufacturer', { ids: NOBODYS }, { ids: NOBODYS }, false],
    ['no GUID, and a reserved manufacturer', { ids: RESERVED }, { ids: RESERVED }, false],
    ['the ids of one alone', { ids: IDS }, {}, false],
    ['nothing known', {}, {}, false],
  ])('by %s: %j and %j: %j', (...[, one, other, expected]) => {
    expect(isSameBmc(identity(one), identity(other))).toBe(expected);
    expect(isSameBmc(identity(other), identity(one))).toBe(expected);
  });
});

describe('groupByBmc()', () => {
  test('gives nothing for no interfaces', () => {
    expect(groupByBmc([])).toEqual([]);
  });

  test('keeps the order of BMCs, and of the interfaces of each', () => {
    const [b1, a1, b2, unknown, a2] = [
      interfaceTo({ device: B }),
      interfaceTo({ device: A }),
      interfaceTo({ device: B }),
      interfaceTo({}),
      interfaceTo({ device: A }),
    ];

    const groups = groupByBmc([b1, a1, b2, unknown, a2]);

    expect(groups.map(({ interfaces }) => interfaces)).toEqual([
      [b1.device, b2.device],
      [a1.device, a2.device],
      [unknown.device],
    ]);
    // Devices compare equal by what shows of them: these are the very ones.
    expect(groups[0]?.interfaces[1]).toBe(b2.device);
    expect(groups[1]?.interfaces[0]).toBe(a1.device);
  });

  test('a BMC has the identity of its first interface', () => {
    const [first, second] = [interfaceTo({ device: A }), interfaceTo({ device: A, system: B })];

    expect(groupByBmc([first, second]).map((bmc) => bmc.identity)).toEqual([first.identity]);
  });
});
