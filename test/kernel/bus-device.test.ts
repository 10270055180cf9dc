/** Devices and their drivers in /sys, and which drivers leave the ports alone. */

import { expect, test } from 'vitest';

import { devicePath, driverOf, driverPath } from '../../src/kernel/bus-device.ts';
import { leavesPorts } from '../../src/kernel/uio-drivers.ts';
import { fakeFiles } from '../support/fake-files.ts';

const DEVICE = { bus: 'pci', device: '0000:00:02.0' } as const;

test('a device and a driver have their folders', () => {
  expect(devicePath(DEVICE)).toBe('/sys/bus/pci/devices/0000:00:02.0');
  expect(driverPath({ bus: 'platform', driver: 'acme' })).toBe('/sys/bus/platform/drivers/acme');
});

test('a device has the driver that its link names, or none', () => {
  const link = { linkTo: '../../../bus/pci/drivers/ipmi_si' };

  expect(driverOf(DEVICE, fakeFiles({ [`${devicePath(DEVICE)}/driver`]: link }))).toBe('ipmi_si');
  expect(driverOf({ ...DEVICE, bus: 'platform' }, fakeFiles({}))).toBe('');
});

test.each([
  ['ipmi_bt_uio', true],
  ['uio_pci_generic', true],
  ['uio_pdrv_genirq', true],
  ['ipmi_si', false],
  ['', false],
])('%j leaves the ports to user space: %s', (driver, expected) => {
  expect(leavesPorts(driver)).toBe(expected);
});
