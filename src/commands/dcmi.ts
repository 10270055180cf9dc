/** DCMI: power, capabilities, asset tag, temperatures (DCMI 1.5). */

import { Completion } from '../ipmi/completion.ts';
import { ACTIVATE_POWER_LIMIT, SET_POWER_LIMIT } from '../ipmi/dcmi-power.ts';
import { GET_POWER_LIMIT, GET_POWER_READING, NO_POWER_LIMIT } from '../ipmi/dcmi-power.ts';
import { POWER_MODE } from '../ipmi/dcmi-power.ts';
import { DCMI_ACCESS, DCMI_MANDATORY, DCMI_OPTIONAL, DCMI_POWER_STATISTICS } from '../ipmi/dcmi.ts';
import { DCMI_SUPPORTED, DcmiCapability, GET_ASSET_TAG, inDcmi } from '../ipmi/dcmi.ts';
import { GET_DCMI_CAPABILITIES, GET_TEMPERATURE_READINGS } from '../ipmi/dcmi.ts';
import type {
  DcmiAccess,
  DcmiMandatory,
  DcmiOptional,
  DcmiPowerStatistics,
  DcmiSupported,
} from '../ipmi/dcmi.ts';
import { withoutZeros } from '../ipmi/text.ts';
import type { Field } from '../ipmi/codec.ts';
import { codeTextOf } from '../ipmi/command.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { callOnce } from './once.ts';
import { parameterOf } from './parameter.ts';
import { aBoolean, integer, oneOf } from '../option-table.ts';
import { CALL, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** The power of the system; or that there is no reading, and the reason. */
export type PowerReading =
  | {
      readonly isAvailable: true;
      readonly currentWatts: number;
      /** Over the period, as the two that follow; undefined where the BMC gives none. */
      readonly minimumWatts: number | undefined;
      readonly maximumWatts: number | undefined;
      readonly averageWatts: number | undefined;
      /** Seconds since 1970; undefined where the BMC does not know the date. */
      readonly timestamp: number | undefined;
      readonly periodMs: number;
      /** The BMC measures now. */
      readonly isActive: boolean;
    }
  | {
      readonly isAvailable: false;
      readonly reason: string;
      /** Of a BMC that refused the command; undefined for one that answered without a reading. */
      readonly completionCode: number | undefined;
    };

/** The limit of the power that is active, or that there is none. */
export type PowerLimit =
  | {
      readonly isActive: true;
      /** When the limit is exceeded; a number of an OEM. */
      readonly action: PowerLimitAction | number;
      readonly limitWatts: number;
      readonly correctionMs: number;
      readonly periodSeconds: number;
    }
  | { readonly isActive: false };

/** Actions when the limit is exceeded, by name. */
export type PowerLimitAction = 'none' | 'power-off' | 'log';

/** A limit of the power that is to be set. */
export interface PowerLimitChoice {
  readonly limitWatts: number;
  readonly action: PowerLimitAction;
  /** The time within which the power is to get below the limit. */
  readonly correctionMs: number;
  /** The period over which the power is measured. */
  readonly periodSeconds: number;
}

/** Capabilities; a part is undefined where the BMC does not tell it. */
export interface DcmiCapabilities {
  /** Of DCMI, such as `1.5`. */
  readonly version: string;
  readonly supported: DcmiSupported;
  readonly mandatory: DcmiMandatory | undefined;
  readonly optional: DcmiOptional | undefined;
  readonly access: DcmiAccess | undefined;
  readonly powerStatistics: DcmiPowerStatistics | undefined;
}

/** A temperature of an entity. */
export interface EntityTemperature {
  readonly entity: 'inlet' | 'cpu' | 'baseboard';
  readonly instance: number;
  readonly celsius: number;
}

/** Repeats of a command that only reads: the numbers of a group do not say that. */
const READ = { retries: 2 } as const;

const NO_WATTS = 0xffff;

/** Completion codes of BMCs without a reading: commands unknown, not now, or in trouble. */
const NO_READING: ReadonlySet<number> = new Set([
  ...[Completion.INVALID_COMMAND, Completion.INVALID_COMMAND_ON_LUN, Completion.NOT_FOUND],
  ...[Completion.NOT_IN_THIS_STATE, Completion.UNSPECIFIED],
]);

/** The greatest values that a limit of the power takes. */
export const POWER_LIMIT_MOST = {
  watts: 0xffff,
  correctionMs: 0xffff_ffff,
  periodSeconds: 0xffff,
} as const;

const ACTIONS: Readonly<Record<number, PowerLimitAction>> = {
  0x00: 'none',
  0x01: 'power-off',
  0x11: 'log',
};

/** A limit of the power, as it is checked. */
const LIMIT: Taken<PowerLimitChoice> = {
  example: "{ limitWatts: 500, action: 'log', correctionMs: 1000, periodSeconds: 5 }",
  table: {
    limitWatts: integer({ least: 1, most: POWER_LIMIT_MOST.watts }),
    action: oneOf(...Object.values(ACTIONS)),
    correctionMs: integer({ least: 0, most: POWER_LIMIT_MOST.correctionMs }),
    periodSeconds: integer({ least: 0, most: POWER_LIMIT_MOST.periodSeconds }),
  },
};

/** Bytes of the asset tag that are read at once. */
const TAG_PART_BYTES = 16;
const TAG_BYTES_MAX = 64;

const TEMPERATURE = 1;
const ENTITIES = [
  [0x40, 'inlet'],
  [0x41, 'cpu'],
  [0x42, 'baseboard'],
] as const;

/** Most answers for the temperatures of one entity: 255 instances, one in each. */
const ANSWERS_MAX = 255;

/** Commands of DCMI. */
export class Dcmi {
  static {
    checkCalls(this, (method) => `dcmi.${method}()`, {
      power: [CALL],
      powerLimit: [CALL],
      setPowerLimit: [LIMIT, CALL],
      activatePowerLimit: [undefined, CALL],
      capabilities: [CALL],
      assetTag: [CALL],
      temperatures: [CALL],
    });
  }

  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * The power of the system (§6.6.1). There is no reading where the BMC has no DCMI, or tells 0 or
   * 65535 watts. One transaction.
   */
  async power(options: CallOptions = {}): Promise<PowerReading> {
    const args = inDcmi({ mode: POWER_MODE, period: 0, reserved: 0 });
    const command = GET_POWER_READING;
    const { completionCode, value } = await this.#caller.answer(command, args, {
      ...READ,
      ...options,
    });
    if (value === undefined) {
      if (!NO_READING.has(completionCode)) throw failureOf(command, completionCode);
      const reason = `the BMC answered ${codeTextOf(command, completionCode)}`;
      return { isAvailable: false, reason, completionCode };
    }
    const { currentWatts, minimumWatts, maximumWatts, averageWatts, timestamp } = value;
    if (currentWatts === 0 || currentWatts === NO_WATTS) {
      const reason = `the BMC reports ${currentWatts} W`;
      return { isAvailable: false, reason, completionCode: undefined };
    }
    return {
      isAvailable: true,
      currentWatts,
      minimumWatts: wattsOf(minimumWatts),
      maximumWatts: wattsOf(maximumWatts),
      averageWatts: wattsOf(averageWatts),
      timestamp: timestamp.kind === 'date' ? timestamp.seconds : undefined,
      periodMs: value.periodMs,
      isActive: value.state.isActive,
    };
  }

  /** The limit of the power (§6.6.2). One transaction. */
  async powerLimit(options: CallOptions = {}): Promise<PowerLimit> {
    const args = inDcmi({ reserved: 0 });
    const { completionCode, value } = await this.#caller.answer(GET_POWER_LIMIT, args, {
      ...READ,
      ...options,
    });
    if (completionCode === NO_POWER_LIMIT) return { isActive: false };
    if (value === undefined) throw failureOf(GET_POWER_LIMIT, completionCode);
    const { action, limitWatts, correctionMs, periodSeconds } = value;
    return {
      isActive: true,
      action: ACTIONS[action] ?? action,
      limitWatts,
      correctionMs,
      periodSeconds,
    };
  }

  /**
   * Sets the limit of the power (§6.6.3). One transaction, which is never sent twice. A limit that
   * is active is the new one at once; otherwise {@link activatePowerLimit} activates it.
   */
  async setPowerLimit(choice: PowerLimitChoice, options: CallOptions = {}): Promise<void> {
    const { limitWatts, correctionMs, periodSeconds } = choice;
    const action = Number(
      Object.keys(ACTIONS).find((key) => ACTIONS[Number(key)] === choice.action),
    );
    const reserved = { reserved: 0, reservedHigh: 0, reservedToo: 0 };
    const args = inDcmi({ ...reserved, action, limitWatts, correctionMs, periodSeconds });
    const once = { args, action: 'set the power limit', lookAt: 'the power limit' };
    await callOnce(this.#caller, SET_POWER_LIMIT, { ...once, ...options });
  }

  /** Activates the limit that is set, or deactivates it (§6.6.4). One transaction, sent once. */
  async activatePowerLimit(isActive: boolean, options: CallOptions = {}): Promise<void> {
    aBoolean('dcmi.activatePowerLimit(): isActive', isActive);
    const args = inDcmi({ activation: isActive ? 1 : 0, reserved: 0 });
    const action = `${isActive ? 'activate' : 'deactivate'} the power limit`;
    const once = { args, action, lookAt: 'the power limit' };
    await callOnce(this.#caller, ACTIVATE_POWER_LIMIT, { ...once, ...options });
  }

  /** All parameters of the capabilities (§6.1.1). Five transactions. */
  async capabilities(options: CallOptions = {}): Promise<DcmiCapabilities> {
    const first = inDcmi({ parameter: DcmiCapability.SUPPORTED });
    const command = GET_DCMI_CAPABILITIES;
    const how = { ...READ, ...options };
    const { major, minor, data } = await this.#caller.call(command, first, how);
    const ask = async <T>(parameter: number, layout: Field<T>): Promise<T | undefined> => {
      const { value } = await this.#caller.answer(command, inDcmi({ parameter }), how);
      return value && parameterOf({ command, parameter, layout }, value.data);
    };
    return {
      version: `${major}.${minor}`,
      supported: parameterOf({ command, parameter: first.parameter, layout: DCMI_SUPPORTED }, data),
      mandatory: await ask(DcmiCapability.MANDATORY, DCMI_MANDATORY),
      optional: await ask(DcmiCapability.OPTIONAL, DCMI_OPTIONAL),
      access: await ask(DcmiCapability.ACCESS, DCMI_ACCESS),
      powerStatistics: await ask(DcmiCapability.POWER_STATISTICS, DCMI_POWER_STATISTICS),
    };
  }

  /** The asset tag (§6.4.2). One transaction for each 16 bytes, four at most. */
  async assetTag(options: CallOptions = {}): Promise<string> {
    const bytes: number[] = [];
    for (let length = TAG_PART_BYTES; bytes.length < length;) {
      const count = Math.min(TAG_PART_BYTES, length - bytes.length);
      const args = inDcmi({ offset: bytes.length, count });
      const part = await this.#caller.call(GET_ASSET_TAG, args, { ...READ, ...options });
      length = Math.min(part.length, TAG_BYTES_MAX);
      // A BMC that gives nothing would be asked for ever.
      if (part.data.length === 0) break;
      bytes.push(...part.data.subarray(0, length - bytes.length));
    }
    return withoutZeros(Uint8Array.from(bytes));
  }

  /**
   * The temperatures of inlet, processors and baseboard (§6.7.3); an entity that the BMC refuses
   * has none. One transaction for each eight of an entity, and at least three.
   */
  async temperatures(options: CallOptions = {}): Promise<readonly EntityTemperature[]> {
    const found: EntityTemperature[] = [];
    for (const [entity, name] of ENTITIES) {
      found.push(...(await this.#temperaturesOf(entity, name, options)));
    }
    return found;
  }

  async #temperaturesOf(
    entity: number,
    name: EntityTemperature['entity'],
    options: CallOptions,
  ): Promise<readonly EntityTemperature[]> {
    const found: EntityTemperature[] = [];
    for (let answers = 0; answers < ANSWERS_MAX; answers += 1) {
      const args = { sensorType: TEMPERATURE, entity, instance: 0, first: found.length + 1 };
      const command = GET_TEMPERATURE_READINGS;
      const how = { ...READ, ...options };
      const { value } = await this.#caller.answer(command, inDcmi(args), how);
      for (const { value: sent, instance } of value?.readings ?? []) {
        const celsius = sent.isNegative ? -sent.magnitude : sent.magnitude;
        found.push({ entity: name, instance, celsius });
      }
      const isLast = value === undefined || value.readings.length === 0;
      if (isLast || found.length >= value.total) break;
    }
    return found;
  }
}

function wattsOf(watts: number): number | undefined {
  return watts === NO_WATTS ? undefined : watts;
}
