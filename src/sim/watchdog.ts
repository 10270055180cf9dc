/**
 * The watchdog of a simulated BMC (IPMI 2.0 chapter 27). It has no timer of its own: it catches up
 * with the time whenever the BMC does, and bites then.
 */

import { DATA_LENGTH_INVALID, INVALID_FIELD, OK } from './command-record.ts';
import { word } from './little-endian.ts';
import { noData } from './part.ts';
import type { PartTable } from './part.ts';

/** The effects that the watchdog can have on its BMC. */
export interface WatchdogEffects {
  /** The action at the end: 1 reset, 2 off, 3 off and on. */
  act(action: number): void;
  /** Logs the event: sensor type, sensor number, event type and the three bytes of data. */
  log(event: readonly number[]): void;
  /** The interrupt before the action, by a message. */
  warn(): void;
}

const NEVER_SET = 0x80;

/** Byte 1: running, or "do not stop"; and "do not log". */
const RUNNING = 0x40;
const NOT_LOGGED = 0x80;

/** Byte 2: an interrupt by a message, in bits 4 to 6. */
const BY_MESSAGE = 3;

const TICK_MS = 100;
const FLAGS = 0x3e;

/** Watchdog 2, a sensor-specific event (IPMI 2.0 table 42-3). */
const SENSOR_TYPE = 0x23;
const SENSOR_NUMBER = 0x7d;
const EVENT_TYPE = 0x6f;

/** Byte 1 of the event: the offset is that of the action, and byte 2 says more. */
const WITH_EXTENSION = 0xc0;

/** The timer. It stops with a restart of the BMC. */
export class SimWatchdog {
  /** The first two bytes and the third, as they were set. */
  #use = 0;
  #actions = 0;
  #preTimeoutSeconds = 0;
  #expired = 0;
  #ticks = 0;
  #isSet = false;
  /** Undefined while it does not run. */
  #endsAtMs: number | undefined;
  #hasWarned = false;

  set(data: Uint8Array, nowMs: number): void {
    const [use = 0, actions = 0, seconds = 0, clears = 0, low = 0, high = 0] = data;
    const goesOn = (use & RUNNING) !== 0 && this.#endsAtMs !== undefined;
    this.#use = use & ~RUNNING;
    this.#actions = actions;
    this.#preTimeoutSeconds = seconds;
    this.#expired &= ~clears;
    this.#ticks = low | (high << 8);
    this.#isSet = true;
    this.#hasWarned = false;
    this.#endsAtMs = goesOn ? nowMs + this.#ticks * TICK_MS : undefined;
  }

  /** False if it was never set. */
  start(nowMs: number): boolean {
    if (!this.#isSet) return false;
    this.#hasWarned = false;
    this.#endsAtMs = nowMs + this.#ticks * TICK_MS;
    return true;
  }

  /** The eight bytes of Get Watchdog Timer. */
  read(nowMs: number): readonly number[] {
    const running = this.#endsAtMs === undefined ? 0 : RUNNING;
    const leftMs = this.#endsAtMs === undefined ? 0 : this.#endsAtMs - nowMs;
    const left = this.#endsAtMs === undefined ? this.#ticks : Math.ceil(leftMs / TICK_MS);
    return [
      ...[this.#use | running, this.#actions, this.#preTimeoutSeconds, this.#expired],
      ...[...word(this.#ticks), ...word(left)],
    ];
  }

  /** Does what was due until now. */
  settle(nowMs: number, effects: WatchdogEffects): void {
    if (this.#endsAtMs === undefined) return;
    const interrupt = (this.#actions >> 4) & 7;
    const warnsAtMs = this.#endsAtMs - this.#preTimeoutSeconds * 1000;
    if (interrupt === BY_MESSAGE && !this.#hasWarned && nowMs >= warnsAtMs) {
      this.#hasWarned = true;
      effects.warn();
    }
    if (nowMs < this.#endsAtMs) return;
    this.#endsAtMs = undefined;
    const use = this.#use & 7;
    const action = this.#actions & 7;
    this.#expired |= (1 << use) & FLAGS;
    if ((this.#use & NOT_LOGGED) === 0) {
      const extension = (interrupt << 4) | use;
      const event = [WITH_EXTENSION | action, extension, 0xff];
      effects.log([SENSOR_TYPE, SENSOR_NUMBER, EVENT_TYPE, ...event]);
    }
    effects.act(action);
  }

  /** A restart stops it and keeps nothing but the flags. */
  restart(): void {
    this.#endsAtMs = undefined;
    this.#isSet = false;
  }
}

/** Handlers by command, of the App network function. */
export const WATCHDOG_COMMANDS: PartTable<SimWatchdog> = {
  0x22: noData((watchdog: SimWatchdog, nowMs: number) => [watchdog.start(nowMs) ? OK : NEVER_SET]),
  0x24: (data, watchdog, nowMs) => {
    if (data.length !== 6) return [DATA_LENGTH_INVALID];
    if (((data[1] ?? 0) & 7) > 3) return [INVALID_FIELD];
    watchdog.set(data, nowMs);
    return [OK];
  },
  0x25: noData((watchdog: SimWatchdog, nowMs: number) => [OK, ...watchdog.read(nowMs)]),
};
