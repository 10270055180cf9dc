/**
 * How an interface is to be opened: the options, and what is wrong with them.
 */

import { QUIRKS } from '../bt/quirks.ts';
import type { Quirk } from '../bt/quirks.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import type { TraceSink } from '../bt/trace-port.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { IrqChoice } from '../port/irq-line.ts';
import type { PortIo } from '../port/port.ts';
import { checkInteger, checkTimeout } from '../errors.ts';
import { checkBlock } from '../port/register-block.ts';

export const OPEN_TIMEOUT_MS = 30_000;
export const LOCK_TIMEOUT_MS = 30_000;
export const QUEUE_MAX = 256;
const QUEUE_MAX_MAX = 65_536;

/** Looking less often than this is not looking. */
export const POLL_MAX_MS = 1000;

/** How an interface is to be opened. */
export interface OpenOptions {
  /**
   * Port of BT_CTRL, such as 0xce4: nothing else is tried. When absent, it is looked for in
   * /etc/ipmi-bt.json and in what firmware and the kernel say; no port is touched on a guess.
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
  /**
   * Where the interface's interrupt comes from; `off`. It makes the driver look sooner, and nothing
   * depends on it: an interrupt that does not come costs latency. `auto`: from the line that
   * `ipmi-bt irq bind` has bound to the interface, if there is one. `/dev/uioN`: from that one.
   */
  readonly irq?: IrqChoice;
  /**
   * Least milliseconds from one look at the registers to the next, 0..1000, for a BMC that is slow
   * because it is looked at too often; 0, which is as often as is useful. An answer is noticed so
   * much later at most, or as late as without this if that is more. Only a look that is the last
   * for a caller or an attempt, or that an interrupt asks for, may come sooner; those for SMS_ATN,
   * every 200 ms while somebody listens, come besides.
   */
  readonly pollMs?: number;
  /**
   * Departures from the protocol for BMCs that need them; none. `write-under-busy`: a frame is
   * written although B_BUSY has been set for a second.
   */
  readonly quirks?: readonly Quirk[];
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

/** Throws `TypeError` or `RangeError` for options that are none; gives the block they name. */
export function checkOptions(options: OpenOptions): RegisterBlock | undefined {
  const { base, spacing, port } = options;
  checkTimeout('timeoutMs', options.timeoutMs);
  checkTimeout('lockTimeoutMs', options.lockTimeoutMs);
  checkTimeout('attemptTimeoutMs', options.attemptTimeoutMs);
  checkTakeover(options);
  checkIrq(options);
  if (options.pollMs !== undefined)
    checkInteger('pollMs', options.pollMs, { least: 0, most: POLL_MAX_MS });
  checkQuirks(options.quirks);
  if (options.queueMax !== undefined)
    checkInteger('queueMax', options.queueMax, { least: 1, most: QUEUE_MAX_MAX });
  if (base !== undefined) return checkBlock(base, spacing ?? 1);
  if (typeof port === 'object') throw new TypeError('a PortIo needs the base, such as 0xce4');
  if (spacing !== undefined) throw new TypeError('spacing needs the base that it goes with');
  return undefined;
}

/** Throws unless `quirks` is absent or a list of quirks there are. */
function checkQuirks(quirks: readonly Quirk[] | undefined): void {
  if (quirks === undefined) return;
  if (!Array.isArray(quirks)) throw new TypeError('quirks must be an array');
  const known: readonly unknown[] = QUIRKS;
  if (quirks.every((quirk) => known.includes(quirk))) return;
  throw new RangeError(`quirks must be of ${QUIRKS.join(', ')}, not ${JSON.stringify(quirks)}`);
}

function checkTakeover({ takeover, port }: OpenOptions): void {
  if (takeover === undefined || takeover === false) return;
  const known: readonly unknown[] = [true, 'force'];
  if (!known.includes(takeover)) throw new TypeError("takeover must be true, false or 'force'");
  if (typeof port === 'object') {
    throw new TypeError('takeover needs ports of this machine: port must not be a PortIo');
  }
}

function checkIrq({ irq, port }: OpenOptions): void {
  if (irq === undefined || irq === 'off') return;
  if (typeof irq === 'object') {
    if (typeof port === 'object') return;
    throw new TypeError('an irq line of your own goes with a PortIo of your own');
  }
  if (irq !== 'auto' && !/^\/dev\/uio\d+$/.test(irq)) {
    throw new TypeError(`irq must be off, auto or a device file such as /dev/uio0, not ${irq}`);
  }
  if (typeof port === 'object') throw new TypeError(`irq ${irq} needs ports of this machine`);
}
