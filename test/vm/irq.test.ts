/**
 * The interrupt, brought to user space and back: PCI by the kernel's own driver, ISA by the module
 * of this package. BT_INTMASK and Global Enables are set by the test's program, requests are the
 * driver's.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { SIM_ID, gaveUp, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { inTurn } from './load.ts';
import { GUEST_ROOT, programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const RAW = 'ipmi-bt raw 0x06 0x01';
const STATUS = 'ipmi-bt irq status --json';
const STATUS_AT = `${STATUS} --base 0xce4`;

const MACHINES = [
  {
    name: 'PCI, by uio_pci_generic',
    bmc: 'pci',
    append: '',
    base: '0xc010',
    bus: 'pci',
    device: '0000:00:02.0',
    driver: 'uio_pci_generic',
    irq: 10,
    line: 'IO-APIC 10-fasteoi uio_pci_generic',
  },
  {
    name: 'ISA, by the module of this package',
    bmc: 'sim',
    append: '',
    base: '0xce4',
    bus: 'platform',
    device: 'IPI0001:00',
    driver: 'ipmi_bt_uio',
    irq: 6,
    line: 'IO-APIC 6-edge ipmi-bt',
  },
  {
    name: 'ISA that only SMBIOS announces, by the module of this package',
    bmc: 'sim',
    append: 'acpi=off',
    base: '0xce4',
    bus: 'platform',
    device: 'dmi-ipmi-si.0',
    driver: 'ipmi_bt_uio',
    irq: 6,
    line: 'IO-APIC 6-edge ipmi-bt',
  },
] as const;

const TAKE = 'ipmi-bt --base 0xce4 --takeover raw 0x06 0x01';
const HARDCODED = '/sys/bus/platform/devices/hardcode-ipmi-si.0';

/** A type 38 structure with an interface type that the kernel makes no device of. */
const UNKNOWN_INTERFACE = Buffer.from('2612003000203200e50c00000000000001060000', 'hex');

/** A line written to a file makes the device, and nothing else announces it. */
const HOTMOD = `/usr/sbin/depmod 2> /dev/null
modprobe ipmi_si unload_when_empty=0
echo add,bt,i/o,0xce4,rsp=1,irq=6 > /sys/module/ipmi_si/parameters/hotmod
ls /sys/bus/platform/devices | grep -E 'ipmi-si|IPI0001'`;

/** Another process has the interface open meanwhile. */
const IN_USE = `
: > /tmp/watch.log
ipmi-bt --log-level info watch 2> /tmp/watch.log &
while ! grep -q '"open"' /tmp/watch.log; do sleep 0.1; done
ipmi-bt irq unbind
code=$?
kill $!
wait
exit $code`;

interface Status {
  readonly device: string | null;
  readonly driver: string | null;
  readonly irq: number | null;
  readonly uio: string | null;
  readonly uio_interrupts: number | null;
  readonly line_interrupts: number | null;
  readonly line: string | null;
  readonly openers: readonly string[];
  readonly state: string;
}

describe.each(inTurn(MACHINES))(
  '$name',
  ({ bmc, append, base, bus, device, driver, irq, line }) => {
    const wake = (scene: string) => `node ${GUEST_ROOT}/irq-wake.mjs ${base} ${scene}`;
    const release = `ipmi-bt release --base ${base}`;
    const siDriver = `basename $(readlink /sys/bus/${bus}/devices/${device}/driver)`;
    let guest: GuestResult;

    beforeAll(async () => {
      guest = await bootGuest({
        bmc,
        append,
        modules: [driver],
        files: programFiles('irq-wake'),
        timeoutMs: 300_000,
        steps: stepsOf({
          load: '/usr/sbin/depmod 2> /dev/null; modprobe ipmi_si',
          'bind too early': 'ipmi-bt irq bind',
          claim: `ipmi-bt claim --base ${base} | head -1`,
          explain: 'ipmi-bt locate --explain | tail -1',
          bind: 'ipmi-bt irq bind',
          'bind again': 'ipmi-bt irq bind --json',
          raw: RAW,
          'release too early': release,
          wake: wake('wake'),
          pending: wake('pending'),
          auto: `ipmi-bt --irq auto --trace ${RAW.replace('ipmi-bt ', '')}`,
          opened: `sleep 60 < /dev/uio0 & ${STATUS}; kill $!`,
          'in use': IN_USE,
          unbind: 'ipmi-bt irq unbind',
          after: STATUS,
          'raw after': RAW,
          'bind to be unbound': 'ipmi-bt irq bind',
          unbound: wake('unbound'),
          'unbind again': 'ipmi-bt irq unbind',
          release: `${release}; ${siDriver}`,
          // Neither firmware nor ACPI is asked: parameters of ipmi_si make the device.
          parameters: 'modprobe -r ipmi_si; modprobe ipmi_si type=bt ports=0xce4 regspacings=1',
          'made by parameters': STATUS,
          'taken from parameters': `${TAKE}; basename $(readlink ${HARDCODED}/driver)`,
        }),
      });
    });

    const status = (step: string): Status => JSON.parse(guest.step(step).stdout) as Status;

    test('is left to ipmi_si while that has the device', () => {
      const reason = `${device} is not bound: the kernel driver ipmi_si has it`;

      expect(guest.step('bind too early')).toEqual(
        gaveUp(69, `PORT_CLAIMED: ${reason} (first: ipmi-bt claim --base ${base})`),
      );
    });

    test('can be had once the interface is claimed, as locate --explain says', () => {
      expect(guest.step('explain').stdout).toBe(
        `Interrupt ${irq} of ${base} is available through ${driver}: ipmi-bt irq bind --base ${base}.\n`,
      );
    });

    test('is bound, and bound again without harm', () => {
      expect(guest.step('bind')).toEqual(
        printed(
          `${device} is bound to ${driver}, its interrupt comes to /dev/uio0, ` +
            `until: ipmi-bt irq unbind --base ${base}\n`,
        ),
      );
      expect(JSON.parse(guest.step('bind again').stdout)).toMatchObject({
        driver,
        uio: '/dev/uio0',
      });
    });

    test('leaves the ports to commands that poll', () => {
      expect(guest.step('raw')).toEqual(printed(SIM_ID));
    });

    test('keeps the interface from being given back, and says what to do first', () => {
      const reason = `${device} is not given back to ipmi_si: ${driver} has it`;

      expect(guest.step('release too early')).toEqual(
        gaveUp(69, `PORT_CLAIMED: ${reason}, first: ipmi-bt irq unbind --base ${base}`),
      );
    });

    test('wakes once for each answer, as often as the kernel counts, and not when disabled', () => {
      expect(guest.step('wake')).toEqual(
        printed('a request: 1 1 1 1 1 1 1 1 1 1; lost: 0\ndisabled: 0\n'),
      );
    });

    test('keeps no process alive that waits for it', () => {
      expect(guest.step('pending')).toEqual(printed('watching /dev/uio0\n'));
    });

    test('comes to a command that asks for it', () => {
      expect(guest.step('auto')).toMatchObject({ exitCode: 0, stdout: SIM_ID });
    });

    test('has a status: driver, counts and who listens', () => {
      const { line_interrupts: all, uio_interrupts: ours, ...others } = status('opened');

      expect(others).toMatchObject({ driver, irq, uio: '/dev/uio0', line, state: 'bound' });
      expect(others.openers).toEqual([expect.stringMatching(/^pid \d+ \(sleep\) has \/dev\/uio0/)]);
      // The line counts on from what ipmi_si had of it.
      expect(ours).toBeGreaterThan(10);
      expect(all).toBeGreaterThan(ours ?? 0);
    });

    test('is not unbound under a process that uses the interface', () => {
      const { exitCode, stderr } = guest.step('in use');

      expect(exitCode).toBe(75);
      expect(stderr).toMatch(/^ipmi-bt: DEVICE_LOCKED: pid \d+ \(node\) uses the interface at 0x/);
    });

    test('is unbound, and the device then has no driver', () => {
      const { driver: none, uio, state } = status('after');

      expect(guest.step('unbind')).toEqual(
        printed(`${device} is unbound from ${driver}; ` + `${release} gives it back to ipmi_si\n`),
      );
      expect({ none, uio, state }).toEqual({ none: null, uio: null, state: 'ready' });
      expect(guest.step('raw after')).toEqual(printed(SIM_ID));
    });

    test('fails once when it is unbound by hand under who waits for it', () => {
      expect(guest.step('unbound')).toEqual(printed('EIO /dev/uio0\n'));
    });

    test('lets ipmi_si have the device back', () => {
      expect(guest.step('unbind again')).toEqual(printed(`no driver of UIO has ${base}\n`));
      expect(guest.step('release')).toEqual(
        printed(`${device} is given back to ipmi_si\nipmi_si\n`),
      );
      if (base === '0xce4') {
        expect(status('made by parameters')).toMatchObject({
          device: 'hardcode-ipmi-si.0',
          driver: 'ipmi_si',
          state: 'claimed',
        });
        expect(guest.step('taken from parameters')).toEqual(printed(`${SIM_ID}ipmi_si\n`));
      }
      expect(guest.console).not.toMatch(/BUG|WARNING|Oops|Call Trace|nobody cared/);
    });
  },
);

describe('ISA that only hotmod of ipmi_si announces', () => {
  const device = 'hotmod-ipmi-si.1';
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootGuest({
      bmc: 'sim',
      append: 'acpi=off',
      tables: { smbios: [UNKNOWN_INTERFACE] },
      modules: ['ipmi_bt_uio'],
      steps: stepsOf({
        made: HOTMOD,
        'status, made': STATUS_AT,
        taken: TAKE,
        claim: 'ipmi-bt claim --base 0xce4 | head -1',
        bind: 'ipmi-bt irq bind --base 0xce4',
        'status, bound': STATUS_AT,
        auto: 'ipmi-bt --base 0xce4 --irq auto raw 0x06 0x01',
        unbind: 'ipmi-bt irq unbind --base 0xce4',
        release: 'ipmi-bt release --base 0xce4',
        'status, released': STATUS_AT,
      }),
    });
  });

  const status = (step: string): Status => JSON.parse(guest.step(step).stdout) as Status;

  test('has that device and no other, a driver and an interrupt', () => {
    expect(guest.step('made')).toEqual(printed(`${device}\n`));
    expect(status('status, made')).toMatchObject({
      ...{ device, driver: 'ipmi_si', irq: 6, state: 'claimed' },
    });
  });

  test('is taken and given back', () => {
    expect(guest.step('taken')).toEqual(printed(SIM_ID));
    expect(guest.step('release')).toEqual(printed(`${device} is given back to ipmi_si\n`));
    expect(status('status, released')).toMatchObject({ device, driver: 'ipmi_si', irq: 6 });
  });

  test('brings its interrupt through the module of this package', () => {
    expect(guest.step('bind')).toEqual(
      printed(
        `${device} is bound to ipmi_bt_uio, its interrupt comes to /dev/uio0, ` +
          'until: ipmi-bt irq unbind --base 0xce4\n',
      ),
    );
    expect(status('status, bound')).toMatchObject({
      ...{ device, driver: 'ipmi_bt_uio', irq: 6, uio: '/dev/uio0', state: 'bound' },
    });
    expect(guest.step('auto')).toEqual(printed(SIM_ID));
    expect(guest.step('unbind')).toEqual(
      printed(
        `${device} is unbound from ipmi_bt_uio; ` +
          'ipmi-bt release --base 0xce4 gives it back to ipmi_si\n',
      ),
    );
    expect(guest.console).not.toMatch(/BUG|WARNING|Oops|Call Trace|nobody cared/);
  });
});
