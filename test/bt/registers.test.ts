/** Where the registers lie, and how little is written to leave them quiet. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { BtRegisters } from '../../src/bt/registers.ts';
import { silentLog } from '../../src/log.ts';
import { loadNative } from '../../src/native.ts';
import type { PortIo } from '../../src/port/port.ts';
import { closeSettings, sharedSettings } from '../../src/share/settings.ts';
import type { Released, Setting } from '../../src/share/settings.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { RecordingPort } from '../support/recording-port.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

const GET_DEVICE_ID = Uint8Array.of(0x03, 0x18, 0x07, 0x01);

/** Registers over a BMC that answers at once; `cycles()`: what was done since it was last asked. */
function rig(wrap: (port: PortIo) => PortIo = (port) => port) {
  const bmc = new SimBmc();
  const port = new RecordingPort(wrap(bmc), bmc.base);
  const registers = new BtRegisters(port, { base: bmc.base, spacing: 1 });
  const cycles = (): readonly string[] =>
    port.cycles
      .splice(0)
      .map(({ direction, port: at, value }) => `${direction} ${at - bmc.base} ${value}`);
  return { bmc, registers, cycles };
}

test('each register is read and written where it lies', () => {
  const bmc = new SimBmc({ spacing: 4 });
  const port = new RecordingPort(bmc, bmc.base);
  const registers = new BtRegisters(port, { base: bmc.base, spacing: 4 });

  registers.status();
  registers.interruptMask();
  registers.writeFrame(GET_DEVICE_ID, 4);

  expect(port.cycles.map((cycle) => cycle.port)).toEqual([
    ...[0xce4, 0xcec],
    ...[0xce4, 0xce8, 0xce8, 0xce8, 0xce8, 0xce4],
  ]);
});

test('B2H_ATN that stays set is hit four times, and no more', () => {
  const { registers, cycles } = rig((port) => new BentPort(port, () => 0x08));

  expect(registers.clearAttention()).toBe(false);

  expect(cycles()).toEqual(Array<string[]>(4).fill(['out 0 8', 'in 0 8']).flat());
});

test('a frame of a BMC that never shows H_BUSY is whole', () => {
  const { registers } = rig((port) => new BentPort(port, (_, value) => value & ~0x40));
  registers.writeFrame(GET_DEVICE_ID, 4);
  registers.setHostBusy(true, registers.status());
  registers.clearAttention();

  expect(registers.takeFrame(new Uint8Array(255))).toBeGreaterThan(0);
});

test('what a test of the hardware writes rings nothing, and no other bit', () => {
  const { bmc, registers, cycles } = rig();

  registers.clearPointers();
  registers.setHostBusy(true, registers.status());
  registers.firstByte();
  registers.setHostBusy(false, registers.status());
  // Of what was read, OEM bits are kept; B2H_IRQ, BMC_HWRST and reserved bits are not written.
  registers.setInterruptEnable(true, 0xfe);
  registers.setInterruptEnable(false, 0x03);

  expect(cycles().filter((cycle) => cycle.startsWith('out'))).toEqual([
    ...['out 0 3', 'out 0 64', 'out 0 2', 'out 0 64'],
    ...['out 2 29', 'out 2 0'],
  ]);
  expect(bmc.executed).toEqual([]);
  bmc.assertQuiet();
});

describe('quiesce()', () => {
  test('touches no register when nothing was written', () => {
    const { bmc, registers, cycles } = rig();
    bmc.leaveResponse([0x1c, 0x07, 0x01, 0x00]);
    registers.status();
    registers.interruptMask();
    cycles();

    registers.quiesce(new Uint8Array(255));

    expect(cycles()).toEqual([]);
  });

  test('looks once and writes nothing when the last reply was taken', () => {
    const { registers, cycles } = rig();
    registers.writeFrame(GET_DEVICE_ID, 4);
    registers.setHostBusy(true, registers.status());
    registers.clearAttention();
    registers.takeFrame(new Uint8Array(255));
    cycles();

    registers.quiesce(new Uint8Array(255));

    expect(cycles()).toEqual(['in 0 0']);
  });

  test('takes H_BUSY back and nothing else when no response waits', () => {
    const { registers, cycles } = rig();
    registers.setHostBusy(true, 0);
    cycles();

    registers.quiesce(new Uint8Array(255));

    expect(cycles()).toEqual(['in 0 64', 'out 0 64']);
  });

  test('drops a frame that was not written to its end, once', () => {
    let isBroken = true;
    const { bmc, registers, cycles } = rig(
      (port) =>
        new CyclePort(port, (cycle) => {
          if (isBroken && cycle === 3) throw new Error('EIO');
        }),
    );
    expect(() => {
      registers.writeFrame(GET_DEVICE_ID, 4);
    }).toThrow('EIO');
    isBroken = false;
    cycles();

    registers.quiesce(new Uint8Array(255));
    registers.quiesce(new Uint8Array(255));

    expect(cycles()).toEqual(['out 0 1', 'in 0 0', 'in 0 0']);
    bmc.assertQuiet();
  });

  test('takes out a response that waits', () => {
    const { bmc, registers, cycles } = rig();
    registers.writeFrame(GET_DEVICE_ID, 4);
    cycles();

    registers.quiesce(new Uint8Array(255));

    expect(cycles().slice(0, 5)).toEqual(['in 0 8', 'out 0 64', 'out 0 8', 'in 0 64', 'out 0 2']);
    bmc.assertQuiet();
  });

  test('writes nothing to a bus that floats: nobody is there', () => {
    let floats = false;
    const { registers, cycles } = rig(
      (port) => new BentPort(port, (_, value) => (floats ? 0xff : value)),
    );
    registers.setHostBusy(false, 0x40);
    floats = true;
    cycles();

    registers.quiesce(new Uint8Array(255));

    expect(cycles()).toEqual(['in 0 255']);
  });
});

describe('the interrupt enable that several processes need', () => {
  /** Two processes at one BMC, with the file by which they share the enable. */
  function processes() {
    const bmc = new SimBmc();
    const folder = tempFolder();
    const start = (): BtRegisters => {
      const log = silentLog;
      const settings = sharedSettings({ base: bmc.base, folder, load: loadNative, log });
      onTestFinished(() => {
        closeSettings(settings);
      });
      return new BtRegisters(bmc, { base: bmc.base, spacing: 1 }, settings.intmask);
    };
    return { bmc, start };
  }

  test('stays when the first of them ends, and is as found when the last does', () => {
    const { bmc, start } = processes();
    const [one, two] = [start(), start()];
    one.acknowledgeInterrupt();
    two.acknowledgeInterrupt();

    one.restoreInterrupt(true);
    expect(bmc.interrupts.value).toBe(1);
    two.restoreInterrupt(true);

    expect(bmc.interrupts.value).toBe(0);
  });

  test.each([0x00, 0xff] as const)('is not given up while all registers read %i', (value) => {
    const { bmc, start } = processes();
    const one = start();
    one.acknowledgeInterrupt();
    bmc.fail('floats', { value });
    one.restoreInterrupt(false);
    bmc.calm();
    expect(bmc.interrupts.value).toBe(1);

    one.restoreInterrupt(true);
    expect(bmc.interrupts.value).toBe(0);
  });

  test('that another program has set stays in the end', () => {
    const { bmc, start } = processes();
    bmc.interrupts.write(1, false);
    const [one, two] = [start(), start()];
    one.acknowledgeInterrupt();
    two.acknowledgeInterrupt();

    two.restoreInterrupt(true);
    one.restoreInterrupt(true);

    expect(bmc.interrupts.value).toBe(1);
  });
});

describe('the interrupt enable is put back as it was found:', () => {
  /** A setting whose end is as told, and what was said to it. */
  function settingWith(released: Released): { setting: Setting; said: string[] } {
    const said: string[] = [];
    let isNeeded = false;
    const setting: Setting = {
      get isNeeded() {
        return isNeeded;
      },
      need: (isOn) => {
        isNeeded = true;
        said.push(`need ${isOn}`);
      },
      release: () => {
        isNeeded = false;
        return released;
      },
      settle: (isOff) => void said.push(`settle ${isOff}`),
      close: () => undefined,
    };
    return { setting, said };
  }

  test.each<[Released, readonly string[], readonly string[]]>([
    ['needed', [], []],
    ['ours', ['out 2 2'], ['settle true']],
    ['found', ['out 2 3'], []],
  ])('%s', (released, written, settled) => {
    const bmc = new SimBmc();
    const port = new RecordingPort(bmc, bmc.base);
    const { setting, said } = settingWith(released);
    const registers = new BtRegisters(port, { base: bmc.base, spacing: 1 }, setting);
    registers.acknowledgeInterrupt();
    registers.acknowledgeInterrupt();
    // It is known as it was found, once.
    expect(said.splice(0)).toEqual(['need false']);
    port.cycles.splice(0);
    registers.restoreInterrupt(true);

    const cycles = port.cycles.map(({ direction, port: at, value }) => {
      return `${direction} ${at - bmc.base} ${value}`;
    });
    expect(cycles).toEqual(written);
    expect(said).toEqual(settled);
    port.cycles.splice(0);
    registers.restoreInterrupt(true);
    expect(port.cycles).toEqual([]);
  });

  test.each([
    ['floats', 0xff],
    ['is off', 0x00],
  ])('it is left alone while it %s, unless it is the last time', (_, mask) => {
    const bmc = new SimBmc();
    let isBent = false;
    const bent = new BentPort(bmc, (at, value) => (isBent && at === bmc.base + 2 ? mask : value));
    const port = new RecordingPort(bent, bmc.base);
    const { setting } = settingWith('ours');
    const registers = new BtRegisters(port, { base: bmc.base, spacing: 1 }, setting);
    registers.acknowledgeInterrupt();
    isBent = true;
    port.cycles.splice(0);
    registers.restoreInterrupt(false);
    expect(port.cycles.map(({ direction }) => direction)).not.toContain('out');
    registers.restoreInterrupt(true);
    expect(port.cycles.filter(({ direction }) => direction === 'out')).toHaveLength(1);
  });
});

test('an interrupt enable that floats is not taken for that of another program', () => {
  let floats = true;
  const { bmc, registers, cycles } = rig(
    (port) => new BentPort(port, (_, value) => (floats ? 0xff : value)),
  );
  registers.acknowledgeInterrupt();
  expect(cycles()).toEqual(['in 2 255']);

  floats = false;
  registers.acknowledgeInterrupt();
  expect(bmc.inb(bmc.base + 2)).toBe(0x01);
  registers.restoreInterrupt(true);

  expect(bmc.inb(bmc.base + 2)).toBe(0x00);
});

test.each([
  ['nothing', 0xff, 0xff],
  ['other', 0xff, 0x00],
  ['other', 0x00, 0xff],
  ['present', 0x00, 0x00],
])('what is there is "%s" where BT_CTRL reads %i and BT_INTMASK %i', (kind, ctrl, mask) => {
  const { registers } = rig((port) => new BentPort(port, (at) => (at === 0xce4 ? ctrl : mask)));
  const hex = (value: number): string => `0x${value.toString(16)}`;

  expect(registers.presence()).toEqual({
    kind,
    seen: `BT_CTRL reads ${hex(ctrl)} and BT_INTMASK ${hex(mask)}`,
  });
});

test.each([
  ['put back where it reads as set', 0x01, ['in 2 1', 'out 2 2']],
  ['left alone where it does not', 0x00, ['in 2 0']],
  ['left alone where nothing decodes', 0xff, ['in 2 255']],
])('before the end, the interrupt enable is %s', (_, mask, expected) => {
  const state: { mask?: number } = {};
  const { registers, cycles } = rig(
    (port) => new BentPort(port, (at, value) => (at === 0xce6 ? (state.mask ?? value) : value)),
  );
  registers.acknowledgeInterrupt();
  cycles();
  state.mask = mask;
  registers.restoreInterrupt(false);

  expect(cycles()).toEqual(expected);
});
