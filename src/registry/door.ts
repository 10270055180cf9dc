/**
 * The door below a device, for hardware tests: registers and machine of an interface whose
 * resources are acquired like a device's, while no driver runs on it and nothing was asked or
 * written. It is not part of the public API.
 */

import { BtDrain } from '../bt/drain.ts';
import { BtMachine } from '../bt/machine.ts';
import { BtRegisters } from '../bt/registers.ts';
import { TracePort } from '../bt/trace-port.ts';
import { PollPolicy } from '../driver/poll-policy.ts';
import { releasedInterface } from '../kernel/give-back.ts';
import type { PortIo } from '../port/port.ts';
import { allOf, failuresOf } from '../rollback.ts';
import { Arbiter } from '../share/arbiter.ts';
import type { Entry } from './open-devices.ts';
import { LOCK_TIMEOUT_MS } from './open-options.ts';
import { acquire, openEntry } from './register.ts';
import type { Plan } from './register.ts';
import type { Resources } from './resources.ts';

/** A kernel driver waits so long for a BMC that still works on a command; 1 s past an attempt. */
const GIVE_BACK_PATIENCE_MS = 7000;

export class Door {
  readonly port: PortIo;
  readonly registers: BtRegisters;
  readonly machine: BtMachine;
  /** Says when this process may touch a register: `acquire` it first. */
  readonly arbiter: Arbiter;
  readonly #entry: Entry;

  /** @internal Obtained from {@link openDoor}. */
  constructor({ options, target }: Plan, entry: Entry, resources: Resources) {
    const { block } = target;
    const { quirks = [], pollMs = 0, trace, lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
    const { port, lock, onQuiet } = resources;
    this.port = trace === undefined ? port : new TracePort(port, block, trace);
    this.registers = new BtRegisters(this.port, block);
    this.machine = new BtMachine(this.registers, { quirks, policy: new PollPolicy(pollMs) });
    this.arbiter = new Arbiter(lock, lockTimeoutMs);
    this.#entry = entry;
    entry.rollback.add({
      run: () => {
        const drain = new BtDrain(this.registers, this.machine.isOnWire);
        if (this.arbiter.isOurs) this.machine.quiesce();
        this.arbiter.close();
        onQuiet(releasedInterface(drain, port, GIVE_BACK_PATIENCE_MS));
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
