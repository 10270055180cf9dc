/** The real machine as a subject, on hosts described in tables. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { btBlock } from '../../src/port/register-block.ts';
import { hostSubject } from '../../src/smoke/host-subject.ts';
import type { HostOptions, HostSubject } from '../../src/smoke/host-subject.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { captured, type38 } from '../support/hosts.ts';
import { IPI, UIO, uioAt } from '../support/irq-bench.ts';
import { BOUND, GIVING, RECORD, TAKING, UNBOUND, changesOf } from '../support/kernel-bench.ts';
import { takingHost } from '../support/taking-host.ts';

const NEVER = new AbortController().signal;
const NAMED = { named: btBlock(0xce4) };

function machine(table: FakeTable = BOUND, options: Partial<HostOptions> = NAMED) {
  const bench = takingHost(table);
  const { host, clock } = bench;
  const given = { irq: 'auto', timeoutMs: 30_000, ...options } as const;
  const subject = hostSubject(given, { host, clock });
  onTestFinished(() => {
    expect(clock.pending).toBe(0);
    expect(bench.claims).toEqual([]);
  });
  return { ...bench, subject };
}

/** The driver of the device, as the files have it. */
function driver(system: { linkTarget(path: string): string | undefined }): string {
  const link = system.linkTarget('/sys/bus/platform/devices/IPI0001:00/driver');
  return link?.replace(/.*\//, '') ?? 'none';
}

describe('take()', () => {
  test('without takeover proves that the ports can be had, and changes nothing', async () => {
    const { subject, clock, system, bmc } = machine(UNBOUND);

    await clock.until(subject.take(false, NEVER));

    expect([changesOf(system), bmc.writes]).toEqual([[], 0]);
  });

  test('without takeover refuses ports that a driver has', async () => {
    const { subject, clock, system } = machine();

    await expect(clock.until(subject.take(false, NEVER))).rejects.toThrow('PORT_CLAIMED');
    expect(driver(system)).toBe('ipmi_si');
  });

  test('holds the interface over devices and doors, until it is given back', async () => {
    const { subject, clock, system, guardians, bmc } = machine();

    await clock.until(subject.take(true, NEVER));
    expect([driver(system), changesOf(system)]).toEqual(['none', TAKING]);
    for (let round = 0; round < 2; round += 1) {
      const door = await clock.until(subject.door(NEVER));
      await clock.until(door.close());
      const device = await clock.until(subject.open());
      await clock.until(device.close());
    }
    expect([driver(system), changesOf(system)]).toEqual(['none', TAKING]);
    expect(guardians).toEqual(['started', 'started', 'dismissed']);

    await clock.until(subject.giveBack());
    expect([driver(system), changesOf(system)]).toEqual(['ipmi_si', [...TAKING, ...GIVING]]);
    expect(guardians).toEqual(['started', 'started', 'dismissed', 'dismissed']);
    expect(await clock.until(subject.leftovers())).toEqual([]);
    await clock.until(subject.giveBack());
    bmc.open(clock);
    bmc.assertQuiet();
  });

  test('takes nothing twice', async () => {
    const { subject, clock, system } = machine();

    await clock.until(subject.take(true, NEVER));
    await clock.until(subject.take(true, NEVER));
    await clock.until(subject.giveBack());

    expect(changesOf(system)).toEqual([...TAKING, ...GIVING]);
  });

  test('with takeover leaves an interface alone that no driver has', async () => {
    const { subject, clock, system, guardians } = machine(UNBOUND);

    await clock.until(subject.take(true, NEVER));
    await clock.until(subject.giveBack());

    expect([changesOf(system), guardians]).toEqual([[], []]);
  });
});

test('what is not given back is left over, with the command that repairs it', async () => {
  const { subject, clock, system } = machine();

  await clock.until(subject.take(true, NEVER));
  const left = await clock.until(subject.leftovers());

  expect(left.map(({ text }) => text)).toEqual([
    'IPI0001:00 is on record as taken from ipmi_si: ipmi-bt release --base 0xce4',
    'IPI0001:00 has no driver, and had ipmi_si before the run: ipmi-bt release --base 0xce4',
  ]);
  expect(system.readText(RECORD)).toMatch(/IPI0001:00/);
  await clock.until(subject.giveBack());
});

describe('the interface', () => {
  const blockOf = ({ subject, clock }: { subject: HostSubject; clock: Clock }) =>
    clock.until(subject.block());
  type Clock = ReturnType<typeof machine>['clock'];

  test('is the one that firmware names', async () => {
    expect(await blockOf(machine(captured('isa-bt'), {}))).toEqual(btBlock(0xce4));
  });

  test('is the first that answers, where there are several', async () => {
    const { bmc, ...bench } = machine(captured('two'), {});

    expect(await blockOf(bench)).toEqual(btBlock(0xce4));
    expect(bmc.writes).toBe(0);
  });

  test('is absent where nothing names one', async () => {
    const bench = machine(captured('kcs'), {});

    await expect(blockOf(bench)).rejects.toThrow('DEVICE_ABSENT: no BT interface found');
  });
});

describe('the interrupt', () => {
  const LINE = { ...UNBOUND, ...uioAt(IPI), '/proc/interrupts': '' };
  const INTERRUPTS = '       CPU0  CPU1\n  6:   12   30   IO-APIC   6-edge   ipmi-bt\n';

  test.each<[string, FakeTable, Partial<HostOptions>, boolean]>([
    ['is bound', LINE, NAMED, true],
    ['is not bound', UNBOUND, NAMED, false],
    ['is not wanted', LINE, { ...NAMED, irq: 'off' }, false],
    ['is named', LINE, { ...NAMED, irq: '/dev/uio0' }, true],
    ['is named and not there', LINE, { ...NAMED, irq: '/dev/uio7' }, false],
  ])('%s', (_, ...[table, options, has]) => {
    expect(machine(table, options).subject.hasInterrupt()).toBe(has);
  });

  test.each([
    ['by /proc/interrupts, all processors together', INTERRUPTS, 42],
    ['by UIO, where drivers share the line', INTERRUPTS.replace('ipmi-bt', 'ahci, ipmi-bt'), 7],
    ['by UIO, where the line is not shown', '', 7],
  ])('is counted %s', (_, text, count) => {
    const irq = { '/sys/firmware/dmi/entries/38-0/raw': type38() };
    const table = { ...LINE, ...irq, [`${UIO}/event`]: '7\n', '/proc/interrupts': text };

    expect(machine(table).subject.kernelInterrupts()).toBe(count);
  });

  test('has no count without an interface', () => {
    expect(machine(UNBOUND, {}).subject.kernelInterrupts()).toBeUndefined();
  });
});

test('a further process opens the same interface, and is left over until it is closed', async () => {
  const { subject, clock } = machine(UNBOUND);
  const [process] = await clock.until(subject.processes(1, NEVER));

  const left = await clock.until(subject.leftovers());

  expect(left.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^the process \d+ of this run has not ended: kill \d+$/),
  ]);
  const closed = process?.close();
  await closed;
  expect(await clock.until(subject.leftovers())).toEqual([]);
});
