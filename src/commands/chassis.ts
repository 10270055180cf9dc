/** The chassis: its power and its state (IPMI 2.0 chapter 28). */

import { checkInteger } from '../errors.ts';
import { CHASSIS_CONTROL, CHASSIS_IDENTIFY } from '../ipmi/chassis-control.ts';
import { GET_CHASSIS_CAPABILITIES, GET_POH_COUNTER } from '../ipmi/chassis-control.ts';
import { GET_RESTART_CAUSE, SET_POWER_RESTORE_POLICY } from '../ipmi/chassis-control.ts';
import { POWER_ACTIONS, RESTORE_POLICIES } from '../ipmi/chassis-control.ts';
import type {
  ChassisCapabilities,
  PohCounter,
  PowerAction,
  RestartCause,
  SupportedPolicies,
} from '../ipmi/chassis-control.ts';
import { GET_CHASSIS_STATUS } from '../ipmi/chassis.ts';
import type { ChassisStatus } from '../ipmi/chassis.ts';
import type { CallOptions, Caller } from './caller.ts';
import { checkOneOf } from './choices.ts';
import { callOnce } from './once.ts';
import { CALL, checkCalls } from './checked-calls.ts';

/** The identification of a chassis: for so many seconds, until switched off, or not at all. */
export type Identify = number | 'force' | 'off';

/** A policy that can be set; `no-change` only asks which ones there are. */
export type RestorePolicy = (typeof RESTORE_POLICIES)[number];

/** The longest identification but for `force`, seconds. */
const IDENTIFY_MAX_SECONDS = 255;

/** Commands of the chassis. */
export class Chassis {
  static {
    checkCalls(this, (method) => `chassis.${method}()`, {
      status: [CALL],
      capabilities: [CALL],
      power: [undefined, CALL],
      identify: [undefined, CALL],
      restartCause: [CALL],
      poh: [CALL],
      setRestorePolicy: [undefined, CALL],
    });
  }

  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Power, last power event and state (§28.2). One transaction. */
  async status(options: CallOptions = {}): Promise<ChassisStatus> {
    return await this.#caller.call(GET_CHASSIS_STATUS, undefined, options);
  }

  /** Functions of the chassis and addresses of its controllers (§28.1). One transaction. */
  async capabilities(options: CallOptions = {}): Promise<ChassisCapabilities> {
    return await this.#caller.call(GET_CHASSIS_CAPABILITIES, undefined, options);
  }

  /**
   * Switches or resets the system (§28.3). One transaction, never repeated: an error whose
   * `outcome` is `unknown` may be of a command that was executed. The BMC answers before the power
   * has changed; {@link status} shows it.
   */
  async power(action: PowerAction, options: CallOptions = {}): Promise<void> {
    checkOneOf('the action of power()', action, POWER_ACTIONS);
    const once = { action: `power ${action}`, lookAt: 'the power status' };
    const args = { action, reserved: 0 };
    await callOnce(this.#caller, CHASSIS_CONTROL, { ...once, args, ...options });
  }

  /**
   * Lets the chassis identify itself (§28.5): so many seconds, 0..255, `force` until it is switched
   * off, or `off`. One transaction.
   */
  async identify(how: Identify, options: CallOptions = {}): Promise<void> {
    const seconds = typeof how === 'number' ? how : 0;
    checkInteger('seconds', seconds, { least: 0, most: IDENTIFY_MAX_SECONDS });
    const force = how === 'force' ? { isForced: true, reserved: 0 } : undefined;
    await this.#caller.call(CHASSIS_IDENTIFY, { seconds, force }, options);
  }

  /** The cause of the last restart (§28.11). One transaction. */
  async restartCause(options: CallOptions = {}): Promise<RestartCause> {
    return await this.#caller.call(GET_RESTART_CAUSE, undefined, options);
  }

  /** The time that the power was on (§28.14). One transaction. */
  async poh(options: CallOptions = {}): Promise<PohCounter> {
    return await this.#caller.call(GET_POH_COUNTER, undefined, options);
  }

  /**
   * Sets the state of the power after AC has come back, and resolves to the states that the
   * chassis supports (§28.8). One transaction; `no-change` changes nothing.
   */
  async setRestorePolicy(
    policy: RestorePolicy,
    options: CallOptions = {},
  ): Promise<SupportedPolicies> {
    checkOneOf('the policy', policy, RESTORE_POLICIES);
    const args = { policy, reserved: 0 };
    return await this.#caller.call(SET_POWER_RESTORE_POLICY, args, options);
  }
}
