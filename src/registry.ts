/**
 * Opens interfaces and keeps them registered: a name each, one owner per base, and all of them
 * left quiet when the process exits without closing them. Registration is a list of steps; when
 * one fails, those before it are undone.
 */

import type { BringUpOptions } from './bt/bring-up.ts';
import type { RegisterBlock } from './bt/registers.ts';
import type { Quirk } from './bt/machine.ts';
import { TracePort } from './bt/trace-port.ts';
import type { TraceSink } from './bt/trace-port.ts';
import { claimPorts } from './claims.ts';
import type { Claim } from './claims.ts';
import { aborted, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { Device } from './device.ts';
import type { Candidate } from './discover/ranking.ts';
import { IpmiError, hex } from './errors.ts';
import { openFound, openNamed, placeAt } from './place.ts';
import type { Place } from './place.ts';
import { systemFiles } from './files.ts';
import { watchdogState } from './ipmi/watchdog.ts';
import { limitWarnings, silentLog } from './log.ts';
import type { Log } from './log.ts';
import { WATCHDOG_QUESTION, watchdogText } from './obstacles.ts';
import type { PortIo } from './port/port.ts';
import { beforeSignal } from './signals.ts';
import { refused } from './takeover.ts';
import { both } from './undo.ts';
import { checkBlock, checkInteger, checkQuirks, checkTimeout } from './validate.ts';

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

const OPEN_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 30_000;
const QUEUE_MAX = 256;
const QUEUE_MAX_MAX = 65_536;

const devices = new Set<Device>();

/** Bases that are about to be opened. */
const opening = new Set<number>();

/** Undoes listening for signals. */
let unwatch: (() => void) | undefined;

/**
 * Opens a BT interface and resolves when it is ready: the one at `base`, or else the best that is
 * there, in the order of {@link list}.
 *
 * Rejects with an {@link IpmiError}: `PORT_DENIED`, `PORT_LOCKED_DOWN`, `PORT_UNSUPPORTED`,
 * `PORT_CLAIMED`, `DEVICE_ABSENT`, `DEVICE_LOCKED`, `BMC_UNRESPONSIVE` or `REQUEST_ABORTED`, all of
 * which leave nothing open; with `TypeError` or `RangeError` for options that are none, and with
 * `ConfigError` for a config file that is none.
 */
export function open(options: OpenOptions = {}): Promise<Device> {
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
  const at = (place: Place): Promise<Device> => openAt(place, { options, how, firstSeq });
  // What bring-up asks keeps no process alive; who waits for it does.
  const letEnd = clock.timer(timeoutMs, () => undefined, true);
  try {
    if (block === undefined) return await openFound(at);
    // A PortIo of the caller's own is nothing that firmware knows of.
    return await (typeof options.port === 'object' ? at(placeAt(block)) : openNamed(block, at));
  } finally {
    letEnd();
  }
}

/** How a place is opened. */
interface Opening {
  readonly options: OpenOptions;
  readonly how: BringUpOptions;
  readonly firstSeq: number;
}

async function openAt(place: Place, { options, how, firstSeq }: Opening): Promise<Device> {
  const claim = await claimPlace(place, options, how.deadlineMs);
  const device = register(options, { block: place.block, claim, firstSeq });
  try {
    if (claim.takeover?.mustAskWatchdog === true) await checkWatchdog(device, how);
    const { isAnnounced } = place;
    await device.bringUp(options.bringUp ?? 'full', { ...how, isAnnounced });
    return device;
  } catch (error) {
    throw await device.close().then(
      () => error,
      (failure: unknown) => both(failure, error),
    );
  }
}

/** The BMC is asked before anything else, because the kernel gave no way to ask before. */
async function checkWatchdog(device: Device, how: BringUpOptions): Promise<void> {
  await device.bringUp('lazy', how);
  const timeoutMs = Math.max(how.deadlineMs - how.clock.now(), 1);
  const { completionCode, data } = await device.request(WATCHDOG_QUESTION, {
    timeoutMs,
    ...(how.signal === undefined ? {} : { signal: how.signal }),
  });
  const obstacles = watchdogText(watchdogState(completionCode, data));
  if (obstacles.length > 0) throw refused(device.base, obstacles);
}

/**
 * Resolves to the IPMI interfaces of this machine, those that `open()` tries first, in that order.
 * Only files are read. Rejects with `ConfigError` for a config file that is none.
 */
export async function list(
  options: Pick<OpenOptions, 'base' | 'spacing'> = {},
): Promise<readonly Candidate[]> {
  const named = checkOptions(options);
  const { discover } = await import('./discover/discover.ts');
  return discover({ files: systemFiles, named }).candidates;
}

/** Gives the block that the caller names, if any. */
function checkOptions(options: OpenOptions): RegisterBlock | undefined {
  const { base, spacing, port } = options;
  checkTimeout('timeoutMs', options.timeoutMs);
  checkTimeout('lockTimeoutMs', options.lockTimeoutMs);
  checkTimeout('attemptTimeoutMs', options.attemptTimeoutMs);
  checkTakeover(options);
  checkQuirks(options.quirks);
  if (options.queueMax !== undefined)
    checkInteger('queueMax', options.queueMax, [1, QUEUE_MAX_MAX]);
  if (base !== undefined) return checkBlock(base, spacing ?? 1);
  if (typeof port === 'object') throw new TypeError('a PortIo needs the base, such as 0xce4');
  if (spacing !== undefined) throw new TypeError('spacing needs the base that it goes with');
  return undefined;
}

function checkTakeover({ takeover, port }: OpenOptions): void {
  if (takeover === undefined || takeover === false) return;
  const known: readonly unknown[] = [true, 'force'];
  if (!known.includes(takeover)) throw new TypeError("takeover must be true, false or 'force'");
  if (typeof port === 'object') {
    throw new TypeError('takeover needs ports of this machine: port must not be a PortIo');
  }
}

async function claimPlace(
  { block, pciDevice, port: way }: Place,
  options: OpenOptions,
  deadlineMs: number,
): Promise<Claim> {
  const { port = way ?? 'auto', takeover = false, signal, logger: log = silentLog } = options;
  const { clock = systemClock, lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
  const { base } = block;
  // Only who made the port knows who else can reach it.
  if (typeof port === 'object') {
    return claimPorts({ block, port, takeover: false, clock, log, deadlineMs, signal });
  }
  checkUnowned(base);
  opening.add(base);
  try {
    const patienceMs = Math.min(deadlineMs, clock.now() + lockTimeoutMs);
    const patience = { deadlineMs: patienceMs, signal };
    return await claimPorts({ block, port, pciDevice, takeover, clock, log, ...patience });
  } finally {
    opening.delete(base);
  }
}

function checkUnowned(base: number): void {
  const owner = [...devices].find((device) => device.base === base && device.backend !== 'custom');
  if (owner === undefined && !opening.has(base)) return;
  const name = owner?.name ?? 'another open()';
  const text = `${name} of this process (pid ${process.pid}) has ${hex(base)} open`;
  throw new IpmiError('DEVICE_LOCKED', `${text}; use that one, or close it first`);
}

/** What a device is made of besides its options. */
interface Found {
  readonly block: RegisterBlock;
  readonly claim: Claim;
  readonly firstSeq: number;
}

function register(options: OpenOptions, { block, claim, firstSeq }: Found): Device {
  const { port, backend, lock, takeover: handBack } = claim;
  const { trace, logger = silentLog } = options;
  const name = freeName();
  const { clock = systemClock } = options;
  const log = limitWarnings(logger.child({ dev: name }), () => clock.now());
  const device = new Device({
    name,
    port: trace === undefined ? port : new TracePort(port, block, trace),
    backend,
    block,
    lock,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    clock,
    log,
    queueMax: options.queueMax ?? QUEUE_MAX,
    attemptMs: options.attemptTimeoutMs,
    quirks: options.quirks ?? [],
    firstSeq,
    handBack,
    onClosed: () => {
      claim.leave();
      log.info({}, 'close');
      devices.delete(device);
      watchExits();
    },
  });
  devices.add(device);
  watchExits();
  log.info({ base: block.base, spacing: block.spacing, backend }, 'open');
  return device;
}

/** Listens for the end of the process while there is something to do then, and not else. */
function watchExits(): void {
  process.off('exit', closeAll);
  if (devices.size > 0) process.on('exit', closeAll);
  // What was taken takes time to give back, which an exit handler has not.
  const isTaken = [...devices].some(({ takenDevice }) => takenDevice !== undefined);
  if (isTaken) unwatch ??= beforeSignal(giveBackAll, systemFiles);
  else unwatch?.();
  if (!isTaken) unwatch = undefined;
}

function giveBackAll(): Promise<unknown> {
  return Promise.allSettled([...devices].map((device) => device.close()));
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
