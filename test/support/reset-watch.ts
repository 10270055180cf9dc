/**
 * Ports that note every write of BMC_HWRST, even one that is lost because the bus floats, and the
 * check that no reset of the BMC, in whatever way, was made unasked.
 */

import assert from 'node:assert/strict';

import type { PortIo } from '../../src/port/port.ts';
import type { Executed } from '../../src/sim/command-record.ts';

/** BT_INTMASK is the third register; its bit 7 resets the BMC (IPMI 2.0 §11.6.3). */
const BT_INTMASK = 2;
const BMC_HWRST = 0x80;

const APP = 0x06;

/** The commands of netFn App by which a BMC is reset, or stops: §20.2, §20.3, §20.5, §20.6. */
const RESETS: readonly number[] = [0x02, 0x03, 0x05, 0x06];

/** The ports of a BMC, as far as a watch knows it. */
interface Watched extends PortIo {
  readonly bmc: { readonly base: number; readonly executed: readonly Executed[] };
}

export class ResetWatch implements PortIo {
  /** Every value written to BT_INTMASK that has BMC_HWRST set. */
  readonly resets: number[] = [];
  readonly #inner: Watched;

  constructor(inner: Watched) {
    this.#inner = inner;
  }

  inb(port: number): number {
    return this.#inner.inb(port);
  }

  outb(port: number, value: number): void {
    const isReset = port === this.#inner.bmc.base + BT_INTMASK && (value & BMC_HWRST) !== 0;
    if (isReset) this.resets.push(value);
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#inner.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (const value of source.subarray(0, count)) this.outb(port, value);
  }

  close(): void {
    this.#inner.close();
  }

  /** Throws when the BMC was reset, by its register or by a command. */
  assertNone(): void {
    assert.deepEqual(this.resets, [], 'BMC_HWRST was written');
    const commands = this.#inner.bmc.executed.filter(
      ({ netFn, cmd }) => netFn === APP && RESETS.includes(cmd),
    );
    assert.deepEqual(commands, [], 'a command that resets the BMC was sent');
  }
}
