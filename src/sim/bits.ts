/**
 * The bits of the BT registers (IPMI 2.0 §11.6), spelt once more: the simulator shares nothing with
 * the driver, so that a wrong bit is two spellings that disagree.
 */

/** Bits of BT_CTRL. */
export const B_BUSY = 1 << 7;
export const H_BUSY = 1 << 6;
export const OEM0 = 1 << 5;
export const SMS_ATN = 1 << 4;
export const B2H_ATN = 1 << 3;
export const H2B_ATN = 1 << 2;
export const CLR_RD_PTR = 1 << 1;
export const CLR_WR_PTR = 1 << 0;

/** Bits of BT_INTMASK. */
export const BMC_HWRST = 1 << 7;
export const INTMASK_RESERVED = 3 << 5;
export const B2H_IRQ = 1 << 1;
export const B2H_IRQ_EN = 1 << 0;

/** A read gives this where nothing drives the bus. */
export const FLOATING = 0xff;
