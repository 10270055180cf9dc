/**
 * The seam between a device that closes and the kernel driver that its interface was taken from:
 * the interface as the device leaves it, and the callback that gives it back.
 */

import type { Drain } from '../driver/machine.ts';
import type { PortIo } from '../port/port.ts';

/** The interface after its last command, as a closed device leaves it. */
export interface ReleasedInterface {
  /** Longest time to wait for it to be free. */
  readonly patienceMs: number;
  /** True when another driver may have it; see `Drain.look`. */
  look(isOver: boolean): boolean;
  /** The reason why it may not. */
  readonly reason: string;
  /** Gives the ports back; nothing can be looked at afterwards. Idempotent. */
  release(): void;
}

/** Gives the interface back to its kernel driver when the device closes. */
export interface GiveBack {
  /** The device it was taken from its driver; undefined when no driver had it. */
  readonly device: string | undefined;
  /** Waits until the interface is free. Rejects when it could not be given back. */
  giveBack(released: ReleasedInterface): Promise<void>;
  /** The same without waiting, for exit handlers; never throws. */
  giveBackNow(released: ReleasedInterface): void;
}

/** Added to the timeout of the last command before a kernel driver is bound again. */
const GRACE_MS = 1000;

/** Makes the released interface behind `port`, whose last command may take `attemptMs`. */
export function releasedInterface(
  drain: Drain,
  port: PortIo,
  attemptMs: number,
): ReleasedInterface {
  let isOpen = true;
  return {
    patienceMs: attemptMs + GRACE_MS,
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
export const UNTOUCHED: ReleasedInterface = {
  patienceMs: 0,
  look: () => true,
  reason: 'nothing is in the way',
  release: () => undefined,
};
