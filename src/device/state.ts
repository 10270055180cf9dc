/**
 * The states of a device, and the edges from one to another.
 */

/**
 * `found`: the device has a name and its ports. `registering`: it is being brought up. `ready`: the
 * BMC answers, as far as is known. `lost`: it does not, and the device looks for it. `closed`: for
 * good.
 */
export type DeviceState = 'found' | 'registering' | 'ready' | 'lost' | 'closed';

/** Every edge from one state to another. */
export const STATE_EDGES: Readonly<Record<DeviceState, readonly DeviceState[]>> = {
  found: ['registering', 'closed'],
  // Another process may have lost the BMC meanwhile.
  registering: ['ready', 'lost', 'closed'],
  ready: ['lost', 'closed'],
  lost: ['ready', 'closed'],
  closed: [],
};

export class Lifecycle {
  #state: DeviceState = 'found';

  get state(): DeviceState {
    return this.#state;
  }

  /** The only place that changes the state. */
  enter(state: DeviceState): void {
    if (!STATE_EDGES[this.#state].includes(state)) {
      throw new Error(`bug: no edge ${this.#state} -> ${state}`);
    }
    this.#state = state;
  }

  /** Enters `closed`, from any state. Idempotent. */
  close(): void {
    if (this.#state !== 'closed') this.enter('closed');
  }
}
