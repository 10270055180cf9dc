/**
 * The three BT registers. A caller names what it wants, not bits: every write to a register of this
 * driver is made in this file.
 */

import type { Presence } from '../driver/machine.ts';
import { hex } from '../errors.ts';
import type { PortIo } from '../port/port.ts';
import type { BlockAddress } from '../port/register-block.ts';
import { ownSetting } from '../share/settings.ts';
import type { Setting } from '../share/settings.ts';
import { CTRL_READS_ZERO, Ctrl, INTMASK_OEM, INTMASK_READS_ZERO, IntMask } from './bits.ts';
import { NOTHING_DECODES, Register, isBt, isFree, isResponse } from './bits.ts';

/**
 * B2H_ATN is cleared at most so often in one poll.
 * QUIRK(sticky-b2h): some BMCs keep B2H_ATN set after one clear; hit it again before reading.
 */
const CLEAR_HITS_MAX = 4;

/** Number of reads of the bits that must read 0. */
const PRESENCE_LOOKS = 2;

export class BtRegisters {
  readonly #port: PortIo;
  readonly #ctrl: number;
  readonly #fifo: number;
  readonly #intMask: number;
  /** True from the first byte written to HOST2BMC until H2B_ATN is rung. */
  #frameOpen = false;
  /** H_BUSY read 1 after the host had set it. */
  #showsHostBusy = false;
  /** B2H_IRQ_EN, which other processes may need as well. */
  readonly #enable: Setting;
  /** A register was written; until then there is nothing to leave quiet. */
  #written = false;

  constructor(port: PortIo, block: BlockAddress, enable = ownSetting()) {
    this.#port = port;
    this.#enable = enable;
    this.#ctrl = block.base + Register.BT_CTRL * block.spacing;
    this.#fifo = block.base + Register.FIFO * block.spacing;
    this.#intMask = block.base + Register.BT_INTMASK * block.spacing;
  }

  /** Reads BT_CTRL. */
  status(): number {
    return this.#port.inb(this.#ctrl);
  }

  /** Reads BT_INTMASK. */
  interruptMask(): number {
    return this.#port.inb(this.#intMask);
  }

  /** Checks by reads alone: in a BT interface the bits that must read 0 do so, twice. */
  presence(): Presence {
    let seen = '';
    for (let look = 0; look < PRESENCE_LOOKS; look += 1) {
      const [ctrl, mask] = [this.status(), this.interruptMask()];
      seen = `BT_CTRL reads ${hex(ctrl)} and BT_INTMASK ${hex(mask)}`;
      if (ctrl === NOTHING_DECODES && mask === NOTHING_DECODES) return { kind: 'nothing', seen };
      if (!isBt(ctrl) || (mask & INTMASK_READS_ZERO) !== 0) return { kind: 'other', seen };
    }
    return { kind: 'present', seen };
  }

  /** Hands `frame[0..count)` to the BMC. The caller has read B_BUSY and H2B_ATN as 0. */
  writeFrame(frame: Uint8Array, count: number): void {
    // The BMC appends where the pointer stands, so it is reset before every frame (§11.6.1).
    this.#writeCtrl(Ctrl.CLR_WR_PTR);
    this.#frameOpen = true;
    this.#port.writeBytes(this.#fifo, frame, count);
    this.#writeCtrl(Ctrl.H2B_ATN);
    this.#frameOpen = false;
  }

  /**
   * Writes the first bytes of a frame without ringing, and leaves them there, as a process does
   * that is killed meanwhile. For hardware tests alone.
   */
  tearFrame(frame: Uint8Array, count: number): void {
    this.#port.outb(this.#ctrl, Ctrl.CLR_WR_PTR);
    this.#port.writeBytes(this.#fifo, frame, count);
  }

  /** True when a frame may be written. For hardware tests; the machine looks by itself. */
  isReady(): boolean {
    return isFree(this.status());
  }

  /** True when a response lies in the buffer. For the same. */
  hasResponse(): boolean {
    return isResponse(this.status());
  }

  /**
   * Sets or clears H_BUSY, given what BT_CTRL just read. H_BUSY toggles on every write of 1, so it
   * is written only when it must change.
   */
  setHostBusy(busy: boolean, status: number): void {
    const isBusy = (status & Ctrl.H_BUSY) !== 0;
    if (isBusy !== busy) this.#writeCtrl(Ctrl.H_BUSY);
  }

  /** Clears B2H_ATN; false when it still reads 1 after a bounded number of writes. */
  clearAttention(): boolean {
    for (let hits = 0; hits < CLEAR_HITS_MAX; hits += 1) {
      this.#writeCtrl(Ctrl.B2H_ATN);
      let status = this.status();
      if (this.#showsHostBusy && (status & Ctrl.H_BUSY) === 0) {
        // It was 1 already when the host toggled it, as another process may leave it.
        this.#writeCtrl(Ctrl.H_BUSY);
        status = this.status();
      }
      this.#showsHostBusy = (status & Ctrl.H_BUSY) !== 0;
      if ((status & Ctrl.B2H_ATN) === 0) return true;
    }
    return false;
  }

  /** Clears SMS_ATN; with one write, because the BMC may set it again at once. */
  clearSmsAttention(): void {
    this.#writeCtrl(Ctrl.SMS_ATN);
  }

  /**
   * Reads one frame, gives the buffer back to the BMC, and returns the length byte; the bytes it
   * counts are in `body` (255 bytes). The caller has set H_BUSY, which keeps the BMC out of the
   * buffer meanwhile, and cleared B2H_ATN. If H_BUSY reads 0 at the end, the BMC has restarted in
   * mid-frame and the bytes are worth nothing: the length is 0 then.
   */
  takeFrame(body: Uint8Array): number {
    this.#writeCtrl(Ctrl.CLR_RD_PTR);
    const length = this.#port.inb(this.#fifo);
    this.#port.readBytes(this.#fifo, body, length);
    const status = this.status();
    this.setHostBusy(false, status);
    const isTorn = !isBt(status) || (this.#showsHostBusy && (status & Ctrl.H_BUSY) === 0);
    return isTorn ? 0 : length;
  }

  /**
   * Enables interrupts and clears the latched one; until then the BMC raises no other. Does nothing
   * at first while nothing decodes the ports, because the enable must be known as it was found.
   */
  acknowledgeInterrupt(): void {
    if (!this.#enable.isNeeded) {
      const found = this.interruptMask();
      // What floats says nothing of another process, and what is written is lost.
      if (found === NOTHING_DECODES) return;
      this.#enable.need((found & IntMask.B2H_IRQ_EN) !== 0);
    }
    this.#port.outb(this.#intMask, IntMask.B2H_IRQ | IntMask.B2H_IRQ_EN);
  }

  /**
   * Restores the interrupt enable as the first process that needed it has found it, once no other
   * does, and clears a latched interrupt. Until then the register is left alone. Unless it is the
   * last time, it is also left alone while it does not read as enabled: the BMC has restarted, or
   * nothing decodes the ports for a while, and what is written is lost.
   */
  restoreInterrupt(isLast: boolean): void {
    if (!this.#enable.isNeeded) return;
    if (!isLast && !this.#showsEnable()) return;
    const result = this.#enable.release();
    if (result === 'needed') return;
    const enable = result === 'ours' ? 0 : IntMask.B2H_IRQ_EN;
    this.#port.outb(this.#intMask, IntMask.B2H_IRQ | enable);
    if (result === 'ours') this.#enable.settle(true);
  }

  #showsEnable(): boolean {
    const mask = this.interruptMask();
    return mask !== NOTHING_DECODES && (mask & IntMask.B2H_IRQ_EN) !== 0;
  }

  /** Resets the pointers of both buffers, which rings nothing. Not while a response is there. */
  clearPointers(): void {
    this.#writeCtrl(Ctrl.CLR_RD_PTR | Ctrl.CLR_WR_PTR);
  }

  /** Reads the first byte of BMC2HOST, whatever is there. The caller has set H_BUSY. */
  firstByte(): number {
    this.#writeCtrl(Ctrl.CLR_RD_PTR);
    return this.#port.inb(this.#fifo);
  }

  /**
   * Writes B2H_IRQ_EN alone, given what BT_INTMASK just read: the OEM bits keep their values, and
   * an interrupt that is latched stays so.
   */
  setInterruptEnable(on: boolean, mask: number): void {
    const enable = on ? IntMask.B2H_IRQ_EN : 0;
    this.#port.outb(this.#intMask, (mask & INTMASK_OEM) | enable);
  }

  /** Writes BMC_HWRST, which resets the BMC or its interface; only at a caller's request. */
  resetInterface(): void {
    // Every write sets B2H_IRQ_EN to the value written (§11.6.3).
    const enable = this.interruptMask() & IntMask.B2H_IRQ_EN;
    this.#port.outb(this.#intMask, IntMask.BMC_HWRST | enable);
  }

  /**
   * Leaves the interface as after a completed transaction: no half-written frame, no response in
   * the buffer, H_BUSY 0. Synchronous and bounded, so that an exit handler can run it. Returns the
   * length of the response that was in the buffer, which is in `scratch` then; else 0.
   */
  quiesce(scratch: Uint8Array): number {
    if (!this.#written) return 0;
    if (this.#frameOpen) {
      this.#writeCtrl(Ctrl.CLR_WR_PTR);
      this.#frameOpen = false;
    }
    const status = this.status();
    if ((status & CTRL_READS_ZERO) !== 0) return 0;
    if ((status & Ctrl.B2H_ATN) === 0) {
      this.setHostBusy(false, status);
      return 0;
    }
    this.setHostBusy(true, status);
    this.clearAttention();
    return this.takeFrame(scratch);
  }

  #writeCtrl(bits: number): void {
    this.#written = true;
    this.#port.outb(this.#ctrl, bits);
  }
}
