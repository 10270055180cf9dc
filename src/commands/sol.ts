/** Serial over LAN: its configuration (IPMI 2.0 §26.3). */

import { checkInteger } from '../errors.ts';
import type { Field } from '../ipmi/codec.ts';
import { Completion } from '../ipmi/completion.ts';
import { GET_SOL_CONFIGURATION, SOL_ACCUMULATE, SOL_AUTHENTICATION } from '../ipmi/sol.ts';
import { SOL_BIT_RATE, SOL_CHANNEL, SOL_ENABLE, SOL_PORT } from '../ipmi/sol.ts';
import { SOL_RETRY, SolParameter } from '../ipmi/sol.ts';
import type {
  SolAccumulate,
  SolAuthentication,
  SolBitRate,
  SolChannel,
  SolEnable,
  SolRetry,
} from '../ipmi/sol.ts';
import { SET_IN_PROGRESS, isNoParameter } from '../ipmi/parameter.ts';
import type { SetInProgress } from '../ipmi/parameter.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { parameterOf } from './parameter.ts';
import { CALL, checkCalls } from './checked-calls.ts';

/** The configuration of SOL of a channel; a part is undefined where the BMC does not have it. */
export interface SolConfiguration {
  readonly progress: SetInProgress | undefined;
  readonly enable: SolEnable | undefined;
  readonly authentication: SolAuthentication | undefined;
  readonly accumulate: SolAccumulate | undefined;
  readonly retry: SolRetry | undefined;
  readonly bitRate: SolBitRate | undefined;
  readonly volatileBitRate: SolBitRate | undefined;
  readonly payloadChannel: SolChannel | undefined;
  /** UDP port. */
  readonly payloadPort: number | undefined;
}

const CHANNEL_MAX = 0x0f;

/** Commands of SOL. */
export class Sol {
  static {
    checkCalls(this, (method) => `sol.${method}()`, {
      get: [undefined, CALL],
    });
  }

  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * All parameters of a LAN channel, 0..8. Nine transactions. Rejects with `COMMAND_FAILED` if the
   * BMC has none of them.
   */
  async get(channel: number, options: CallOptions = {}): Promise<SolConfiguration> {
    checkInteger('channel', channel, { least: 0, most: CHANNEL_MAX });
    const command = GET_SOL_CONFIGURATION;
    let refusal: number = Completion.OK;
    const ask = async <T>(parameter: number, layout: Field<T>): Promise<T | undefined> => {
      const args = {
        channel: { number: channel, onlyRevision: false, reserved: 0 },
        ...{ parameter, set: 0, block: 0 },
      };
      const { completionCode, value } = await this.#caller.answer(command, args, options);
      if (value !== undefined) return parameterOf({ command, parameter, layout }, value.data);
      if (!isNoParameter(completionCode)) throw failureOf(command, completionCode);
      refusal = completionCode;
      return undefined;
    };
    const found = {
      progress: await ask(SolParameter.SET_IN_PROGRESS, SET_IN_PROGRESS),
      enable: await ask(SolParameter.ENABLE, SOL_ENABLE),
      authentication: await ask(SolParameter.AUTHENTICATION, SOL_AUTHENTICATION),
      accumulate: await ask(SolParameter.ACCUMULATE, SOL_ACCUMULATE),
      retry: await ask(SolParameter.RETRY, SOL_RETRY),
      bitRate: await ask(SolParameter.BIT_RATE, SOL_BIT_RATE),
      volatileBitRate: await ask(SolParameter.VOLATILE_BIT_RATE, SOL_BIT_RATE),
      payloadChannel: await ask(SolParameter.PAYLOAD_CHANNEL, SOL_CHANNEL),
      payloadPort: await ask(SolParameter.PAYLOAD_PORT, SOL_PORT),
    };
    if (Object.values(found).some((value) => value !== undefined)) return found;
    throw failureOf(command, refusal);
  }
}
