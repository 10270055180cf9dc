/**
 * The kernel module of `native/uio`, compiled for the guest's kernel: what it binds to, that each
 * reply is one interrupt and that there is no other, and that it goes without a trace.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { SIM_ID, printed } from './expected.ts';
import type { GuestOptions, GuestResult } from './guest.ts';
import { BACKPORTS_KERNEL } from './kernel.ts';
import { COMPLAINT, bootWithUio } from './uio-guest.ts';

const FIRST = 'ipmi-bt --base 0xce4 raw';
const SECOND = 'ipmi-bt --base 0xcd4 raw';

/** Without this the BMC raises no line: receive message interrupt, and the event log as it is. */
const GLOBAL_ENABLES = '0x06 0x2e 0x09';
const DEVICE_ID = '0x06 0x01';

const OPEN = 'exec 5<>/dev/uio0';
const CLOSE = 'exec 5>&-';

const ENABLED = ' 01\n';
const DISABLED = ' 00\n';

function boot(
  steps: Record<string, string>,
  options: Pick<GuestOptions, 'kernelPackage'> = {},
): Promise<GuestResult> {
  return bootWithUio(steps, { ...options, bmc: 'shared irq' });
}

describe('on Linux 6.1', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await boot({
      ...bindingSteps(),
      ...interruptSteps(),
      ...endingSteps(),
      ...spacingSteps(),
    });
  });

  function bindingSteps(): Record<string, string> {
    const uio = '/sys/class/uio/uio0';
    return {
      load: 'modprobe ipmi_bt_uio; driver IPI0001:00; ls /dev/uio*',
      'found enabled':
        "printf '\\001' | dd of=/dev/port bs=1 seek=$((0xce6)) 2> /dev/null; mask 0xce4",
      bind: 'bind IPI0001:00; mask 0xce4',
      names: `cat ${uio}/name ${uio}/version; cd ${uio}/portio; grep . */*`,
      'on the same line': 'bind IPI0001:01; line',
      'no interrupt': 'bind IPI0001:02; dmesg | grep -o "IPI0001:02: .*"',
    };
  }

  function interruptSteps(): Record<string, string> {
    const both = 'events uio0; events uio1; line';
    return {
      'global enables': `${FIRST} ${GLOBAL_ENABLES} && ${SECOND} ${GLOBAL_ENABLES}`,
      'not enabled': `${OPEN}; ${FIRST} ${DEVICE_ID}; mask 0xce4; ${both}`,
      enabled: `${OPEN}; enable 1; mask 0xce4; ${FIRST} ${DEVICE_ID}; count; mask 0xce4; ${both}`,
      'five commands': `${OPEN}; enable 1
for i in 1 2 3 4 5; do ${FIRST} ${DEVICE_ID} > /dev/null; count; done; ${both}`,
      'disabled again': `${OPEN}; enable 1; enable 0; mask 0xce4; ${FIRST} ${DEVICE_ID}; ${both}`,
      neighbour: `exec 5<>/dev/uio1; enable 1; exec 6<>/dev/uio0; ${SECOND} ${DEVICE_ID}
count; mask 0xcd4; mask 0xce4; ${both}`,
      'wrong values': `${OPEN}; enable 1; enable 2; printf 1 | dd bs=1 2>&1 >&5 | grep -o 'dd: .*'
mask 0xce4`,
    };
  }

  function endingSteps(): Record<string, string> {
    return {
      'last close': `${OPEN}; exec 6<>/dev/uio0; enable 1; exec 6>&-; mask 0xce4
${CLOSE}; mask 0xce4`,
      killed: `( ${OPEN}; enable 1; exec sleep 600 ) & until mask 0xce4 | grep -q 01; do :; done
kill -9 $!; wait $!; mask 0xce4`,
      'unbind while open': `${OPEN}; enable 1; mask 0xce4
dd bs=4 count=1 <&5 2> /tmp/told & usleep 300000; unbind ipmi_bt_uio IPI0001:00; wait; cat /tmp/told
mask 0xce4; enable 1; mask 0xce4; ls /dev/uio*; modprobe -r ipmi_bt_uio; echo $?`,
      'bind again': 'bind IPI0001:00; ls /dev/uio*',
      unload: 'modprobe -r ipmi_bt_uio; echo $?; driver IPI0001:00; ls /dev/uio*; line',
    };
  }

  function spacingSteps(): Record<string, string> {
    const load = (spacing: number): string =>
      `modprobe ipmi_bt_uio spacing=${spacing}; bind IPI0001:00; modprobe -r ipmi_bt_uio
dmesg | grep -o 'IPI0001:00: .*' | tail -n 1`;
    return { 'spacing 2': load(2), 'spacing 4': load(4) };
  }

  describe('the module', () => {
    test('takes no device by itself', () => {
      expect(guest.step('load')).toMatchObject({ stdout: 'none\n' });
    });

    test('takes one by its driver_override, and disables what it finds enabled', () => {
      expect(guest.step('found enabled')).toEqual(printed(ENABLED));
      expect(guest.step('bind')).toEqual(printed(`ipmi_bt_uio\n${DISABLED}`));
    });

    test('says which interface it is', () => {
      const port = ['name:bt', 'porttype:port_x86', 'size:0x3', 'start:0xce4'];
      const lines = ['ipmi-bt', '1.1', ...port.map((line) => `port0/${line}`)];

      expect(guest.step('names')).toEqual(printed(lines.map((line) => `${line}\n`).join('')));
    });

    test('shares its line', () => {
      expect(guest.step('on the same line')).toEqual(printed('ipmi_bt_uio\n0 ipmi-bt, ipmi-bt\n'));
    });

    test('refuses a device without interrupt, and says why', () => {
      expect(guest.step('no interrupt')).toEqual(
        printed('none\nIPI0001:02: error -ENXIO: has no interrupt\n'),
      );
    });

    test('refuses a spacing that no interface has', () => {
      const text = 'error -EINVAL: spacing 2 is not 1, 4 or 16';

      expect(guest.step('spacing 2')).toEqual(printed(`none\nIPI0001:00: ${text}\n`));
    });

    test('refuses a spacing that would take it to ports that are not the device’s', () => {
      const text = 'error -EINVAL: has no port for BT_INTMASK';

      expect(guest.step('spacing 4')).toEqual(printed(`none\nIPI0001:00: ${text}\n`));
    });
  });

  describe('interrupts', () => {
    test('come not at all while nobody has enabled them', () => {
      expect(guest.step('global enables')).toEqual(printed('\n\n'));
      expect(guest.step('not enabled')).toEqual(printed(SIM_ID + DISABLED + counted(0, 0)));
    });

    test('come one for a reply, and leave B2H_IRQ_EN set and B2H_IRQ clear', () => {
      expect(guest.step('enabled')).toEqual(
        printed(ENABLED + SIM_ID + number(1) + ENABLED + counted(1, 0)),
      );
    });

    test('come one for each reply; all counters agree', () => {
      const numbers = [2, 3, 4, 5, 6].map(number).join('');

      expect(guest.step('five commands')).toEqual(printed(numbers + counted(6, 0)));
    });

    test('come no more when they are disabled', () => {
      expect(guest.step('disabled again')).toEqual(printed(DISABLED + SIM_ID + counted(6, 0)));
    });

    test('of the neighbour on the line are not taken for ours', () => {
      expect(guest.step('neighbour')).toEqual(
        printed(SIM_ID + number(1) + ENABLED + DISABLED + counted(6, 1)),
      );
    });

    test('are controlled by an int32 of 0 or 1, and by nothing else', () => {
      const text = "dd: error writing 'standard output': Invalid argument\n";

      expect(guest.step('wrong values')).toEqual(printed(text + text + ENABLED));
    });
  });

  describe('are disabled', () => {
    test('by the last close, not by one before it', () => {
      expect(guest.step('last close')).toEqual(printed(ENABLED + DISABLED));
    });

    test('by the end of a process that is killed', () => {
      expect(guest.step('killed')).toMatchObject({ stdout: DISABLED });
    });

    test('when the device is unbound; who waits for one then gets EIO, and enables nothing', () => {
      const told = 'dd: standard input: Input/output error\n';
      const late = "dd: error writing 'standard output': Invalid argument\n";

      expect(guest.step('unbind while open').stdout).toBe(
        `${ENABLED}${told}${DISABLED}${late}${DISABLED}/dev/uio1\n1\n`,
      );
    });

    test('and may be had again afterwards', () => {
      expect(guest.step('bind again')).toEqual(printed('ipmi_bt_uio\n/dev/uio0\n/dev/uio1\n'));
    });
  });

  test('unloading the module gives everything back', () => {
    expect(guest.step('unload')).toMatchObject({ stdout: '0\nnone\n7 \n' });
  });

  test('the kernel has nothing to complain about', () => {
    expect(guest.console).not.toMatch(COMPLAINT);
  });
});

describe('on Linux 6.12, beside ipmi_si', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    const start = '/sys/class/uio/uio0/portio/port0/start';
    const ours = 'unbind ipmi_bt_uio dmi-ipmi-si.0';
    guest = await boot(
      {
        load: 'modprobe -a ipmi_si ipmi_bt_uio; driver IPI0001:00; driver dmi-ipmi-si.0',
        'let go': 'unbind ipmi_si IPI0001:00; unbind ipmi_si dmi-ipmi-si.0',
        bind: `bind dmi-ipmi-si.0; cat ${start}; line | sed 's/^[0-9]* //'`,
        'global enables': `${FIRST} ${GLOBAL_ENABLES}`,
        enabled: `${OPEN}; enable 1; ${FIRST} ${DEVICE_ID}; count; mask 0xce4; events uio0`,
        closed: 'mask 0xce4',
        'give back': `${ours}; echo > $platform/devices/dmi-ipmi-si.0/driver_override
echo IPI0001:00 > $platform/drivers_probe; driver IPI0001:00; ls /dev/uio*`,
      },
      { kernelPackage: BACKPORTS_KERNEL },
    );
  });

  test('takes the device made of SMBIOS, where each register is a resource of its own', () => {
    expect(guest.step('load')).toEqual(printed('ipmi_si\nipmi_si\n'));
    expect(guest.step('bind')).toEqual(printed('ipmi_bt_uio\n0xce4\nipmi_si, ipmi-bt\n'));
  });

  test('a reply is one interrupt, on a line that ipmi_si shares', () => {
    expect(guest.step('enabled')).toEqual(printed(`${SIM_ID}${number(1)}${ENABLED}1\n`));
    expect(guest.step('closed')).toEqual(printed(DISABLED));
  });

  test('ipmi_si has its interface back in the end, and no complaint', () => {
    expect(guest.step('give back').stdout).toBe('ipmi_si\n');
    expect(guest.console).not.toMatch(COMPLAINT);
  });
});

/** The interrupts that each of two interfaces on one line has counted, and those of the line. */
function counted(first: number, second: number): string {
  return `${first}\n${second}\n${first + second} ipmi-bt, ipmi-bt\n`;
}

/** An int32, as `od` prints it. */
function number(value: number): string {
  return `${String(value).padStart(12)}\n`;
}
