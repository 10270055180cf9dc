/** System boot options: the device of the next boot, and parameters (IPMI 2.0 §28.12, §28.13). */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { BOOT_DEVICES, BOOT_FLAGS } from '../ipmi/boot-options.ts';
import { BootParameter, GET_BOOT_OPTIONS, SET_BOOT_OPTIONS } from '../ipmi/boot-options.ts';
import type { BootDevice, BootFlags, BootOption, BootOptionChange } from '../ipmi/boot-options.ts';
import { decodeFront, encode } from '../ipmi/codec.ts';
import { titleOf } from '../ipmi/command.ts';
import { isNoParameter } from '../ipmi/parameter.ts';
import { aBoolean, integer } from '../option-table.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { checkOneOf, wordOf } from './choices.ts';
import { parameterOf } from './parameter.ts';
import { holdSets } from './set-in-progress.ts';
import { CALL, CALL_TABLE, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** Options of reading a parameter. */
export interface BootParameterOptions extends CallOptions {
  /** Set selector, 0..255; 0 by default, as for a parameter without sets. */
  readonly set?: number | undefined;
  /** Block selector, 0..255; 0 by default, as for a parameter without blocks. */
  readonly block?: number | undefined;
}

/** The boot device that is wanted. */
export interface BootDeviceChoice {
  readonly device: BootDevice;
  /** For all boots, and not only the next one; false by default. */
  readonly isPersistent?: boolean | undefined;
  /** For a boot by EFI, and not by a legacy BIOS; false by default. */
  readonly isEfi?: boolean | undefined;
}

/** The boot flags of parameter 5, and whether the firmware may use them. */
export interface BootDeviceState {
  readonly flags: BootFlags;
  /** The parameter is marked invalid. */
  readonly isLocked: boolean;
}

/** Some BMCs take a moment to show what was set. */
const READ_BACKS_MAX = 3;

const NONE = { reserved: 0 } as const;

/** Flags that ask for nothing. */
const NO_FLAGS: BootFlags = decodeFront(BOOT_FLAGS, new Uint8Array(5));

/** All parties are to look at the flags; a reserved bit of the data is written as 1. */
const ACKNOWLEDGE = Uint8Array.of(0x1f, 0xff);

const A_BYTE = integer({ least: 0, most: 0xff });

const PARAMETER: Taken<BootParameterOptions> = {
  example: '{ set: 0 }',
  table: { ...CALL_TABLE, set: A_BYTE, block: A_BYTE },
};

const CHOICE: Taken<BootDeviceChoice> = {
  example: "{ device: 'pxe' }",
  table: { device: wordOf(BOOT_DEVICES), isPersistent: aBoolean, isEfi: aBoolean },
};

/** Commands of the boot options. */
export class BootOptions {
  static {
    checkCalls(this, (method) => `bootOptions.${method}()`, {
      parameter: [undefined, PARAMETER],
      parameters: [CALL],
      device: [CALL],
      setDevice: [CHOICE, CALL],
    });
  }

  readonly #caller: Caller;
  readonly #clock: Clock;

  constructor(caller: Caller, clock: Clock) {
    this.#caller = caller;
    this.#clock = clock;
  }

  /**
   * One parameter, with the bytes of its own layout; `set` and `block` are 0 where it has none.
   * `undefined` when the BMC does not have it. One transaction.
   */
  async parameter(
    number: number,
    { set = 0, block = 0, ...options }: BootParameterOptions = {},
  ): Promise<BootOption | undefined> {
    const args = { parameter: { number, ...NONE }, set, block };
    const { completionCode, value } = await this.#caller.answer(GET_BOOT_OPTIONS, args, options);
    if (isNoParameter(completionCode)) return undefined;
    if (value === undefined) throw failureOf(GET_BOOT_OPTIONS, completionCode);
    return value;
  }

  /**
   * All standard parameters that the BMC has, by their numbers: 0..7, of the mailbox the first
   * block. Eight transactions.
   */
  async parameters(options: CallOptions = {}): Promise<ReadonlyMap<number, BootOption>> {
    const found = new Map<number, BootOption>();
    for (const number of Object.values(BootParameter)) {
      const option = await this.parameter(number, options);
      if (option !== undefined) found.set(number, option);
    }
    return found;
  }

  /** The boot flags; `undefined` when the BMC has none. One transaction. */
  async device(options: CallOptions = {}): Promise<BootDeviceState | undefined> {
    const option = await this.parameter(BootParameter.FLAGS, options);
    if (option === undefined) return undefined;
    const { parameter, data } = option;
    const what = { command: GET_BOOT_OPTIONS, parameter: parameter.number, layout: BOOT_FLAGS };
    return { flags: parameterOf(what, data), isLocked: parameter.isLocked };
  }

  /**
   * Sets the boot device, and reads it back until it is as wanted, three times at most; rejects by
   * `COMMAND_FAILED` if it is not. Other boot flags are kept if they are valid, and cleared if not.
   * Another party that is setting parameters is waited for, up to nine seconds. Most BMCs forget
   * the flags when no Chassis Control follows within 60 s. Seven transactions, two less where the
   * BMC has no parameter "set in progress".
   */
  async setDevice(wanted: BootDeviceChoice, options: CallOptions = {}): Promise<BootFlags> {
    checkOneOf('device', wanted.device, BOOT_DEVICES);
    const before = await this.device(options);
    const kept = before?.flags.validity.isValid === true ? before.flags : NO_FLAGS;
    const flags = flagsFor(wanted, kept);
    const setting = {
      ...{ caller: this.#caller, clock: this.#clock, options, command: SET_BOOT_OPTIONS },
      argsOf: (data: Uint8Array) => changeOf(BootParameter.SET_IN_PROGRESS, data),
    };
    await holdSets(setting, async () => {
      // Not every BMC has this parameter.
      const acknowledge = changeOf(BootParameter.INFO_ACKNOWLEDGE, ACKNOWLEDGE);
      await this.#caller.answer(SET_BOOT_OPTIONS, acknowledge, options);
      const change = changeOf(BootParameter.FLAGS, encode(BOOT_FLAGS, flags));
      await this.#caller.call(SET_BOOT_OPTIONS, change, options);
    });
    return await this.#verified(flags, options);
  }

  async #verified(wanted: BootFlags, options: CallOptions): Promise<BootFlags> {
    for (let time = 0; time < READ_BACKS_MAX; time += 1) {
      const found = await this.device(options);
      if (found !== undefined && isSame(found.flags, wanted)) return found.flags;
    }
    const text = `the BMC accepted the boot flags, and has others when asked ${READ_BACKS_MAX} times`;
    throw new IpmiError('COMMAND_FAILED', `${titleOf(SET_BOOT_OPTIONS)}: ${text}`, {
      outcome: 'answered',
    });
  }
}

function changeOf(number: number, data: Uint8Array): BootOptionChange {
  return { parameter: { number, isLocked: false, ...NONE }, data };
}

function flagsFor(
  { device, isPersistent = false, isEfi = false }: BootDeviceChoice,
  kept: BootFlags,
): BootFlags {
  const isValid = device !== 'none';
  return {
    ...kept,
    validity: { ...kept.validity, isValid, isPersistent, isEfi },
    boot: { ...kept.boot, device },
    instance: NO_FLAGS.instance,
  };
}

function isSame(flags: BootFlags, wanted: BootFlags): boolean {
  const [bytes, others] = [encode(BOOT_FLAGS, flags), encode(BOOT_FLAGS, wanted)];
  return bytes.every((byte, at) => byte === others[at]);
}
