/** Devices and their drivers in /sys. */

import { expect, test } from 'vitest';

import { devicePath, driverOf, driverPath } from '../../src/kernel/bus-device.ts';
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
