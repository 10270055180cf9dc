/**
 * Numbers of interrupts as firmware and the kernel write them, of which some mean that there is
 * none.
 */

/** No interrupt of its own: unknown in a PCI device's configuration and in firmware's tables. */
const UNKNOWN = 0xff;

/** The kernel's "not connected" (IRQ_NOTCONNECTED), and the ones of a field left empty. */
const NONE_FROM = 0x8000_0000;

/** The number of an interrupt, or undefined when `value` means that there is none. */
export function interruptNumber(value: number): number | undefined {
  const isNone = value <= 0 || value === UNKNOWN || value >= NONE_FROM;
  return isNone || !Number.isInteger(value) ? undefined : value;
}
