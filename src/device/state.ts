/**
 * The states in the life of a device, and the ways from one to another.
 */

/**
 * `found`: it has a name and its ports. `registering`: it is being brought up. `ready`: as far as
 * is known, the BMC answers. `lost`: it does not, and is looked for. `closed`: for good.
 */
export type DeviceState = 'found' | 'registering' | 'ready' | 'lost' | 'closed';

/** Every way from one state to another. */
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
}
