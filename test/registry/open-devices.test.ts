/** The devices that a process has open: their names, their bases, and the end of the process. */

import { describe, expect, onTestFinished, test } from 'vitest';

import type { Device } from '../../src/device/device.ts';
import { OpenDevices } from '../../src/registry/open-devices.ts';
import type { Entry } from '../../src/registry/open-devices.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { newDevice } from '../support/new-device.ts';
import type { NewDeviceParts } from '../support/new-device.ts';

const BASE = 0xce4;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** An empty list, and the listeners to the end of the process that were added since. */
function bench() {
  const openDevices = new OpenDevices();
  const before = process.listeners('exit');
  const added = () => process.listeners('exit').filter((listener) => !before.includes(listener));
  onTestFinished(() => {
    expect(added()).toEqual([]);
  });
  return { openDevices, added };
}

function deviceWith(parts: Partial<NewDeviceParts> = {}): Device {
  const [clock, port] = [new VirtualClock(), new SimBmc()];
  return newDevice({ port, clock, ...parts });
}

/** Closes what has no device: the stack of an entry ends with its name and base. */
function remove({ rollback }: Entry): void {
  expect(rollback.runNow()).toEqual([]);
}

describe('names', () => {
  test('are bt0, bt1, ..., and the lowest free one again', () => {
    const { openDevices } = bench();
    const entries = [1, 2, 3].map((base) => openDevices.add(base, true));
    expect(entries.map(({ name }) => name)).toEqual(['bt0', 'bt1', 'bt2']);

    for (const entry of entries.slice(0, 2)) remove(entry);
    const again = [4, 5, 6].map((base) => openDevices.add(base, true));

    expect(again.map(({ name }) => name)).toEqual(['bt0', 'bt1', 'bt3']);
    for (const entry of [...again, ...entries]) remove(entry);
  });

  test('are free only once', () => {
    const { openDevices } = bench();
    const first = openDevices.add(1, true);
    remove(first);
    const second = openDevices.add(2, true);
    remove(first);

    const third = openDevices.add(3, true);

    expect([second.name, third.name]).toEqual(['bt0', 'bt1']);
    remove(second);
    remove(third);
  });
});

describe('a base', () => {
  const text =
    `DEVICE_LOCKED: bt0 of this process (pid ${process.pid}) has 0xce4 open; ` +
    'use that one, or close it first';

  test('has one owner, until that is removed', () => {
    const { openDevices } = bench();
    const owner = openDevices.add(BASE, true);

    expect(() => openDevices.add(BASE, true)).toThrow(
      expect.objectContaining({ code: 'DEVICE_LOCKED', message: text, outcome: 'not-sent' }),
    );
    remove(owner);
    const next = openDevices.add(BASE, true);

    expect(next.name).toBe('bt0');
    remove(next);
  });

  test('of PortIo objects has any number of them, beside an owner', () => {
    const { openDevices } = bench();

    const entries = [false, false, true, false].map((isOwner) => openDevices.add(BASE, isOwner));

    expect(entries.map(({ name }) => name)).toEqual(['bt0', 'bt1', 'bt2', 'bt3']);
    for (const entry of entries) remove(entry);
  });
});

test('devices are those of the entries that have one, in order', async () => {
  const { openDevices } = bench();
  const [first, second, third] = [1, 2, 3].map((base) => openDevices.add(base, true));
  const [one, other] = [deviceWith(), deviceWith()];
  if (first !== undefined) first.device = one;
  if (third !== undefined) third.device = other;

  const { devices } = openDevices;

  expect(devices).toHaveLength(2);
  expect([devices[0] === one, devices[1] === other]).toEqual([true, true]);
  for (const entry of [first, second, third]) if (entry !== undefined) remove(entry);
  expect(openDevices.devices).toEqual([]);
  await Promise.all([one.close(), other.close()]);
});

describe('the end of the process', () => {
  test('has one listener while there is an entry', () => {
    const { openDevices, added } = bench();
    expect(added()).toHaveLength(0);

    const entries = [openDevices.add(1, true), openDevices.add(2, true)];
    expect(added()).toHaveLength(1);
    openDevices.watchExits();
    expect(added()).toHaveLength(1);

    for (const entry of entries) remove(entry);
    expect(added()).toHaveLength(0);
  });

  test('closes every device, and undoes what no device came of yet', () => {
    const { openDevices, added } = bench();
    const entries = [1, 2].map((base) => openDevices.add(base, true));
    const devices = entries.map(
      (entry) => (entry.device = deviceWith({ rollback: entry.rollback })),
    );
    const undone: string[] = [];
    openDevices.add(3, true).rollback.add({ run: () => void undone.push('ports') });

    for (const listener of added()) listener(0);

    expect(devices.map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect(undone).toEqual(['ports']);
    expect(openDevices.devices).toEqual([]);
  });
});

describe('signals', () => {
  const counts = (): readonly number[] => SIGNALS.map((name) => process.listenerCount(name));

  test.each([
    ['are not listened for without an interface that was taken', false, 0],
    ['are listened for, once, with one', true, 1],
  ])('%s', (_, isTaken, more) => {
    const { openDevices } = bench();
    const before = counts();
    const entry = openDevices.add(BASE, true);
    entry.isTaken = isTaken;

    openDevices.watchExits();
    openDevices.watchExits();

    expect(counts()).toEqual(before.map((count) => count + more));
    remove(entry);
    expect(counts()).toEqual(before);
  });
});
