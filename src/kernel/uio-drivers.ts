/**
 * The drivers that hand the interrupt of a device on to user space. They leave its ports alone, so
 * that such a device can be used while one of them is bound to it.
 */

/**
 * The module of `native/uio`: while it is bound it writes BT_INTMASK, and leaves all other
 * registers to us.
 */
export const UIO_DRIVER = 'ipmi_bt_uio';

/** The kernel's own, for PCI devices only: it touches no register of a BAR. */
export const UIO_PCI_DRIVER = 'uio_pci_generic';

/** The kernel's own for platform devices. */
export const UIO_PLATFORM_DRIVER = 'uio_pdrv_genirq';

/** All of them. */
export const UIO_DRIVERS: readonly string[] = [UIO_DRIVER, UIO_PCI_DRIVER, UIO_PLATFORM_DRIVER];

/** True for a driver of UIO, which may be bound to a device whose ports this process uses. */
export function leavesPorts(driver: string): boolean {
  return UIO_DRIVERS.includes(driver);
}
