/**
 * The door below a device, for hardware tests: registers and machine of an interface whose
 * resources are acquired like a device's, while no driver runs on it and nothing was asked or
 * written. It is not part of the public API.
 */

import { btInterface } from '../bt/interface.ts';
import type { BtMachine } from '../bt/machine.ts';
import type { BtRegisters } from '../bt/registers.ts';
import { assumedLimits } from '../driver/limits.ts';
import { releasedInterface } from '../kernel/give-back.ts';
import { logOf, silentLog } from '../log.ts';
import { allOf, failuresOf } from '../rollback.ts';
import { Arbiter } from '../share/arbiter.ts';
import { safeSink } from '../sink.ts';
import type { Entry } from './open-devices.ts';
import { LOCK_TIMEOUT_MS } from './open-options.ts';
import { acquire, openEntry } from './register.ts';
import type { Plan } from './register.ts';
import type { Resources } from './resources.ts';

/** There is no driver that an interrupt, a dropped response or a warning could be told to. */
const NO_EVENTS = { onAttention: ignore, onDropped: ignore, onLost: ignore, warn: ignore };

export class Door {
  readonly registers: BtRegisters;
  readonly machine: BtMachine;
  /** Says when this process may touch a register: `acquire` it first. */
  readonly arbiter: Arbiter;
  readonly #entry: Entry;

  /** @internal Obtained from {@link openDoor}. */
  constructor({ options, target }: Plan, entry: Entry, resources: Resources) {
    const { block } = target;
    const { quirks = [], pollMs = 0, lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
    const { logger = silentLog } = options;
    const trace = options.trace && safeSink(options.trace, 'trace', logOf(logger));
    const { port, lock, onQuiet } = resources;
    const parts = { port, block, quirks, pollMs, line: undefined, trace };
    const hardware = btInterface(parts, NO_EVENTS);
    this.registers = hardware.registers;
    this.machine = hardware.machine;
    this.arbiter = new Arbiter(lock, lockTimeoutMs);
    this.#entry = entry;
    entry.rollback.add({
      run: () => {
        const { attemptMs } = assumedLimits(options.attemptTimeoutMs);
        const watch = hardware.drain();
        if (this.arbiter.isOurs) hardware.machine.quiesce();
        this.arbiter.close();
        onQuiet(releasedInterface(watch, port, attemptMs));
      },
    });
  }

  /**
   * Leaves the hardware quiet and undoes everything; rejects with what failed of it. Idempotent.
   */
  async close(): Promise<void> {
    const failures = await failuresOf(this.#entry.rollback, 'go on');
    if (failures.length > 0) throw allOf(failures);
  }
}

/** Acquires an interface and asks nothing of it; rejects with everything as it was before. */
export async function openDoor(plan: Plan): Promise<Door> {
  const entry = openEntry(plan);
  try {
    const resources = await acquire(plan, entry);
    const door = new Door(plan, entry, resources);
    plan.openDevices.watchExits();
    return door;
  } catch (error) {
    throw allOf([error, ...(await failuresOf(entry.rollback, 'go on'))]);
  }
}

function ignore(): void {
  // Nothing waits for it.
}
