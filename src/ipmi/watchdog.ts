/** The watchdog timer of the BMC (IPMI 2.0 chapter 27). */

import { bits, choice, clearFlag, decodeFrontOr, flag, mapped, nothing } from './codec.ts';
import { struct, u16, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';
import { Completion } from './completion.ts';

/** Uses of the timer, in the order of their numbers from 1 on. */
export const WATCHDOG_USES = ['bios-frb2', 'bios-post', 'os-load', 'sms-os', 'oem'] as const;

/** Actions at the end of the countdown, in the order of their numbers. */
export const WATCHDOG_ACTIONS = ['none', 'hard-reset', 'power-down', 'power-cycle'] as const;

/** Interrupts before the action, in the order of their numbers. */
export const WATCHDOG_INTERRUPTS = ['none', 'smi', 'nmi', 'message'] as const;

/** The program that the timer watches; a number where it has no name. */
export type WatchdogUse = (typeof WATCHDOG_USES)[number] | number;
/** The action when the countdown ends. */
export type WatchdogAction = (typeof WATCHDOG_ACTIONS)[number] | number;
/** The interrupt before that. */
export type WatchdogInterrupt = (typeof WATCHDOG_INTERRUPTS)[number] | number;

/** Byte 1 of both commands; bit 6 differs. */
interface TimerUse extends Reserved {
  readonly use: WatchdogUse;
  /** In an answer: the timer counts down. In Set Watchdog Timer: it goes on if it does. */
  readonly isRunning: boolean;
  /** The end of the countdown is logged. */
  readonly isLogged: boolean;
}

/** Byte 2. */
interface TimerActions extends Reserved {
  readonly action: WatchdogAction;
  readonly interrupt: WatchdogInterrupt;
}

/** The uses whose countdown has ended, byte 4. */
export interface ExpiredUses extends Reserved {
  readonly biosFrb2: boolean;
  readonly biosPost: boolean;
  readonly osLoad: boolean;
  readonly smsOs: boolean;
  readonly oem: boolean;
}

/** The request of Set Watchdog Timer (§27.6). */
export interface WatchdogSettings {
  readonly use: TimerUse;
  readonly actions: TimerActions;
  /** Time from the interrupt to the end of the countdown, seconds. */
  readonly preTimeoutSeconds: number;
  /** In a request: the flags that are cleared. */
  readonly expired: ExpiredUses;
  /** The whole countdown, milliseconds; a multiple of 100, at most 6,553,500. */
  readonly countdownMs: number;
}

/** The answer to Get Watchdog Timer (§27.7). */
export interface WatchdogTimer extends WatchdogSettings {
  /** The rest of the countdown, milliseconds. */
  readonly presentMs: number;
}

/** The unit of the countdowns, milliseconds. */
export const WATCHDOG_TICK_MS = 100;

/** The longest countdown, milliseconds. */
export const COUNTDOWN_MAX_MS = 0xffff * WATCHDOG_TICK_MS;

const COUNTDOWN: Field<number> = mapped(
  u16,
  (ticks) => ticks * WATCHDOG_TICK_MS,
  (ms) => ms / WATCHDOG_TICK_MS,
);

const TIMER_USE: Field<TimerUse> = bits({
  use: choice(0, 3, [undefined, ...WATCHDOG_USES]),
  isRunning: flag(6),
  isLogged: clearFlag(7),
});

const SETTINGS = {
  use: TIMER_USE,
  actions: bits<Omit<TimerActions, 'reserved'>>({
    action: choice(0, 3, WATCHDOG_ACTIONS),
    interrupt: choice(4, 3, WATCHDOG_INTERRUPTS),
  }),
  preTimeoutSeconds: u8,
  expired: bits<Omit<ExpiredUses, 'reserved'>>({
    biosFrb2: flag(1),
    biosPost: flag(2),
    osLoad: flag(3),
    smsOs: flag(4),
    oem: flag(5),
  }),
  countdownMs: COUNTDOWN,
};

/** Reset Watchdog Timer (§27.5): starts the countdown from its beginning. */
export const RESET_WATCHDOG_TIMER: Command<void, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.RESET_WATCHDOG_TIMER,
  section: '§27.5',
  codes: { 0x80: 'the timer was never set, and cannot be started' },
  request: nothing,
  response: nothing,
};

/** Set Watchdog Timer (§27.6). */
export const SET_WATCHDOG_TIMER: Command<WatchdogSettings, void> = {
  netFn: NetFn.APP,
  cmd: AppCmd.SET_WATCHDOG_TIMER,
  section: '§27.6',
  request: struct<WatchdogSettings>(SETTINGS),
  response: nothing,
};

/** Get Watchdog Timer (§27.7). */
export const GET_WATCHDOG_TIMER: Command<void, WatchdogTimer> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_WATCHDOG_TIMER,
  section: '§27.7',
  request: nothing,
  response: struct<WatchdogTimer>({ ...SETTINGS, presentMs: COUNTDOWN }),
};

/** Tells whether the BMC's watchdog counts down; `unknown` when the reply does not say. */
export function watchdogState(
  completionCode: number,
  data: Uint8Array,
): 'running' | 'stopped' | 'unknown' {
  // A BMC that does not know the command has no watchdog.
  if (completionCode === Completion.INVALID_COMMAND) return 'stopped';
  const use = decodeFrontOr(TIMER_USE, data);
  if (completionCode !== Completion.OK || use === undefined) return 'unknown';
  return use.isRunning ? 'running' : 'stopped';
}
