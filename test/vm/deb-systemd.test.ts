/**
 * The standalone Debian package on a Debian with systemd and a BMC: its service starts when it is
 * told to, serves ipmitool, is started anew by an upgrade, and ends with a purge.
 */

import { beforeAll, expect, test } from 'vitest';

import { debianPackages } from './built-packages.ts';
import { bootDebian } from './debian.ts';
import type { GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';
import { propertiesOf } from './unit-properties.ts';

const NAME = 'ipmi-bt-serve';
const SHOW = `systemctl show ${NAME} --property=LoadState,ActiveState,UnitFileState,MainPID`;
const PACKAGE = '/root/standalone.deb';

/** Files and processes of the project, wherever they are; not those that the test has put there. */
const LEFT = [
  "find / -xdev -name '*ipmi-bt*' ! -path '/proc/*' ! -path '/var/lib/dpkg/*' ! -path '/sys/*'",
  'find /run /dev -name "*ipmi*" ! -path "/run/udev/*"',
  "ps -eo args | grep '[i]pmi-bt'",
].join('; ');

let guest: GuestResult;

beforeAll(async () => {
  const { standalone } = await debianPackages();
  guest = await bootDebian({
    bmc: 'sim',
    withoutProject: true,
    files: { [PACKAGE]: standalone },
    timeoutMs: 500_000,
    steps: stepsOf({
      install: `dpkg -i ${PACKAGE}`,
      installed: SHOW,
      'driver gone': 'modprobe -r acpi_ipmi ipmi_si ipmi_devintf',
      start: `systemctl enable --now ${NAME}; ${SHOW}`,
      'mc info': 'ipmitool mc info',
      program: `readlink /proc/$(systemctl show -P MainPID ${NAME})/exe`,
      client: 'ipmi-bt raw 6 1',
      upgrade: `dpkg -i ${PACKAGE}; ${SHOW}`,
      'mc info of the next': 'ipmitool mc info',
      purge: 'dpkg --purge ipmi-bt-standalone',
      purged: SHOW,
      left: LEFT,
    }),
  });
});

function printed(step: string): string {
  return guest.step(step).stdout.trimEnd();
}

test('it is installed with its service neither enabled nor started', () => {
  expect(guest.step('install')).toMatchObject({ exitCode: 0 });
  expect(propertiesOf(guest, 'installed')).toEqual({
    ...{ LoadState: 'loaded', ActiveState: 'inactive', UnitFileState: 'disabled', MainPID: '0' },
  });
});

test('the service serves ipmitool and its own command, and runs on its own Node', () => {
  expect(guest.step('driver gone')).toMatchObject({ exitCode: 0 });
  expect(propertiesOf(guest, 'start')).toMatchObject({
    ...{ ActiveState: 'active', UnitFileState: 'enabled' },
  });
  expect(guest.step('mc info')).toMatchObject({ exitCode: 0 });
  expect(printed('mc info')).toMatch(/^IPMI Version +: 2\.0$/m);
  expect(printed('program')).toBe('/usr/lib/ipmi-bt/node');
  expect(guest.step('client')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(printed('client')).toMatch(/^ *20 /);
});

test('an upgrade starts a service that runs anew', () => {
  const [before, after] = [propertiesOf(guest, 'start'), propertiesOf(guest, 'upgrade')];

  expect(printed('upgrade')).toContain('ActiveState=active\n');
  expect(after['MainPID']).not.toBe(before['MainPID']);
  expect(guest.step('mc info of the next')).toMatchObject({ exitCode: 0 });
});

test('a purge ends the service, and leaves the locks of other installations alone', () => {
  expect(guest.step('purge')).toMatchObject({ exitCode: 0 });
  expect(propertiesOf(guest, 'purged')).toMatchObject({
    ...{ LoadState: 'not-found', ActiveState: 'inactive' },
  });
  expect(printed('left')).toBe('/run/ipmi-bt');
});
