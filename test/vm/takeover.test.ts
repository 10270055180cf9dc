/**
 * Taking the interface from ipmi_si and giving it back: the reasons to refuse, what several
 * processes do at once, and that the driver is back after whatever end.
 */

import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, test } from 'vitest';

import { SIM_ID, gaveUp, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';

const OURS = 'ipmi-bt --base 0xce4';
const TAKEOVER = `${OURS} --takeover raw 0x06 0x01`;
const FORCE = `${OURS} --takeover --force raw 0x06 0x01`;
const KERNELS = 'ipmitool raw 0x06 0x01';

/** Prints the driver of the device, or "none". */
const DRIVER = 'basename $(readlink /sys/bus/platform/devices/IPI0001:00/driver || echo none)';

/**
 * 6,553 s until a hard reset; and no timer any more. QEMU's BMC gives back bit 6 of the timer use
 * as it was set: "do not stop the timer" for Set, as Linux does, and "the timer runs" for Get.
 */
const START_WATCHDOG = 'raw 0x06 0x24 0x44 0x01 0 0 0xff 0xff';
const RESET_WATCHDOG = 'raw 0x06 0x22';
const STOP_WATCHDOG = 'raw 0x06 0x24 0x04 0 0 0 0xff 0xff';

const PROGRAM = fileURLToPath(new URL('programs/takeover.mjs', import.meta.url));
const RUN = 'node /opt/ipmi-bt/takeover.mjs';

/** Debian's, not busybox's. */
const MODPROBE = '/usr/sbin/modprobe';

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: 'sim',
    timeoutMs: 120_000,
    files: { '/opt/ipmi-bt/takeover.mjs': PROGRAM },
    steps: stepsOf({
      load: 'modprobe -a ipmi_si ipmi_devintf',
      raw: `${DRIVER}; ${TAKEOVER}; ${DRIVER}; ${KERNELS}`,
      opened: `echo $$; exec 5<>/dev/ipmi0; ${TAKEOVER}`,
      'opened, after': DRIVER,
      'opened, --force': `exec 5<>/dev/ipmi0; ${FORCE}; ${DRIVER}`,
      ...watchdogSteps(),
      'at once': `for i in 1 2 3; do ${TAKEOVER} & done; wait; ${DRIVER}`,
      claim: `${OURS} --json claim; ${DRIVER}`,
      claimed: `${OURS} raw 0x06 0x01; ${TAKEOVER}; ${DRIVER}`,
      release: `${OURS} --json release; ${DRIVER}; ${KERNELS}`,
      'release again': `${OURS} release`,
      exit: `${RUN} exit; echo $?; ${DRIVER}`,
      throw: `${RUN} throw 2> /tmp/thrown; echo $?; ${DRIVER}`,
      SIGTERM: `${signalled('TERM')}; ${DRIVER}`,
      SIGKILL: `${signalled('KILL')}; ${DRIVER}`,
      'after SIGKILL': `${OURS} release; ${DRIVER}; ${KERNELS}`,
      ...persistentSteps(),
    }),
  });
});

function watchdogSteps(): Record<string, string> {
  return {
    watchdog: `ipmitool ${START_WATCHDOG} && ipmitool ${RESET_WATCHDOG} > /dev/null; ${TAKEOVER}`,
    'watchdog, after': DRIVER,
    'watchdog, --force': `${FORCE}; ${DRIVER}`,
    'watchdog, no node': `modprobe -r ipmi_devintf; ${TAKEOVER}`,
    'watchdog, no node, after': `${DRIVER}; ls /dev/ipmi* /run/ipmi-bt/*.taken`,
    'watchdog, stopped': `${OURS} --takeover --force ${STOP_WATCHDOG}; ${TAKEOVER}; ${DRIVER}`,
    node: 'modprobe ipmi_devintf',
  };
}

/** Ends a program that has taken the interface and waits. */
function signalled(name: string): string {
  const start = `rm -f /tmp/said; ${RUN} stay > /tmp/said & pid=$!`;
  const untilOpen = 'until grep -sq open /tmp/said; do usleep 10000; done';
  return `${start}; ${untilOpen}; usleep 200000; kill -${name} $pid; wait $pid; echo $?`;
}

function persistentSteps(): Record<string, string> {
  const file = '/etc/modprobe.d/ipmi-bt.conf';
  const load = `modprobe -r ipmi_si; ${MODPROBE} ipmi_si 2> /dev/null; echo $?; ${DRIVER}`;
  return {
    'not ours': `mkdir -p /etc/modprobe.d; echo '# mine' > ${file}; ${OURS} claim --persistent`,
    'not ours, after': `cat ${file}; rm ${file}; ${DRIVER}`,
    'claim --persistent': `${OURS} claim --persistent`,
    'next boot': `/usr/sbin/depmod 2> /dev/null; ${load}`,
    'release --persistent': `${OURS} release --persistent; ls /etc/modprobe.d`,
    'boot after': load,
  };
}

function refusal(reason: string): RegExp {
  const text = `ipmi-bt: PORT_CLAIMED: 0xce4 is not taken from ipmi_si: ${reason}`;
  return new RegExp(`^${text} \\(use --force to take it anyway\\)\\n$`);
}

test('--takeover borrows the interface, and ipmi_si serves it afterwards', () => {
  expect(guest.step('raw')).toEqual(printed(`ipmi_si\n${SIM_ID}ipmi_si\n${SIM_ID}`));
});

describe('--takeover is refused, and changes nothing,', () => {
  test('while a process has /dev/ipmi0 open, which it names', () => {
    const { exitCode, stdout, stderr } = guest.step('opened');

    expect(exitCode).toBe(69);
    expect(stderr).toMatch(refusal(`pid ${stdout.trimEnd()} \\(sh\\) has /dev/ipmi0 open; .*`));
    expect(guest.step('opened, after')).toEqual(printed('ipmi_si\n'));
  });

  test('while the watchdog runs, as the kernel says', () => {
    expect(guest.step('watchdog').exitCode).toBe(69);
    expect(guest.step('watchdog').stderr).toMatch(refusal('the BMC watchdog is running .*'));
    expect(guest.step('watchdog, after')).toEqual(printed('ipmi_si\n'));
  });

  test('while it runs, as the BMC says where the kernel gives no way to ask', () => {
    const { exitCode, stdout, stderr } = guest.step('watchdog, no node');
    const after = guest.step('watchdog, no node, after');

    expect({ exitCode, stdout }).toEqual({ exitCode: 69, stdout: '' });
    expect(stderr).toMatch(refusal('the BMC watchdog is running .*'));
    expect(after).toMatchObject({ exitCode: 1, stdout: 'ipmi_si\n' });
  });

  test('but not with --force', () => {
    const taken = printed(`${SIM_ID}ipmi_si\n`);

    expect(guest.step('opened, --force')).toEqual(taken);
    expect(guest.step('watchdog, --force')).toEqual(taken);
  });

  test('nor when the watchdog has been stopped', () => {
    expect(guest.step('watchdog, stopped')).toEqual(printed(`\n${SIM_ID}ipmi_si\n`));
  });
});

test('commands at once share what the first has taken, and the last gives it back', () => {
  expect(guest.step('at once')).toEqual(printed(`${SIM_ID.repeat(3)}ipmi_si\n`));
});

describe('claim and release', () => {
  const line = (schema: string): string =>
    `{"schema":"ipmi-bt/${schema}","version":1,"base":3300,"device":"IPI0001:00",` +
    '"driver":"ipmi_si","persistent_file":null}\n';

  test('take the interface for several commands, which leave it so', () => {
    expect(guest.step('claim')).toEqual(printed(`${line('claim')}none\n`));
    expect(guest.step('claimed')).toEqual(printed(`${SIM_ID}${SIM_ID}none\n`));
  });

  test('give it back, once', () => {
    expect(guest.step('release')).toEqual(printed(`${line('release')}ipmi_si\n${SIM_ID}`));
    expect(guest.step('release again')).toEqual(printed('nothing was taken at 0xce4\n'));
  });
});

describe('a program that ends without close()', () => {
  const life = 'takeover\nopen\ngive back\nclose\n';

  test('by process.exit() gives it back', () => {
    expect(guest.step('exit')).toEqual(printed(`${life}3\nipmi_si\n`));
  });

  test('by an exception gives it back', () => {
    expect(guest.step('throw')).toEqual(printed(`${life}1\nipmi_si\n`));
  });

  test('by SIGTERM gives it back', () => {
    expect(guest.step('SIGTERM').stdout).toBe('143\nipmi_si\n');
  });

  test('by SIGKILL leaves it to release', () => {
    expect(guest.step('SIGKILL').stdout).toBe('137\nnone\n');
    expect(guest.step('after SIGKILL')).toEqual(
      printed(`IPI0001:00 is given back to ipmi_si\nipmi_si\n${SIM_ID}`),
    );
  });
});

describe('--persistent', () => {
  test('does not overwrite what somebody else wrote, and then takes nothing', () => {
    const file = '/etc/modprobe.d/ipmi-bt.conf';
    const text = `--persistent: ${file} was not written by ipmi-bt: move it out of the way`;

    expect(guest.step('not ours')).toEqual(gaveUp(64, `${text} (see ipmi-bt --help)`));
    expect(guest.step('not ours, after')).toEqual(printed('# mine\nipmi_si\n'));
  });

  test('keeps ipmi_si from being loaded, and says what stops working', () => {
    const { exitCode, stdout } = guest.step('claim --persistent');

    expect(exitCode).toBe(0);
    for (const loss of ['/dev/ipmi*', 'ipmitool', 'ACPI power', 'ipmi_watchdog', 'initramfs']) {
      expect(stdout).toContain(loss);
    }
    expect(guest.step('next boot')).toEqual(printed('1\nnone\n'));
  });

  test('lets it be loaded again', () => {
    expect(guest.step('release --persistent').exitCode).toBe(0);
    expect(guest.step('boot after')).toEqual(printed('0\nipmi_si\n'));
  });
});
