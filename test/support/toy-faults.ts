/**
 * What can go wrong between a host and the toy BMC, as data: faults of one command, and faults of
 * the registers for a while.
 */

/** Faults of the command number `at`, counted from 0 as the BMC takes them. */
export type ToyCommandFault =
  /** It is executed, and never answered. */
  | { readonly kind: 'drop'; readonly at: number }
  /** Its answer comes so much later. */
  | { readonly kind: 'late'; readonly at: number; readonly byMs: number }
  /** It is answered with this code; with 0xC0 it is not executed. */
  | { readonly kind: 'code'; readonly at: number; readonly code: number };

/** Faults of the registers from `fromMs` on, for `forMs`. */
export interface ToySpell {
  /**
   * `busy`: the BMC takes no byte. `floats`: all registers read 0xff, and writes are lost.
   * `restarts`: the same, and afterwards the BMC has forgotten everything.
   */
  readonly kind: 'busy' | 'floats' | 'restarts';
  readonly fromMs: number;
  readonly forMs: number;
}

export type ToyFault = ToyCommandFault | ToySpell;

/** The BMC did not process a command that it answers so. */
export const NODE_BUSY = 0xc0;

/** Decides what befalls the BMC now. */
export class ToyFaults {
  #faults: readonly ToyFault[];
  readonly #restarted = new Set<ToySpell>();

  constructor(faults: readonly ToyFault[]) {
    this.#faults = faults;
  }

  /** When the last spell is over. */
  get calmFromMs(): number {
    return this.#spells().reduce((most, { fromMs, forMs }) => Math.max(most, fromMs + forMs), 0);
  }

  /** Ends all faults for good. */
  calm(): void {
    this.#faults = [];
  }

  /** True while the BMC takes no byte. */
  isBusy(nowMs: number): boolean {
    return this.#isIn(nowMs, 'busy');
  }

  /** True while nothing decodes the ports. */
  isAway(nowMs: number): boolean {
    return this.#isIn(nowMs, 'floats') || this.#isIn(nowMs, 'restarts');
  }

  /** True once for each restart that has begun. */
  takeRestart(nowMs: number): boolean {
    const begun = this.#spells().filter((one) => one.kind === 'restarts' && one.fromMs <= nowMs);
    const fresh = begun.filter((one) => !this.#restarted.has(one));
    for (const one of fresh) this.#restarted.add(one);
    return fresh.length > 0;
  }

  /** The faults of command number `at`. */
  ofCommand(at: number): readonly ToyCommandFault[] {
    return this.#faults.filter(
      (fault): fault is ToyCommandFault => 'at' in fault && fault.at === at,
    );
  }

  #isIn(nowMs: number, kind: ToySpell['kind']): boolean {
    return this.#spells().some(
      (one) => one.kind === kind && one.fromMs <= nowMs && nowMs < one.fromMs + one.forMs,
    );
  }

  #spells(): readonly ToySpell[] {
    return this.#faults.filter((fault): fault is ToySpell => 'fromMs' in fault);
  }
}
