/**
 * An interrupt as the driver sees it: a line that tells when it fired, whatever stands behind it.
 */

/** A line on which the interrupt of a device reaches this process. */
export interface IrqLine {
  /** The device file, such as `/dev/uio0`; for messages. */
  readonly path: string;

  /**
   * A handler in the kernel acknowledges each interrupt, and alone writes BT_INTMASK;
   * {@link enable} asks it to, and it disables interrupts when no process has the line open.
   * False: the caller does all that.
   */
  readonly ownsMask: boolean;

  /**
   * From now on calls `fired` with the number of interrupts since the last call, and `failed` once
   * when the line is gone for good (module unbound: EIO). Never from within another call of this
   * object. Keeps no process alive.
   */
  watch(fired: (count: number) => void, failed: (error: Error) => void): void;

  /**
   * Lets the next interrupt through, where firing has masked the line (uio_pci_generic: INTx bit 10
   * of the PCI command register; uio_pdrv_genirq: write int32 1); else does nothing. Cheap when it
   * is not masked. Throws the system's error.
   */
  rearm(): void;

  /** Switches the chip's own enable where `ownsMask` (write int32 1 or 0); else does nothing. */
  enable(on: boolean): void;

  /** Stops watching and closes the file; idempotent, leaks nothing, also in mid-wait. */
  close(): void;
}

/**
 * Where an interrupt is to come from. `off`: from nowhere. `auto`: from the line that is bound to
 * the interface, if there is one; nothing is bound for that. A device file such as `/dev/uio0`:
 * from that one. Or a line of one's own.
 */
export type IrqChoice = 'off' | 'auto' | `/dev/uio${number}` | IrqLine;
