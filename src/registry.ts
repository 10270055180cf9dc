/**
 * Opens interfaces and keeps them registered: a name each, one owner per base, and all of them
 * left quiet when the process exits without closing them. Registration is a list of steps; when
 * one fails, those before it are undone.
 */

import type { BringUpOptions } from './bt/bring-up.ts';
import { portRange, registerPorts } from './bt/registers.ts';
import type { RegisterBlock } from './bt/registers.ts';
import { TracePort } from './bt/trace-port.ts';
import type { TraceSink } from './bt/trace-port.ts';
import { aborted, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { Device } from './device.ts';
import type { Backend } from './device.ts';
import { IpmiError, hex } from './errors.ts';
import { systemFiles } from './files.ts';
import { checkUnclaimed } from './kernel-driver.ts';
import { InterfaceLock, NO_LOCK } from './lock.ts';
import type { Lock } from './lock.ts';
import { silentLog } from './log.ts';
import type { Log } from './log.ts';
import { openPort } from './port/open-port.ts';
import type { PortIo } from './port/port.ts';
import { checkBlock, checkInteger, checkTimeout } from './validate.ts';

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

/** An interface that could be opened. */
export interface Candidate {
  readonly base: number;
  readonly spacing: number;
  /** Who says that there is one. */
  readonly sources: readonly string[];
  /** Whether `open()` would take it. */
  readonly chosen: boolean;
  /** Why, in words. */
  readonly reason: string;
}

const OPEN_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 30_000;
const QUEUE_MAX = 256;
const QUEUE_MAX_MAX = 65_536;

const devices = new Set<Device>();

/**
 * Opens a BT interface and resolves when it is ready.
 *
 * Rejects with an {@link IpmiError}: `PORT_DENIED`, `PORT_LOCKED_DOWN`, `PORT_UNSUPPORTED`,
 * `PORT_CLAIMED`, `DEVICE_ABSENT`, `DEVICE_LOCKED`, `BMC_UNRESPONSIVE` or `REQUEST_ABORTED`, all of
 * which leave nothing open; with `TypeError` or `RangeError` for options that are none.
 */
export function open(options: OpenOptions): Promise<Device> {
  // A fixed start would repeat numbers the former process has just used.
  return openFrom(Math.floor(Math.random() * 256), options);
}

/** @internal The same, with the first sequence number given: a life from a seed has no chance. */
export async function openFrom(firstSeq: number, options: OpenOptions): Promise<Device> {
  const block = checkOptions(options);
  const { clock = systemClock, timeoutMs = OPEN_TIMEOUT_MS, attemptTimeoutMs, signal } = options;
  const deadlineMs = clock.now() + timeoutMs;
  const how: BringUpOptions = { clock, deadlineMs, attemptMs: attemptTimeoutMs, signal };

  if (signal?.aborted === true) throw aborted(signal.reason);
  const device = register(options, block, firstSeq);
  // What bring-up asks keeps no process alive; who waits for it does.
  const letEnd = clock.timer(timeoutMs, () => undefined, true);
  try {
    await device.bringUp(options.bringUp ?? 'full', how);
    return device;
  } catch (error) {
    device.closeNow();
    throw error;
  } finally {
    letEnd();
  }
}

/**
 * Resolves to the interfaces that could be opened, best first. This release knows only the one it
 * is told of.
 */
export function list(options: Pick<OpenOptions, 'base' | 'spacing'> = {}): Promise<Candidate[]> {
  // Mistakes in the options reject: neither function throws.
  return new Promise((resolve) => {
    resolve(candidates(options));
  });
}

function candidates(options: OpenOptions): Candidate[] {
  if (options.base === undefined) return [];
  const block = checkOptions(options);
  return [{ ...block, sources: ['explicit'], chosen: true, reason: 'named by the caller' }];
}

function checkOptions(options: OpenOptions): RegisterBlock {
  if (options.base === undefined) {
    throw new TypeError('base is required, such as 0xce4: no port is touched on a guess');
  }
  const block = checkBlock(options.base, options.spacing ?? 1);
  checkTimeout('timeoutMs', options.timeoutMs);
  checkTimeout('lockTimeoutMs', options.lockTimeoutMs);
  checkTimeout('attemptTimeoutMs', options.attemptTimeoutMs);
  if (options.queueMax !== undefined)
    checkInteger('queueMax', options.queueMax, [1, QUEUE_MAX_MAX]);
  return block;
}

function register(options: OpenOptions, block: RegisterBlock, firstSeq: number): Device {
  const { port, backend, lock } = claimPorts(options, block);
  const { trace, logger = silentLog } = options;
  const name = freeName();
  const log = logger.child({ dev: name });
  const device = new Device({
    name,
    port: trace === undefined ? port : new TracePort(port, block, trace),
    backend,
    block,
    lock,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    clock: options.clock ?? systemClock,
    log,
    queueMax: options.queueMax ?? QUEUE_MAX,
    attemptMs: options.attemptTimeoutMs,
    firstSeq,
    onClosed: () => {
      log.info({}, 'close');
      devices.delete(device);
      if (devices.size === 0) process.off('exit', closeAll);
    },
  });
  if (devices.size === 0) process.on('exit', closeAll);
  devices.add(device);
  log.info({ base: block.base, spacing: block.spacing, backend }, 'open');
  return device;
}

function claimPorts(
  { port: wanted, base = 0 }: OpenOptions,
  block: RegisterBlock,
): { readonly port: PortIo; readonly backend: Backend; readonly lock: Lock } {
  // Only who made the port knows who else can reach it.
  if (typeof wanted === 'object') return { port: wanted, backend: 'custom', lock: NO_LOCK };
  const owner = [...devices].find((device) => device.base === base && device.backend !== 'custom');
  if (owner !== undefined) {
    const text = `${owner.name} of this process (pid ${process.pid}) has ${hex(base)} open`;
    throw new IpmiError('DEVICE_LOCKED', `${text}; use that one, or close it first`);
  }
  const range = portRange(block);
  const opened = openPort({ kind: wanted ?? 'auto', range, files: systemFiles });
  try {
    checkUnclaimed(registerPorts(block), systemFiles);
    return { ...opened, lock: new InterfaceLock({ base }) };
  } catch (error) {
    opened.port.close();
    throw error;
  }
}

function freeName(): string {
  const taken = new Set([...devices].map(({ name }) => name));
  for (let number = 0; ; number += 1) {
    const name = `bt${number}`;
    if (!taken.has(name)) return name;
  }
}

/** An exit without `close()` must not leave H_BUSY set or a response in the buffer. */
function closeAll(): void {
  for (const device of devices) device.closeNow();
}
