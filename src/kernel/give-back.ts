/**
 * What there is to know for who gives an interface back to whom it was taken from: what a device
 * leaves behind when it closes, and whom it leaves it to.
 */

import type { Drain } from '../driver/machine.ts';
import type { PortIo } from '../port/port.ts';

/** The interface after its last command, for who gives it back. */
export interface Wire {
  /** How long to wait for it to be free. */
  readonly patienceMs: number;
  /** Whether another driver may have it; see `Drain.look`. */
  look(isOver: boolean): boolean;
  /** Why not. */
  readonly reason: string;
  /** Gives the ports back; nothing can be looked at afterwards. Idempotent. */
  release(): void;
}

/** Gives the interface back to whom it was taken from, when the device closes. */
export interface HandBack {
  /** The device it was taken from its driver; undefined when no driver had it. */
  readonly device: string | undefined;
  /** Waits until the interface is free. Rejects when it could not be given back. */
  giveBack(wire: Wire): Promise<void>;
  /** The same without waiting, for exit handlers; never throws. */
  giveBackNow(wire: Wire): void;
}

/** The interface behind `port`, for so long as it may take to be free. */
export function wireOf(drain: Drain, port: PortIo, patienceMs: number): Wire {
  let isOpen = true;
  return {
    patienceMs,
    look: (isOver) => drain.look(isOver),
    get reason() {
      return drain.reason;
    },
    release: () => {
      if (isOpen) port.close();
      isOpen = false;
    },
  };
}

/** The interface as its driver has left it: no register was touched, and nothing is waited for. */
export const UNTOUCHED: Wire = {
  patienceMs: 0,
  look: () => true,
  reason: 'nothing is in the way',
  release: () => undefined,
};
