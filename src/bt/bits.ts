/**
 * Names of the BT registers and their bits, as IPMI 2.0 chapter 11 prints them.
 */

import type { BlockAddress } from '../port/register-block.ts';

/** Register numbers; the port is `base + number * spacing`. */
export const Register = {
  BT_CTRL: 0,
  /** Read: BMC2HOST buffer. Write: HOST2BMC buffer. */
  FIFO: 1,
  BT_INTMASK: 2,
} as const;

/** The name of the register at a port, or the port itself; the buffers have one for each way. */
export function registerName(port: number, block: BlockAddress, isRead: boolean): string {
  switch ((port - block.base) / block.spacing) {
    case Register.BT_CTRL:
      return 'BT_CTRL';
    case Register.FIFO:
      return isRead ? 'BMC2HOST' : 'HOST2BMC';
    case Register.BT_INTMASK:
      return 'BT_INTMASK';
  }
  return `0x${port.toString(16)}`;
}

/** BT_CTRL (§11.6.1). Writing 0 to a bit changes nothing. */
export const Ctrl = {
  /** Write 1: the next byte written to HOST2BMC is the first. Reads 0. */
  CLR_WR_PTR: 0x01,
  /** Write 1: the next byte read from BMC2HOST is the first. Reads 0. */
  CLR_RD_PTR: 0x02,
  /** Write 1: a request is in HOST2BMC. The BMC clears it when it takes the request. */
  H2B_ATN: 0x04,
  /** Reads 1: a response is in BMC2HOST. Write 1 clears. */
  B2H_ATN: 0x08,
  /** Reads 1: an event or message waits. Write 1 clears. */
  SMS_ATN: 0x10,
  OEM0: 0x20,
  /** Reads 1: the host is reading BMC2HOST. Write 1 toggles. */
  H_BUSY: 0x40,
  /** Reads 1: the BMC is busy; HOST2BMC must not be written. */
  B_BUSY: 0x80,
} as const;

/** BT_INTMASK (§11.6.3). */
export const IntMask = {
  /** Level: every write sets it to the value written. */
  B2H_IRQ_EN: 0x01,
  /** Reads 1: interrupt pending. Write 1 acknowledges. */
  B2H_IRQ: 0x02,
  /** Write 1 resets the BMC or its interface. This driver never writes it unasked. */
  BMC_HWRST: 0x80,
} as const;

/** BT_CTRL bits that always read 0 in a BT interface. */
export const CTRL_READS_ZERO = Ctrl.CLR_WR_PTR | Ctrl.CLR_RD_PTR;

/** BT_INTMASK bits 6:5 are reserved and read 0. */
export const INTMASK_READS_ZERO = 0x60;

/** BT_INTMASK bits 4:2 belong to the makers of BMCs. */
export const INTMASK_OEM = 0x1c;

/** The value that a port reads when no device decodes it. */
export const NOTHING_DECODES = 0xff;

/** True if a BT interface can read so. A BMC that is being reset floats the bus. */
export function isBt(status: number): boolean {
  return (status & CTRL_READS_ZERO) === 0;
}

/** True if BT_CTRL says that a response is in the buffer. */
export function isResponse(status: number): boolean {
  return isBt(status) && (status & Ctrl.B2H_ATN) !== 0;
}

/** True if BT_CTRL says that a request may be written. */
export function isFree(status: number): boolean {
  return isBt(status) && (status & (Ctrl.B_BUSY | Ctrl.H2B_ATN)) === 0;
}

function namesOf(bits: Readonly<Record<string, number>>, value: number): string {
  const set = Object.entries(bits).filter(([, mask]) => (value & mask) !== 0);
  return set.map(([name]) => name).join(' ');
}

/** The bits set in a BT_CTRL value, in words: `B_BUSY H2B_ATN`; empty when none is. */
export function ctrlNames(value: number): string {
  return namesOf(Ctrl, value);
}

/** The bits set in a BT_INTMASK value, in words. */
export function intMaskNames(value: number): string {
  return namesOf(IntMask, value);
}
