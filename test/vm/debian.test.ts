/**
 * A Debian guest: systemd is its first process and all of it works as on a server, services and
 * IPMI included; and each boot begins with the same file system, out of an image made once.
 */

import { stat } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { debianImage } from './debian-image.ts';
import { bootDebian } from './debian.ts';
import type { GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';
import { propertiesOf } from './unit-properties.ts';

/** Is ready when it says so, and leaves a line for each start and each orderly stop. */
const READY_UNIT = `[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh /usr/local/bin/ready
`;

const READY_SCRIPT = `trap 'echo stopped; exit 0' TERM
echo started
systemd-notify --ready --status="as process $$"
while :; do sleep 600 & wait; done
`;

const SHOW = 'systemctl show ready --property=ActiveState,SubState,Result,StatusText,MainPID';

/** Files of no package. */
const MARKED = '/etc/marked /usr/bin/marked';

/** Without the newline at its end. */
function printedBy(guest: GuestResult, step: string): string {
  return guest.step(step).stdout.trimEnd();
}

describe('a Debian guest', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootDebian({
      bmc: 'sim',
      units: { 'ready.service': READY_UNIT },
      files: { '/usr/local/bin/ready': Buffer.from(READY_SCRIPT) },
      steps: stepsOf({
        'first process': 'cat /proc/1/comm',
        state: 'systemctl is-system-running',
        failed: 'systemctl list-units --state=failed --plain --no-legend',
        boot: 'systemd-analyze time',
        release: '. /etc/os-release && echo "$ID $VERSION_ID $(stat -c %a /tmp /root | xargs)"',
        start: `systemctl start ready && ${SHOW}`,
        restart: `systemctl restart ready && ${SHOW}`,
        stop: `systemctl stop ready; ${SHOW}`,
        journal: 'journalctl --unit=ready --output=cat --identifier=sh',
        'mc info': 'ls /dev/ipmi0 && ipmitool mc info',
        'kernel driver gone': 'modprobe -r acpi_ipmi ipmi_si',
        project: 'readlink -f "$(command -v ipmi-bt)" && ipmi-bt raw 0x06 0x01',
        mark: `touch ${MARKED}`,
        marked: `find ${MARKED} | wc -l`,
      }),
    });
  });

  test('systemd is the first process, and no unit has failed', () => {
    expect(printedBy(guest, 'first process')).toBe('systemd');
    expect(printedBy(guest, 'failed')).toBe('');
    expect(printedBy(guest, 'state')).toBe('running');
    expect(printedBy(guest, 'boot')).toMatch(/^Startup finished in .* \(userspace\)/);
  });

  test('it is Debian 12, whose folders have kept their modes', () => {
    expect(printedBy(guest, 'release')).toBe('debian 12 1777 700');
  });

  test('a service that tells its readiness starts, restarts and stops', () => {
    const [first, second] = [propertiesOf(guest, 'start'), propertiesOf(guest, 'restart')];

    expect(guest.step('start').exitCode).toBe(0);
    expect(first).toMatchObject({ ActiveState: 'active', SubState: 'running' });
    expect(first['StatusText']).toBe(`as process ${first['MainPID']}`);
    expect(second).toMatchObject({ ActiveState: 'active', SubState: 'running' });
    expect(second['StatusText']).toBe(`as process ${second['MainPID']}`);
    expect(second['MainPID']).not.toBe(first['MainPID']);
    expect(propertiesOf(guest, 'stop')).toMatchObject({
      ...{ ActiveState: 'inactive', SubState: 'dead', Result: 'success', MainPID: '0' },
    });
    expect(printedBy(guest, 'journal').split('\n')).toEqual([
      ...['started', 'stopped', 'started', 'stopped'],
    ]);
  });

  test("the kernel's driver is loaded for the BMC, and ipmitool speaks to it", () => {
    expect(guest.step('mc info')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printedBy(guest, 'mc info')).toMatch(/^\/dev\/ipmi0\n[^]*IPMI Version +: 2\.0/);
  });

  test('the project is installed, and speaks to the BMC where the driver has gone', () => {
    expect(guest.step('kernel driver gone')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(guest.step('project')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printedBy(guest, 'project')).toMatch(/^\/usr\/bin\/ipmi-bt\n *20 /);
  });

  test('the next boot begins with the same files, out of the same image', async () => {
    const image = await debianImage();
    const before = await stat(image);
    expect(guest.step('mark')).toMatchObject({ exitCode: 0, stderr: '' });

    const next = await bootDebian({
      bmc: 'none',
      withoutProject: true,
      steps: stepsOf({ marked: `find ${MARKED} | wc -l`, state: 'systemctl is-system-running' }),
    });

    expect(printedBy(guest, 'marked')).toBe('2');
    expect(printedBy(next, 'marked')).toBe('0');
    expect(printedBy(next, 'state')).toBe('running');
    expect(await debianImage()).toBe(image);
    expect(await stat(image)).toEqual(before);
  });
});
