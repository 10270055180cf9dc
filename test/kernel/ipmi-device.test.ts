/** Commands through the kernel's driver, and its character devices. */

import { describe, expect, test } from 'vitest';

import { askKernel, nodesOf } from '../../src/kernel/ipmi-device.ts';
import type { NativeLoad } from '../../src/native.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { FakeSystem } from '../support/fake-files.ts';
import { fakeNative, noNative } from '../support/fake-native.ts';

const NODE = '/dev/ipmi0';
const QUESTION = { netFn: 0x06, cmd: 0x25 };

/** A kernel that answers `reply` once its clock is at `atMs`. */
function bench(reply: readonly number[], atMs = 0) {
  const clock = new VirtualClock();
  const system = new FakeSystem({ [NODE]: '' });
  const { calls, load } = fakeNative();
  const looksMs: number[] = [];
  const answering = (): NativeLoad => {
    const native = load();
    if (native.kind === 'missing') return native;
    const receiveMessage = (_: number, target: Uint8Array): number => {
      looksMs.push(clock.now());
      if (clock.now() < atMs) return 0;
      target.set(reply);
      return reply.length;
    };
    return { ...native, messages: { ...native.messages, receiveMessage } };
  };
  const ask = (node = NODE) =>
    clock.until(askKernel(node, QUESTION, { system, load: answering, clock }));
  return { clock, system, calls, looksMs, ask };
}

test('a reply comes with its completion code apart', async () => {
  const { system, calls, clock, ask } = bench([0x00, 1, 2, 3]);

  expect(await ask()).toEqual({ completionCode: 0, data: Uint8Array.of(1, 2, 3) });
  expect(calls).toEqual(['sendMessage 3 6 37']);
  expect(system.changes).toEqual([`open ${NODE}`, 'close']);
  expect([clock.now(), clock.pending]).toEqual([0, 0]);
});

test('a slow reply is looked for after 1 ms, then twice as long, up to every 20 ms', async () => {
  const { looksMs, ask } = bench([0xc0], 70);

  expect(await ask()).toEqual({ completionCode: 0xc0, data: new Uint8Array() });
  expect(looksMs).toEqual([0, 1, 3, 7, 15, 31, 51, 71]);
});

test('no reply in 6 s is none, and the device is closed', async () => {
  const { system, clock, ask } = bench([], Infinity);

  expect(await ask()).toBe('no answer');
  expect(clock.now()).toBeGreaterThanOrEqual(6000);
  expect(clock.now()).toBeLessThan(6020);
  expect(system.changes.at(-1)).toBe('close');
});

describe('there is no way', () => {
  test('without a device', async () => {
    const { system, ask } = bench([0]);

    expect(await ask('/dev/ipmi1')).toBe('no way');
    expect(system.changes).toEqual([]);
  });

  test('without the addon', async () => {
    const { system, clock } = bench([0]);

    expect(await askKernel(NODE, QUESTION, { system, load: noNative, clock })).toBe('no way');
    expect(system.changes).toEqual([]);
  });
});

test('the character devices are those of the interface, and of that name', () => {
  const folder = '/sys/bus/pci/devices/0000:00:02.0/ipmi';
  const system = new FakeSystem({
    ...{ [`${folder}/ipmi1/dev`]: '', [`${folder}/ipmix/dev`]: '' },
    '/sys/bus/platform/devices/IPI0001:00/ipmi/ipmi0/dev': '',
  });

  expect(nodesOf({ bus: 'pci', device: '0000:00:02.0' }, system)).toEqual(['/dev/ipmi1']);
  expect(nodesOf({ bus: 'pci', device: '0000:00:03.0' }, system)).toEqual([]);
});
