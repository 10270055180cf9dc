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

/** Prefixes of a command for a user with the capabilities for ports, in a group or not. */
const CAPABLE = '--inh-caps=+sys_rawio,+sys_admin --ambient-caps=+sys_rawio,+sys_admin';
const AS_MEMBER = `/usr/bin/setpriv --reuid=4243 --regid=4243 --groups=4242 ${CAPABLE}`;
const AS_STRANGER = `/usr/bin/setpriv --reuid=4244 --regid=4244 --clear-groups ${CAPABLE}`;

/** Debian's, not busybox's. */
const MODPROBE = '/usr/sbin/modprobe';

/** Signals that a program does not catch, some of which it could not. */
const UNCAUGHT = ['KILL', 'QUIT', 'USR2', 'SEGV'] as const;
const EXITS = { KILL: 137, QUIT: 131, USR2: 140, SEGV: 139 };

/** Ends of a worker thread, or of the process, while the worker has the interface. */
const WORKERS = ['worker terminated', 'worker exit', 'worker SIGTERM'] as const;

/** Waits until the driver has its device again; the guest's own time is the limit. */
const UNTIL_BOUND =
  'until test -e /sys/bus/platform/drivers/ipmi_si/IPI0001:00; do usleep 20000; done';

/** Lists the guardians, by their folders in /proc; grep does not find itself. */
const FIND = "grep -l 'guardian[.]cjs' /proc/[0-9]*/cmdline 2> /dev/null";

/** Waits until no guardian is left. */
const GUARDIANS = `while ${FIND} > /dev/null; do usleep 20000; done`;

const OVERRIDE = '/sys/bus/platform/devices/IPI0001:00/driver_override';

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: 'sim',
    timeoutMs: 400_000,
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
      ...Object.fromEntries(
        UNCAUGHT.map((name) => [
          name,
          `${signalled(name)}; ${UNTIL_BOUND}; ${GUARDIANS}; ${KERNELS}`,
        ]),
      ),
      ...Object.fromEntries(WORKERS.map((how) => [how, workerEnds(how)])),
      'both killed': `${bothKilled()}; ${DRIVER}`,
      'both killed, raw': `${OURS} raw 0x06 0x01`,
      'both killed, info': `${OURS} info > /dev/null`,
      'both killed, locate': 'ipmi-bt locate > /dev/null',
      'both killed, locate --json': 'ipmi-bt --json locate',
      override: `echo vfio-platform > ${OVERRIDE}; ipmi-bt release; echo $?; ${DRIVER}`,
      'after both killed': `echo > ${OVERRIDE}; ipmi-bt release; ${DRIVER}; ${KERNELS}`,
      ...fileSteps(),
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

/** The main thread of a program ends its worker, itself, or is ended. */
function workerEnds(how: (typeof WORKERS)[number]): string {
  const [, word = ''] = how.split(' ');
  const end = `until ! kill -0 $pid 2> /dev/null || grep -sq ended /tmp/said; do usleep 10000; done`;
  const start = `rm -f /tmp/said; ${RUN} worker-${word} > /tmp/said & pid=$!`;
  return `${start}; ${end}; ${UNTIL_BOUND}; kill $pid 2> /dev/null; wait $pid; ${GUARDIANS}; ${KERNELS}`;
}

/** Kills a program that has taken the interface, and its guardian before it. */
function bothKilled(): string {
  const start = `rm -f /tmp/said; ${RUN} stay > /tmp/said & pid=$!`;
  const untilOpen = 'until grep -sq open /tmp/said; do usleep 10000; done';
  const killAll = `for path in $(${FIND}); do kill -KILL $(echo $path | cut -d/ -f3); done`;
  return `${start}; ${untilOpen}; ${killAll}; kill -KILL $pid; wait $pid; echo $?`;
}

/** Trouble with the files in /run/ipmi-bt, on file systems of their own. */
function fileSteps(): Record<string, string> {
  const folder = '/run/ipmi-bt';
  const run = `${OURS} raw 0x06 0x01`;
  const on = (options: string, then: string): string =>
    `mount -t tmpfs -o mode=700,${options} tmpfs ${folder}; ${then}; code=$?; umount ${folder}; exit $code`;
  return {
    'no driver': 'modprobe -r ipmi_si',
    'a group': `rm -r ${folder}; mkdir -m 2770 ${folder}; chgrp 4242 ${folder}; ${run}; ${AS_MEMBER} ${run}`,
    'not of the group': `${AS_STRANGER} ${run}`,
    'a group, after': `ls -ln ${folder} | grep -c 'rw-rw----.* 4242 '; ${run}; rm -r ${folder}; mkdir -m 700 ${folder}`,
    'no inodes': on('nr_inodes=1', run),
    full: on('size=4k', `dd if=/dev/zero of=${folder}/x bs=4k count=1 2> /dev/null; ${run}`),
    'read-only': on('ro', run),
    'a link': on('size=1m', `ln -s /etc/passwd ${folder}/bt-0xce4.lock; ${run}`),
    'a folder': on('size=1m', `mkdir ${folder}/bt-0xce4.users; ${run}`),
    'the driver again': `modprobe -a ipmi_si ipmi_devintf; ${UNTIL_BOUND}`,
    'taking, full': on('nr_inodes=3', `${TAKEOVER}; code=$?; ${DRIVER}; (exit $code)`),
  };
}

function persistentSteps(): Record<string, string> {
  const file = '/etc/modprobe.d/ipmi-bt.conf';
  const withoutFolder = 'mv /etc/modprobe.d /tmp/modprobe.d';
  const load = `modprobe -r ipmi_si; ${MODPROBE} ipmi_si 2> /dev/null; echo $?; ${DRIVER}`;
  return {
    'not ours': `mkdir -p /etc/modprobe.d; echo '# mine' > ${file}; ${OURS} claim --persistent`,
    'not ours, after': `cat ${file}; rm ${file}; ${DRIVER}`,
    'read-only, persistent': `mount -t tmpfs -o ro tmpfs /etc/modprobe.d; ${OURS} claim --persistent; echo $?`,
    'read-only, after': `umount /etc/modprobe.d; ${DRIVER}; ${withoutFolder}`,
    'claim --persistent': `${OURS} claim --persistent`,
    'next boot': `/usr/sbin/depmod 2> /dev/null; ${load}`,
    'release --persistent': 'ipmi-bt release --persistent; ls /etc/modprobe.d',
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

  test.each(UNCAUGHT)('by SIG%s leaves it to its guardian, which ends then', (name) => {
    expect(guest.step(name).stdout).toBe(`${EXITS[name]}\n${SIM_ID}`);
  });

  test.each(WORKERS)('in a worker thread leaves it to its guardian: %s', (how) => {
    expect(guest.step(how).stdout).toBe(SIM_ID);
  });
});

describe('when the guardian is killed as well', () => {
  const LEFT =
    'IPI0001:00 is still unbound from ipmi_si: the process that had taken it was killed; ' +
    'bind it again with: ipmi-bt release --base 0xce4';

  test('every command says so, and names release', () => {
    const told = `ipmi-bt: warning: ${LEFT}\n`;

    expect(guest.step('both killed').stdout).toBe('137\nnone\n');
    expect(guest.step('both killed, raw')).toEqual({ ...printed(SIM_ID), stderr: told });
    expect(guest.step('both killed, info').stderr).toBe(told);
    expect(guest.step('both killed, locate').stderr).toContain(`ipmi-bt: ${LEFT}\n`);
    expect(JSON.parse(guest.step('both killed, locate --json').stdout)).toMatchObject({
      left_unbound: [{ base: 0xce4, device: 'IPI0001:00', driver: 'ipmi_si' }],
    });
  });

  test('release says what keeps the device for another driver, and how to undo that', () => {
    const { stdout, stderr } = guest.step('override');

    expect(stderr).toBe(
      'ipmi-bt: BMC_UNRESPONSIVE: IPI0001:00 was not given back to ipmi_si: ' +
        `${OVERRIDE} keeps it for vfio-platform, first: echo > ${OVERRIDE} ` +
        '(later: ipmi-bt release --base 0xce4)\n',
    );
    expect(stdout).toBe('75\nnone\n');
  });

  test('release gives it back, without being told where it is', () => {
    expect(guest.step('after both killed')).toEqual(
      printed(`IPI0001:00 is given back to ipmi_si\nipmi_si\n${SIM_ID}`),
    );
  });
});

describe('trouble with the files of the lock', () => {
  const cannot = (name: string): string =>
    `the interface cannot be locked with /run/ipmi-bt/bt-0xce4.${name}: `;

  test.each([
    ['no inodes', 75, `DEVICE_LOCKED: ${cannot('users')}ENOSPC`, 'df -i'],
    ['read-only', 77, `PORT_DENIED: ${cannot('users')}EROFS`, 'read-only: mount it to be written'],
    ['a link', 77, `PORT_DENIED: ${cannot('lock')}ELOOP`, 'remove the path'],
    ['a folder', 77, `PORT_DENIED: ${cannot('users')}EISDIR`, 'remove the path'],
  ])('is told with its cause and a remedy, and nothing is sent: %s', (step, ...expected) => {
    const [exit, text, remedy] = expected;
    const { exitCode, stdout, stderr } = guest.step(step);

    expect({ exitCode, stdout }).toEqual({ exitCode: exit, stdout: '' });
    expect(stderr).toContain(`ipmi-bt: ${text}`);
    expect(stderr).toContain(remedy);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('is none for a user of the group that the folder is opened to', () => {
    expect(guest.step('a group')).toEqual(printed(`${SIM_ID}${SIM_ID}`));
    expect(guest.step('a group, after')).toEqual(printed(`4\n${SIM_ID}`));
    expect(guest.step('not of the group').exitCode).toBe(77);
    expect(guest.step('not of the group').stderr).toMatch(/EACCES.*\(run as root\)\n$/);
  });

  test('does not stop a command when only the name of the holder cannot be written', () => {
    expect(guest.step('full')).toEqual(printed(SIM_ID));
  });

  test('leaves the driver its device when a takeover cannot be recorded', () => {
    const { exitCode, stdout, stderr } = guest.step('taking, full');

    expect({ exitCode, stdout }).toEqual({ exitCode: 75, stdout: 'ipmi_si\n' });
    expect(stderr).toMatch(/^ipmi-bt: DEVICE_LOCKED: the takeover cannot be recorded in .*ENOSPC/);
  });
});

describe('--persistent', () => {
  test('does not overwrite what somebody else wrote, and then takes nothing', () => {
    const file = '/etc/modprobe.d/ipmi-bt.conf';
    const text = `--persistent: ${file} was not written by ipmi-bt: move it out of the way`;

    expect(guest.step('not ours')).toEqual(gaveUp(64, `${text} (see ipmi-bt help claim)`));
    expect(guest.step('not ours, after')).toEqual(printed('# mine\nipmi_si\n'));
  });

  test('that cannot be had takes nothing, and says why', () => {
    const { stdout, stderr } = guest.step('read-only, persistent');

    expect(stderr).toMatch(/^ipmi-bt: PORT_DENIED: --persistent: EROFS.*read-only.*\n$/);
    expect(stdout).toBe('77\n');
    expect(guest.step('read-only, after')).toEqual(printed('ipmi_si\n'));
  });

  test('keeps ipmi_si from being loaded, and says what stops working', () => {
    const { exitCode, stdout } = guest.step('claim --persistent');

    expect(exitCode).toBe(0);
    for (const loss of ['/dev/ipmi*', 'ipmitool', 'ACPI power', 'ipmi_watchdog', 'initramfs']) {
      expect(stdout).toContain(loss);
    }
    expect(stdout).toContain('until: ipmi-bt release --base 0xce4 --persistent\n');
    expect(guest.step('next boot')).toEqual(printed('1\nnone\n'));
  });

  test('lets it be loaded again', () => {
    expect(guest.step('release --persistent').exitCode).toBe(0);
    expect(guest.step('boot after')).toEqual(printed('0\nipmi_si\n'));
  });
});
