/**
 * The messages of a service to systemd (sd_notify(3)): it is ready, it stops, it is alive. Without
 * systemd, or without the addon, there is nothing to tell.
 */

import type { Cancel, Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { loadNative } from '../native.ts';

/** The part of the environment by which systemd says where it listens, and how often. */
export type ServiceEnvironment = Readonly<Record<string, string | undefined>>;

/** Everything a {@link ServiceManager} is built from. */
export interface ServiceManagerParts {
  readonly environment: ServiceEnvironment;
  readonly pid: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly load?: typeof loadNative;
}

/** Times that systemd is told within the time in which it wants to be told once. */
const TOLD = 2;

const US_PER_MS = 1000;

/** It is told at least so often: a time without an end (USEC_INFINITY) is too long for a timer. */
const EVERY_MS_MAX = 3_600_000;

export class ServiceManager {
  readonly #send: (text: string) => void;
  readonly #clock: Clock;
  readonly #everyMs: number | undefined;
  #cancel: Cancel | undefined;
  #isStopping = false;

  constructor({ environment, pid, clock, log, load = loadNative }: ServiceManagerParts) {
    this.#clock = clock;
    this.#everyMs = watchdogMs(environment, pid);
    const path = environment['NOTIFY_SOCKET'];
    const native = path === undefined ? undefined : load();
    let hasFailed = false;
    this.#send = (text) => {
      if (path === undefined || native?.kind !== 'loaded') return;
      try {
        native.sockets.notifySystemd(path, text);
        hasFailed = false;
      } catch (error) {
        // It is told some times a minute: the first failure says all.
        if (!hasFailed) log.warn({ path, error: String(error) }, 'systemd is not told');
        hasFailed = true;
      }
    };
    if (native?.kind === 'missing') {
      log.warn({ reason: native.reason }, 'systemd is not told that the service is ready');
    }
  }

  /** The service is ready; from now on systemd is told that it is alive, if it wants to know. */
  ready(status: string): void {
    this.#send(`READY=1\nSTATUS=${oneLine(status)}`);
    this.#watch();
  }

  /** One line about the state of the service, for `systemctl status`. */
  status(text: string): void {
    this.#send(`STATUS=${oneLine(text)}`);
  }

  /** The service ends, and gives no more signs of life. Idempotent. */
  stopping(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#cancel?.();
    this.#send('STOPPING=1');
  }

  #watch(): void {
    if (this.#everyMs === undefined) return;
    const again = (): void => {
      this.#send('WATCHDOG=1');
      this.#watch();
    };
    this.#cancel = this.#clock.timer(this.#everyMs, again, false);
  }
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}

/** Milliseconds between two signs of life; undefined if this process need give none. */
function watchdogMs(environment: ServiceEnvironment, pid: number): number | undefined {
  const { WATCHDOG_PID: wanted, WATCHDOG_USEC: limit } = environment;
  if (wanted !== undefined && Number(wanted) !== pid) return undefined;
  const limitUs = Number(limit);
  return limitUs > 0 ? Math.min(limitUs / US_PER_MS / TOLD, EVERY_MS_MAX) : undefined;
}
