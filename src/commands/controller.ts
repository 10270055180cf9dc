/** The management controller itself: identity, self test, enables, resets (IPMI 2.0 §20, §22). */

import { COLD_RESET, GET_ACPI_POWER_STATE, GET_GLOBAL_ENABLES } from '../ipmi/controller.ts';
import { SET_GLOBAL_ENABLES, WARM_RESET } from '../ipmi/controller.ts';
import type { AcpiPowerState, Enables } from '../ipmi/controller.ts';
import { GET_DEVICE_ID } from '../ipmi/device-id.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import { GET_DEVICE_GUID, GET_SYSTEM_GUID, givenGuid } from '../ipmi/guid.ts';
import { GET_SELF_TEST_RESULTS } from '../ipmi/self-test.ts';
import type { SelfTest } from '../ipmi/self-test.ts';
import { aBoolean } from '../option-table.ts';
import type { CallOptions, Caller } from './caller.ts';
import { callOnce } from './once.ts';
import { CALL, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** The GUIDs of a BMC; undefined where it refuses the command, or was given none. */
export interface Guids {
  readonly system: string | undefined;
  readonly device: string | undefined;
}

/** Enables by name. */
export type NamedEnables = Omit<Enables, 'reserved'>;

/** Enables before and after a change. */
export interface EnablesChange {
  readonly before: Enables;
  readonly after: Enables;
  /** The names of those that were changed. */
  readonly changed: readonly (keyof NamedEnables)[];
}

/** Kinds of reset of a BMC. */
export type ControllerReset = 'cold' | 'warm';

const ENABLES: Taken<NamedEnables> = {
  example: '{ eventBuffer: true }',
  table: {
    ...{ receiveMessageInterrupt: aBoolean, eventBufferInterrupt: aBoolean, eventBuffer: aBoolean },
    ...{ systemEventLog: aBoolean, oem0: aBoolean, oem1: aBoolean, oem2: aBoolean },
  },
};

/** Commands of the management controller. */
export class Controller {
  static {
    checkCalls(this, (method) => `mc.${method}()`, {
      deviceId: [CALL],
      guids: [CALL],
      selfTest: [CALL],
      acpiPowerState: [CALL],
      enables: [CALL],
      setEnables: [ENABLES, CALL],
      reset: [undefined, CALL],
    });
  }

  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** The description that the BMC gives of itself (§20.1). One transaction. */
  async deviceId(options: CallOptions = {}): Promise<DeviceId> {
    return await this.#caller.call(GET_DEVICE_ID, undefined, options);
  }

  /** System GUID (§22.14) and Device GUID (§20.8). Two transactions. */
  async guids(options: CallOptions = {}): Promise<Guids> {
    const system = await this.#caller.answer(GET_SYSTEM_GUID, undefined, options);
    const device = await this.#caller.answer(GET_DEVICE_GUID, undefined, options);
    return { system: givenOf(system.value), device: givenOf(device.value) };
  }

  /** The result of the last self test (§20.4). One transaction. */
  async selfTest(options: CallOptions = {}): Promise<SelfTest> {
    return await this.#caller.call(GET_SELF_TEST_RESULTS, undefined, options);
  }

  /** ACPI power states of system and device (§20.7). One transaction. */
  async acpiPowerState(options: CallOptions = {}): Promise<AcpiPowerState> {
    return await this.#caller.call(GET_ACPI_POWER_STATE, undefined, options);
  }

  /** BMC Global Enables (§22.2). One transaction. */
  async enables(options: CallOptions = {}): Promise<Enables> {
    return await this.#caller.call(GET_GLOBAL_ENABLES, undefined, options);
  }

  /**
   * Sets the enables that are named, and keeps all others (§22.1). One transaction to read, and one
   * to write if any of them differs. The write is of all bits: one that another program changes
   * between the two is lost. A device with a listener for events sets `eventBuffer` for itself.
   */
  async setEnables(
    wanted: Partial<NamedEnables>,
    options: CallOptions = {},
  ): Promise<EnablesChange> {
    const before = await this.enables(options);
    const names = Object.keys(wanted) as (keyof NamedEnables)[];
    const changed = names.filter(
      (name) => wanted[name] !== undefined && wanted[name] !== before[name],
    );
    const after = { ...before, ...Object.fromEntries(changed.map((name) => [name, wanted[name]])) };
    if (changed.length > 0) await this.#caller.call(SET_GLOBAL_ENABLES, after, options);
    return { before, after, changed };
  }

  /**
   * Restarts the BMC (§20.2, §20.3). One transaction, never repeated. The BMC is away then: a
   * `Device` expects that, and lets requests wait until it answers again.
   */
  async reset(kind: ControllerReset, options: CallOptions = {}): Promise<void> {
    const command = kind === 'cold' ? COLD_RESET : WARM_RESET;
    const once = { args: undefined, action: `${kind} reset`, lookAt: 'the device ID' };
    await callOnce(this.#caller, command, { ...once, ...options });
  }
}

function givenOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : givenGuid(text);
}
