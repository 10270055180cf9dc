/** The drivers that leave the ports of a device alone. */

import { expect, test } from 'vitest';

import { leavesPorts } from '../../src/kernel/uio-drivers.ts';

test.each([
  ['ipmi_bt_uio', true],
  ['uio_pci_generic', true],
  ['uio_pdrv_genirq', true],
  ['ipmi_si', false],
  ['', false],
])('%j leaves the ports to user space: %s', (driver, expected) => {
  expect(leavesPorts(driver)).toBe(expected);
});
