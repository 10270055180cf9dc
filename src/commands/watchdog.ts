/** The watchdog timer of the BMC (IPMI 2.0 chapter 27). */

import { checkInteger } from '../errors.ts';
import { GET_WATCHDOG_TIMER, RESET_WATCHDOG_TIMER } from '../ipmi/watchdog.ts';
import { SET_WATCHDOG_TIMER, COUNTDOWN_MAX_MS, WATCHDOG_TICK_MS } from '../ipmi/watchdog.ts';
import { WATCHDOG_ACTIONS, WATCHDOG_INTERRUPTS, WATCHDOG_USES } from '../ipmi/watchdog.ts';
import type { ExpiredUses, WatchdogSettings, WatchdogTimer } from '../ipmi/watchdog.ts';
import { aBoolean, integer } from '../option-table.ts';
import type { CallOptions, Caller } from './caller.ts';
import { wordOf } from './choices.ts';
import { callOnce } from './once.ts';
import { CALL, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** The watchdog that is wanted. */
export interface WatchdogChoice {
  /** The whole countdown, milliseconds: a multiple of 100, from 100 to 6,553,500. */
  readonly countdownMs: number;
  /** The action at its end; `none` by default. */
  readonly action?: (typeof WATCHDOG_ACTIONS)[number] | undefined;
  /** The program that is watched; `sms-os` by default. */
  readonly use?: (typeof WATCHDOG_USES)[number] | undefined;
  /** The interrupt before the action; `none` by default. */
  readonly interrupt?: (typeof WATCHDOG_INTERRUPTS)[number] | undefined;
  /**
   * From the interrupt to the action, seconds, 0..255, less than the countdown; 0 by default. Needs
   * an interrupt.
   */
  readonly preTimeoutSeconds?: number | undefined;
  /** The end of the countdown is logged in the SEL; true by default. */
  readonly isLogged?: boolean | undefined;
}

const NO_FLAGS: ExpiredUses = {
  biosFrb2: false,
  biosPost: false,
  osLoad: false,
  smsOs: false,
  oem: false,
  reserved: 0,
};

/** The flag of each use. */
const FLAG_OF = {
  'bios-frb2': 'biosFrb2',
  'bios-post': 'biosPost',
  'os-load': 'osLoad',
  'sms-os': 'smsOs',
  oem: 'oem',
} as const satisfies Readonly<Record<(typeof WATCHDOG_USES)[number], keyof ExpiredUses>>;

const CHOICE: Taken<WatchdogChoice> = {
  example: '{ countdownMs: 60000 }',
  table: {
    countdownMs: integer({ least: WATCHDOG_TICK_MS, most: COUNTDOWN_MAX_MS }),
    action: wordOf(WATCHDOG_ACTIONS),
    use: wordOf(WATCHDOG_USES),
    interrupt: wordOf(WATCHDOG_INTERRUPTS),
    preTimeoutSeconds: integer({ least: 0, most: 0xff }),
    isLogged: aBoolean,
  },
};

/** Commands of the watchdog. */
export class Watchdog {
  static {
    checkCalls(this, (method) => `watchdog.${method}()`, {
      get: [CALL],
      set: [CHOICE, CALL],
      reset: [CALL],
      off: [CALL],
    });
  }

  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** The timer as it is (§27.7). One transaction. */
  async get(options: CallOptions = {}): Promise<WatchdogTimer> {
    return await this.#caller.call(GET_WATCHDOG_TIMER, undefined, options);
  }

  /**
   * Sets the timer, which stops it, and clears the expiration flag of its use (§27.6). One
   * transaction; {@link reset} starts it.
   */
  async set(choice: WatchdogChoice, options: CallOptions = {}): Promise<void> {
    const args = settingsOf(choice);
    const once = { args, action: 'set the watchdog', lookAt: 'the watchdog' };
    await callOnce(this.#caller, SET_WATCHDOG_TIMER, { ...once, ...options });
  }

  /**
   * Starts the countdown from its beginning (§27.5). One transaction; a program that is watched
   * calls it again before the countdown ends.
   */
  async reset(options: CallOptions = {}): Promise<void> {
    await this.#caller.call(RESET_WATCHDOG_TIMER, undefined, options);
  }

  /**
   * Stops the timer, and keeps its use and action. Two transactions: a read, and a write by which
   * it stops. Expiration flags stay as they are.
   */
  async off(options: CallOptions = {}): Promise<void> {
    const timer = await this.get(options);
    const stopped: WatchdogSettings = {
      ...timer,
      use: { ...timer.use, isRunning: false },
      expired: NO_FLAGS,
    };
    const once = { args: stopped, action: 'stop the watchdog', lookAt: 'the watchdog' };
    await callOnce(this.#caller, SET_WATCHDOG_TIMER, { ...once, ...options });
  }
}

/**
 * The reason for which there cannot be such a pre-timeout; undefined if there can (§27.6). The
 * interrupt has to come after the start of the countdown.
 */
export function preTimeoutTrouble(choice: WatchdogChoice): string | undefined {
  const { countdownMs, interrupt = 'none', preTimeoutSeconds = 0 } = choice;
  if (preTimeoutSeconds === 0) return undefined;
  if (interrupt === 'none') {
    return `${preTimeoutSeconds} s before the action, and no interrupt: choose smi, nmi or message`;
  }
  if (preTimeoutSeconds * 1000 < countdownMs) return undefined;
  const countdown = `the countdown has ${countdownMs / 1000} s: it must be longer`;
  return `${preTimeoutSeconds} s before the action, and ${countdown}`;
}

function settingsOf(choice: WatchdogChoice): WatchdogSettings {
  const { countdownMs, action = 'none', use = 'sms-os', interrupt = 'none' } = choice;
  const { preTimeoutSeconds = 0, isLogged = true } = choice;
  checkInteger('countdownMs', countdownMs, { least: WATCHDOG_TICK_MS, most: COUNTDOWN_MAX_MS });
  if (countdownMs % WATCHDOG_TICK_MS !== 0) {
    throw new RangeError(
      `countdownMs must be a multiple of ${WATCHDOG_TICK_MS}, not ${countdownMs}`,
    );
  }
  const trouble = preTimeoutTrouble(choice);
  if (trouble !== undefined) throw new RangeError(`preTimeoutSeconds: ${trouble}`);
  return {
    use: { use, isRunning: false, isLogged, reserved: 0 },
    actions: { action, interrupt, reserved: 0 },
    preTimeoutSeconds,
    expired: { ...NO_FLAGS, [FLAG_OF[use]]: true },
    countdownMs,
  };
}
