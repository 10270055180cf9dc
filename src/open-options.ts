/**
 * How an interface is to be opened: the options, and what is wrong with them.
 */

import type { RegisterBlock } from './bt/registers.ts';
import type { TraceSink } from './bt/trace-port.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { PortIo } from './port/port.ts';
import { checkBlock, checkInteger, checkTimeout } from './validate.ts';

export const OPEN_TIMEOUT_MS = 30_000;
export const LOCK_TIMEOUT_MS = 30_000;
export const QUEUE_MAX = 256;
const QUEUE_MAX_MAX = 65_536;

/** How an interface is to be opened. */
export interface OpenOptions {
  /**
   * Port of BT_CTRL, such as 0xce4. Required: this release does not look for interfaces itself, and
   * never touches a port on a guess.
   */
  readonly base?: number;
  /** Ports from one register to the next: 1 (the default), 4 or 16. */
  readonly spacing?: 1 | 4 | 16;
  /**
   * `native`: the addon's in and out instructions. `dev-port`: /dev/port. A `PortIo` of your own,
   * such as the simulated BMC: taken as it is, with no look at who owns the ports. When absent:
   * the addon, or /dev/port where there is no addon.
   */
  readonly port?: 'native' | 'dev-port' | PortIo;
  /**
   * `full` (the default): ask for capabilities and device id, two transactions, before `open()`
   * resolves. `lazy`: ask nothing until somebody needs it.
   */
  readonly bringUp?: 'full' | 'lazy';
  /** Milliseconds until `open()` has settled; 30,000. */
  readonly timeoutMs?: number;
  /**
   * Milliseconds a request, or `open()`, waits for another process that has the interface, until it
   * fails with `DEVICE_LOCKED`; 30,000.
   */
  readonly lockTimeoutMs?: number;
  /** Milliseconds one attempt may take, instead of the BMC's own response time and 1 s. */
  readonly attemptTimeoutMs?: number;
  /**
   * Takes the interface from the kernel's driver `ipmi_si`, if that has it, and gives it back when
   * the device closes. Refused with `PORT_CLAIMED` while a process has its /dev/ipmi* open or the
   * BMC's watchdog runs, unless `force`.
   */
  readonly takeover?: boolean | 'force';
  /** Most requests that wait at once, 1..65,536; 256. */
  readonly queueMax?: number;
  /** A pino logger or one like it; silent when absent. */
  readonly logger?: Log;
  /** Is told every register access, a line each. */
  readonly trace?: TraceSink;
  /** Aborting it gives `open()` up with `REQUEST_ABORTED`. */
  readonly signal?: AbortSignal;
  /** Where time comes from; the machine's monotonic clock. */
  readonly clock?: Clock;
}

/** Throws `TypeError` or `RangeError` for options that are none; returns their registers. */
export function checkOptions(options: OpenOptions): RegisterBlock {
  if (options.base === undefined) {
    throw new TypeError('base is required, such as 0xce4: no port is touched on a guess');
  }
  const block = checkBlock(options.base, options.spacing ?? 1);
  checkTakeover(options);
  checkTimeout('timeoutMs', options.timeoutMs);
  checkTimeout('lockTimeoutMs', options.lockTimeoutMs);
  checkTimeout('attemptTimeoutMs', options.attemptTimeoutMs);
  if (options.queueMax !== undefined)
    checkInteger('queueMax', options.queueMax, [1, QUEUE_MAX_MAX]);
  return block;
}

function checkTakeover({ takeover, port }: OpenOptions): void {
  if (takeover === undefined || takeover === false) return;
  const known: readonly unknown[] = [true, 'force'];
  if (!known.includes(takeover)) throw new TypeError("takeover must be true, false or 'force'");
  if (typeof port === 'object') {
    throw new TypeError('takeover needs ports of this machine: port must not be a PortIo');
  }
}
