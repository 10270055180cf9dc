/** System boot options: the device of the next boot, and parameters (IPMI 2.0 §28.12, §28.13). */

import { IpmiError } from '../errors.ts';
import { BOOT_DEVICES, BOOT_FLAGS } from '../ipmi/boot-options.ts';
import { BootParameter, GET_BOOT_OPTIONS, SET_BOOT_OPTIONS } from '../ipmi/boot-options.ts';
import { SET_IN_PROGRESS } from '../ipmi/boot-options.ts';
import type { BootDevice, BootFlags, BootOption } from '../ipmi/boot-options.ts';
import { decodeFront, encode } from '../ipmi/codec.ts';
import { titleOf } from '../ipmi/command.ts';
import { Completion } from '../ipmi/completion.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { checkOneOf } from './choices.ts';
import { parameterOf } from './parameter.ts';

/** The boot device that is wanted. */
export interface BootDeviceChoice {
  readonly device: BootDevice;
  /** For all boots, and not only the next one; false by default. */
  readonly isPersistent?: boolean;
  /** For a boot by EFI, and not by a legacy BIOS; false by default. */
  readonly isEfi?: boolean;
}

/** The boot flags of parameter 5, and whether the firmware may use them. */
export interface BootDeviceState {
  readonly flags: BootFlags;
  /** The parameter is marked invalid. */
  readonly isLocked: boolean;
}

/** Some BMCs take a moment to show what was set. */
const READ_BACKS_MAX = 3;

/** The parameter is not there. */
const NOT_SUPPORTED = 0x80;

const NONE = { reserved: 0 } as const;

/** Flags that ask for nothing. */
const NO_FLAGS: BootFlags = decodeFront(BOOT_FLAGS, new Uint8Array(5));

/** All parties are to look at the flags; a reserved bit of the data is written as 1. */
const ACKNOWLEDGE = Uint8Array.of(0x1f, 0xff);

/** Commands of the boot options. */
export class BootOptions {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * One parameter, with the bytes of its own layout; `set` and `block` are 0 where it has none.
   * `undefined` when the BMC does not have it. One transaction.
   */
  async parameter(
    number: number,
    { set = 0, block = 0, ...options }: CallOptions & { set?: number; block?: number } = {},
  ): Promise<BootOption | undefined> {
    const args = { parameter: { number, ...NONE }, set, block };
    const { completionCode, value } = await this.#caller.answer(GET_BOOT_OPTIONS, args, options);
    if (completionCode === NOT_SUPPORTED) return undefined;
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
   * Most BMCs forget the flags when no Chassis Control follows within 60 s. Six transactions, one
   * less where the BMC has no parameter "set in progress".
   */
  async setDevice(wanted: BootDeviceChoice, options: CallOptions = {}): Promise<BootFlags> {
    checkOneOf('device', wanted.device, BOOT_DEVICES);
    const before = await this.device(options);
    const kept = before?.flags.validity.isValid === true ? before.flags : NO_FLAGS;
    const flags = flagsFor(wanted, kept);
    const mustEnd = await this.#begin(options);
    let found: BootFlags;
    try {
      await this.#set(BootParameter.INFO_ACKNOWLEDGE, ACKNOWLEDGE, options);
      await this.#mustSet(BootParameter.FLAGS, encode(BOOT_FLAGS, flags), options);
      found = await this.#verified(flags, options);
    } catch (error) {
      if (mustEnd) await this.#release(options);
      throw error;
    }
    if (mustEnd) await this.#setProgress('complete', unaborted(options));
    return found;
  }

  /** Takes the parameters for itself; false if the BMC has no way to. */
  async #begin(options: CallOptions): Promise<boolean> {
    const code = await this.#taken(options);
    if (code === Completion.OK) return true;
    if (code === NOT_SUPPORTED) return false;
    throw failureOf(SET_BOOT_OPTIONS, code);
  }

  async #taken(options: CallOptions): Promise<number> {
    try {
      return await this.#setProgress('in-progress', options);
    } catch (error) {
      if (error instanceof IpmiError && error.outcome === 'unknown') await this.#release(options);
      throw error;
    }
  }

  /** Gives the parameters up as far as possible; the error before is the one that is told. */
  async #release(options: CallOptions): Promise<void> {
    try {
      await this.#setProgress('complete', unaborted(options));
    } catch (error) {
      if (!(error instanceof IpmiError)) throw error;
    }
  }

  async #setProgress(state: 'in-progress' | 'complete', options: CallOptions): Promise<number> {
    const data = encode(SET_IN_PROGRESS, { state, ...NONE });
    return await this.#set(BootParameter.SET_IN_PROGRESS, data, options);
  }

  async #mustSet(number: number, data: Uint8Array, options: CallOptions): Promise<void> {
    const code = await this.#set(number, data, options);
    if (code !== Completion.OK) throw failureOf(SET_BOOT_OPTIONS, code);
  }

  /** Resolves to the completion code: not every BMC has every parameter. */
  async #set(number: number, data: Uint8Array, options: CallOptions): Promise<number> {
    const args = { parameter: { number, isLocked: false, ...NONE }, data };
    const { completionCode } = await this.#caller.answer(SET_BOOT_OPTIONS, args, options);
    return completionCode;
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

/** A caller that gives up must not leave the parameters taken. */
function unaborted(options: CallOptions): CallOptions {
  return { ...options, signal: new AbortController().signal };
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
