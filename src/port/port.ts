/**
 * The waist of the driver: all hardware access goes through a `PortIo`. Real ports (the addon and
 * `/dev/port`), the simulated BMC, QEMU over qtest, and wrappers such as the tracer stand behind
 * it. Every call is synchronous, as the `in` and `out` instructions are.
 */

/** Byte-wide x86 port I/O on ports the implementation has a right to. */
export interface PortIo {
  /** Reads one byte, 0..255, from `port`. */
  inb(port: number): number;

  /** Writes the byte `value`, 0..255, to `port`. */
  outb(port: number, value: number): void;

  /** Reads `count` bytes from the one `port` into `target[0..count)`, as a FIFO wants. */
  readBytes(port: number, target: Uint8Array, count: number): void;

  /** Writes `source[0..count)` to the one `port`. */
  writeBytes(port: number, source: Uint8Array, count: number): void;

  /**
   * A device begins to use it, and goes by `clock`; for implementations that can be used again
   * after `close()`.
   */
  open?(clock: { now(): number }): void;

  /** Gives the ports back. Idempotent; every other call after it throws. */
  close(): void;
}

/** A run of ports, `base` .. `base + count - 1`. */
export interface PortRange {
  readonly base: number;
  readonly count: number;
}
