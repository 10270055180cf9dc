/**
 * The options of `open()`, and the check that rejects invalid ones.
 */

import type { Signal } from '../abort.ts';
import { QUIRKS } from '../bt/quirks.ts';
import type { Quirk } from '../bt/quirks.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import type { TraceSink } from '../bt/trace-port.ts';
import type { RecordSink } from '../trace/recorder.ts';
import type { Clock } from '../clock.ts';
import type { IrqChoice } from '../port/irq-line.ts';
import type { PortIo } from '../port/port.ts';
import type { Logger } from '../log.ts';
import { kindOf } from '../errors.ts';
import {
  aSignal,
  checkOptionsOf,
  integer,
  oneOf,
  timeout,
  unknownName,
  withMethods,
  wrongType,
} from '../option-table.ts';
import type { Check, OptionTable } from '../option-table.ts';
import { checkBlock } from '../port/register-block.ts';

export const OPEN_TIMEOUT_MS = 30_000;
export const LOCK_TIMEOUT_MS = 30_000;
export const QUEUE_MAX = 256;
const QUEUE_MAX_MAX = 65_536;

/** Largest `pollMs`: a reply must not be noticed more than a second late. */
export const POLL_MAX_MS = 1000;

/** The options of `open()`. */
export interface OpenOptions {
  /**
   * Port of BT_CTRL, such as 0xce4: nothing else is tried. Default: the interface is looked for in
   * /etc/ipmi-bt.json, in firmware's tables and in the kernel's; no port is touched on a guess.
   */
  readonly base?: number | undefined;
  /** Ports from one register to the next: 1 (the default), 4 or 16. */
  readonly spacing?: 1 | 4 | 16 | undefined;
  /**
   * `native`: the addon's in and out instructions. `dev-port`: /dev/port. An object that
   * implements `PortIo`, such as the simulated BMC, is used without checking the port owner.
   * Default: the addon, or /dev/port without it.
   */
  readonly port?: 'native' | 'dev-port' | PortIo | undefined;
  /**
   * `auto` (the default): through the server of `ipmi-bt serve`, if one has the interface, else by
   * the ports. `serve`: through a server, or not at all. `ports`: `open()` rejects with
   * `DEVICE_LOCKED` while a server has them. A `PortIo` object is never served. The server polls
   * and repeats as it was told: `pollMs` has no effect, and `attemptTimeoutMs` only on the default
   * timeout of a request. `trace`, `record`, `irq`, `takeover`, `quirks` and a named `port` are
   * refused with `DEVICE_LOCKED` while a server has the interface.
   */
  readonly via?: 'auto' | 'serve' | 'ports';
  /**
   * `full` (the default): ask for capabilities and device id, two transactions, before `open()`
   * resolves. `lazy`: ask for each when it is first needed.
   */
  readonly bringUp?: 'full' | 'lazy' | undefined;
  /** Timeout of `open()`, milliseconds; 30,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Milliseconds that a request, or `open()`, waits for another process that has the interface,
   * until it fails with `DEVICE_LOCKED`; 30,000.
   */
  readonly lockTimeoutMs?: number | undefined;
  /** Timeout of one attempt, milliseconds; the BMC's own response time plus 1 s. */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * Takes the interface from the kernel's driver `ipmi_si`, if that has it, and gives it back when
   * the device closes. Rejected with `PORT_CLAIMED` while a process has /dev/ipmi* open or the
   * BMC's watchdog runs, unless `force`.
   */
  readonly takeover?: boolean | 'force' | undefined;
  /**
   * The interface's interrupt line; `off`. It makes the driver poll early, and nothing else depends
   * on it: a lost interrupt costs latency. `auto`: the line that `ipmi-bt irq bind` has bound to
   * the interface, if there is one. `/dev/uioN`: that line. An `IrqLine` goes with a `PortIo`.
   */
  readonly irq?: IrqChoice | undefined;
  /**
   * Least time between two looks at the registers, 0..1000 ms, for a BMC that polling slows down;
   * 0, the default, uses the normal poll curve. A reply is noticed at most this much later. Two
   * looks ignore it: the last before a request or an attempt times out, and one after an
   * interrupt. SMS_ATN is read every 200 ms in addition while the device has a listener.
   */
  readonly pollMs?: number | undefined;
  /**
   * Departures from the protocol for BMCs that need them; none. `write-under-busy`: a frame is
   * written although B_BUSY has been set for a second. `lun-zero-replies`: a reply with LUN 0
   * counts as the answer to a request to any LUN.
   */
  readonly quirks?: readonly Quirk[] | undefined;
  /** Most requests that wait at once, 1..65,536; 256. */
  readonly queueMax?: number | undefined;
  /**
   * A pino logger, `console`, or any object with `debug`, `info`, `warn` and `error`, which are
   * called with an object and a message; none. `child` and `trace` are used if they are there.
   */
  readonly logger?: Logger | undefined;
  /** Receives every register access, a line each. */
  readonly trace?: TraceSink | undefined;
  /**
   * Receives a recording of requests, states and register accesses, as lines of JSON: for
   * `ipmi-bt trace show`, and for `ipmi-bt/sim/replay`.
   */
  readonly record?: RecordSink | undefined;
  /** Aborting it makes `open()` reject with `REQUEST_ABORTED`. */
  readonly signal?: Signal | undefined;
  /** The source of time; this host's monotonic clock. */
  readonly clock?: Clock | undefined;
}

const PORT_METHODS = ['inb', 'outb', 'readBytes', 'writeBytes', 'close'] as const;
const LINE_METHODS = ['watch', 'rearm', 'enable', 'close'] as const;

const aNumber: Check = (name, value) => {
  if (typeof value !== 'number') throw wrongType(name, 'a number', value);
};

const aPort: Check = (name, value) => {
  if (value === 'native' || value === 'dev-port') return;
  withMethods('native, dev-port or a PortIo object', ...PORT_METHODS)(name, value);
};

const aLine: Check = (name, value) => {
  if (typeof value === 'object' && value !== null) {
    withMethods('an IrqLine object', ...LINE_METHODS)(name, value);
    return;
  }
  if (value === 'off' || value === 'auto') return;
  if (typeof value === 'string' && /^\/dev\/uio\d+$/.test(value)) return;
  throw wrongType(name, 'off, auto or a device file such as /dev/uio0', value);
};

/** An object with `write`, and with the other properties of such a sink. */
function aSink(others: readonly string[]): Check {
  return (name, value) => {
    withMethods('an object such as { write: (line) => ..., payload: true }', 'write')(name, value);
    // A stream has many more properties; a misspelt one is looked for in what was written for this.
    const isWritten = Object.getPrototypeOf(value) === Object.prototype;
    const known = ['write', ...others];
    const unknown = Object.keys(value as object).find((key) => isWritten && !known.includes(key));
    if (unknown !== undefined) {
      const names = Object.fromEntries(known.map((key) => [key, true]));
      throw unknownName(`${name} has no property`, unknown, names);
    }
    const { payload = false, program = '' } = value as RecordSink;
    oneOf(true, false, 'all')(`${name}.payload`, payload);
    if (isWritten && typeof program !== 'string') {
      throw wrongType(`${name}.program`, 'a text', program);
    }
  };
}

/** Every option and its check. */
const TABLE: OptionTable<OpenOptions> = {
  base: aNumber,
  // The rest of its check belongs to that of the base, whose range depends on it.
  spacing: aNumber,
  port: aPort,
  via: oneOf('auto', 'serve', 'ports'),
  bringUp: oneOf('full', 'lazy'),
  timeoutMs: timeout,
  lockTimeoutMs: timeout,
  attemptTimeoutMs: timeout,
  takeover: oneOf(true, false, 'force'),
  irq: aLine,
  pollMs: integer({ least: 0, most: POLL_MAX_MS }),
  quirks: checkQuirks,
  queueMax: integer({ least: 1, most: QUEUE_MAX_MAX }),
  logger: withMethods('a logger such as one of pino', 'debug', 'info', 'warn', 'error'),
  trace: aSink(['payload']),
  record: aSink(['payload', 'program']),
  signal: aSignal,
  clock: withMethods('a Clock', 'now', 'turn', 'timer'),
};

/** The options of `list()`. */
export type ListOptions = Pick<OpenOptions, 'base' | 'spacing'>;

/** Throws for an invalid option of `list()`; returns the block that is named. */
export function checkListOptions(options: ListOptions): RegisterBlock | undefined {
  const { base, spacing } = TABLE;
  const call = { name: 'list()', example: '{ base: 0xce4 }' };
  checkOptionsOf<ListOptions>(call, options, { base, spacing });
  return blockOf(options);
}

/** Throws `TypeError` or `RangeError` for an invalid option; returns the block that is named. */
export function checkOptions(options: OpenOptions): RegisterBlock | undefined {
  checkOptionsOf<OpenOptions>({ name: 'open()', example: '{ base: 0xce4 }' }, options, TABLE);
  checkTakeover(options);
  checkIrq(options);
  checkVia(options);
  return blockOf(options);
}

function blockOf({ base, spacing, port }: OpenOptions): RegisterBlock | undefined {
  if (base !== undefined) return checkBlock(base, spacing ?? 1);
  if (typeof port === 'object') throw new TypeError('a PortIo object needs base, such as 0xce4');
  if (spacing !== undefined) throw new TypeError('spacing works only with base');
  return undefined;
}

/** Throws unless `value` is a list of known quirks. */
function checkQuirks(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrongType(name, 'an array', value);
  const [known, quirks]: readonly (readonly unknown[])[] = [QUIRKS, value];
  const at = quirks?.findIndex((quirk) => known?.includes(quirk) !== true) ?? -1;
  if (at === -1) return;
  const names = QUIRKS.join(', ');
  throw new RangeError(`${name} may contain only ${names}, not ${kindOf(quirks?.[at])}`);
}

function checkTakeover({ takeover, port }: OpenOptions): void {
  if (takeover === undefined || takeover === false || typeof port !== 'object') return;
  throw new TypeError('takeover works only with ports of this host, not with a PortIo object');
}

function checkIrq({ irq, port }: OpenOptions): void {
  if (irq === undefined || irq === 'off') return;
  if (typeof irq === 'object') {
    if (typeof port === 'object') return;
    throw new TypeError('an IrqLine object works only with a PortIo object');
  }
  if (typeof port !== 'object') return;
  throw new TypeError(`irq ${irq} works only with ports of this host, not with a PortIo object`);
}

function checkVia({ via, port }: OpenOptions): void {
  if (via !== 'serve' || typeof port !== 'object') return;
  throw new TypeError('via serve works only with ports of this host, not with a PortIo object');
}
