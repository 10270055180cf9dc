/**
 * The interrupt line of a simulated BMC, as it reaches a process: through a kernel that hands it
 * on, or masks it until the process has handled it. Interrupts can get lost, come late, come
 * without a cause, or without end.
 */

import type { Cancel, Clock } from '../clock.ts';
import type { IrqLine } from '../port/irq-line.ts';
import { B2H_IRQ, B2H_IRQ_EN } from './bits.ts';
import type { SimBmc } from './bmc.ts';
import type { Spell } from './fault-kinds.ts';

/** Faults of the line, from `fromMs` on for `forMs`. */
export type LineFault =
  /** Interrupts do not arrive. */
  | (Spell & { readonly kind: 'lost' })
  /** They arrive so much later. */
  | (Spell & { readonly kind: 'late'; readonly byMs: number })
  /** One more comes so often, for nothing. */
  | (Spell & { readonly kind: 'spurious'; readonly everyMs: number })
  /** They come as fast as they can, for nothing. */
  | (Spell & { readonly kind: 'endless' });

export interface SimLineOptions {
  readonly bmc: SimBmc;
  readonly clock: Clock;
  /** The clock of the process that waits, where it has another: one that can be stopped, say. */
  readonly host?: Clock;
  /** A handler in the kernel acknowledges; else the line is masked when it fires. */
  readonly ownsMask: boolean;
  /**
   * The pin rises only with interrupts enabled in BMC Global Enables, as QEMU's does (default).
   */
  readonly isGated?: boolean;
  readonly faults?: readonly LineFault[];
}

/** BMC Global Enables (§22.1): interrupts for messages, or for a full event message buffer. */
const INTERRUPT_ENABLES = 0x03;

export class SimIrqLine implements IrqLine {
  readonly path = 'simulated';
  readonly ownsMask: boolean;
  /** Interrupts that arrived. */
  count = 0;
  readonly #bmc: SimBmc;
  readonly #clock: Clock;
  readonly #host: Clock;
  readonly #isGated: boolean;
  readonly #faults: readonly LineFault[];
  readonly #waits = new Set<Cancel>();
  #fired: ((count: number) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #isMasked = false;
  /** Interrupts that the process is not told of yet. */
  #due = 0;
  /** One came while the line was masked. */
  #isPending = false;
  #isClosed = false;

  constructor(options: SimLineOptions) {
    const { bmc, clock, host = clock, ownsMask, isGated = true, faults = [] } = options;
    this.#host = host;
    this.ownsMask = ownsMask;
    this.#isGated = isGated;
    this.#bmc = bmc;
    this.#clock = clock;
    this.#faults = faults;
    bmc.interrupts.attach({
      rose: () => {
        this.#rise();
      },
      // The BMC has no timers: a timer here lets it catch up when its answer is due.
      expect: (atMs) => {
        this.#settleAt(atMs);
      },
    });
  }

  watch(fired: (count: number) => void, failed: (error: Error) => void): void {
    this.#fired = fired;
    this.#failed = failed;
    for (const fault of this.#faults) {
      const gapMs = gapOf(fault);
      if (gapMs === undefined) continue;
      this.#later(fault.fromMs - this.#clock.now(), () => {
        this.#disturb(fault, gapMs);
      });
    }
  }

  rearm(): void {
    this.#isMasked = false;
    if (!this.#isPending) return;
    this.#isPending = false;
    this.#deliver();
  }

  enable(on: boolean): void {
    if (this.ownsMask) this.#writeMask(on ? B2H_IRQ | B2H_IRQ_EN : B2H_IRQ);
  }

  /** One comes now, for nothing, unless the line is masked. */
  fire(): void {
    if (this.#isMasked || this.#isClosed) return;
    this.#isMasked = !this.ownsMask;
    this.#arrive(this.#due + 1);
  }

  /** The driver behind the line is unbound. */
  fail(): void {
    this.#failed?.(new Error('EIO: i/o error, read'));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // No other process has it open.
    if (this.ownsMask) this.#writeMask(B2H_IRQ);
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
    this.#bmc.interrupts.attach(undefined);
  }

  /** A timer may fire a little early. */
  #settleAt(atMs: number): void {
    this.#later(atMs - this.#clock.now(), () => {
      if (this.#clock.now() < atMs) this.#settleAt(atMs);
      else this.#bmc.settle();
    });
  }

  #rise(): void {
    if (this.#isGated && (this.#bmc.globalEnables & INTERRUPT_ENABLES) === 0) return;
    // The handler answers the chip whatever becomes of the interrupt.
    if (this.ownsMask) this.#writeMask(B2H_IRQ | B2H_IRQ_EN);
    const current = this.#faults.filter((fault) => this.#isOn(fault));
    if (current.some(({ kind }) => kind === 'lost')) return;
    const late = current.find((fault) => fault.kind === 'late');
    if (late === undefined) this.#deliver();
    else this.#later(late.byMs, () => this.#deliver());
  }

  #deliver(): void {
    if (this.#isMasked) {
      this.#isPending = true;
      return;
    }
    this.#isMasked = !this.ownsMask;
    this.#due += 1;
    // A process that is stopped finds one count in the end, however many have come.
    if (this.#due > 1) return;
    this.#keep(
      (fire) => this.#host.turn(fire),
      () => {
        if (this.#due > 0) this.#arrive(this.#due);
      },
    );
  }

  #arrive(count: number): void {
    this.#due = 0;
    this.count += count;
    this.#fired?.(count);
  }

  #disturb(fault: LineFault, gapMs: number): void {
    if (!this.#isOn(fault)) return;
    this.#deliver();
    this.#later(gapMs, () => {
      this.#disturb(fault, gapMs);
    });
  }

  #isOn({ fromMs, forMs }: Spell): boolean {
    const nowMs = this.#clock.now();
    return nowMs >= fromMs && nowMs < fromMs + forMs;
  }

  #writeMask(value: number): void {
    this.#bmc.outb(this.#bmc.base + 2 * this.#bmc.spacing, value);
  }

  #later(delayMs: number, callback: () => void): void {
    const clock = this.#clock;
    this.#keep(
      (fire) => (delayMs > 0 ? clock.timer(delayMs, fire, false) : clock.turn(fire)),
      callback,
    );
  }

  /** Waits as long as the line is open. */
  #keep(wait: (fire: () => void) => Cancel, callback: () => void): void {
    if (this.#isClosed) return;
    const cancel = wait(() => {
      this.#waits.delete(cancel);
      callback();
    });
    this.#waits.add(cancel);
  }
}

function gapOf(fault: LineFault): number | undefined {
  switch (fault.kind) {
    case 'spurious':
      return fault.everyMs;
    case 'endless':
      return 0;
    case 'lost':
    case 'late':
      return undefined;
  }
}
