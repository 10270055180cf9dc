/**
 * What there is to know for who gives an interface back to whom it was taken from: what a device
 * leaves behind when it closes, and whom it leaves it to.
 */

import type { Drain } from '../bt/drain.ts';
import type { PortIo } from '../port/port.ts';

/** The interface after its last command, for who gives it back. */
export interface ReleasedInterface {
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
export interface GiveBack {
  /** The device it was taken from its driver; undefined when no driver had it. */
  readonly device: string | undefined;
  /** Waits until the interface is free. Rejects when it could not be given back. */
  giveBack(released: ReleasedInterface): Promise<void>;
  /** The same without waiting, for exit handlers; never throws. */
  giveBackNow(released: ReleasedInterface): void;
}

/** The interface behind `port`, for so long as it may take to be free. */
export function releasedInterface(
  drain: Drain,
  port: PortIo,
  patienceMs: number,
): ReleasedInterface {
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
