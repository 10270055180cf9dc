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
import { PciPort } from './discover/pci.ts';
import type { Candidate } from './discover/ranking.ts';
import { IpmiError, hex } from './errors.ts';
import { systemFiles } from './files.ts';
import { checkUnclaimed } from './kernel-driver.ts';
import { InterfaceLock, NO_LOCK } from './lock.ts';
import type { Lock } from './lock.ts';
import { silentLog } from './log.ts';
import type { Log } from './log.ts';
import { openPort } from './port/open-port.ts';
import { openFound, openNamed, placeAt } from './place.ts';
import type { Place } from './place.ts';
import type { PortIo } from './port/port.ts';
import { checkBlock, checkInteger, checkTimeout } from './validate.ts';

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

/**
 * Opens a BT interface and resolves when it is ready: the one at `base`, or else the best that is
 * there, in the order of {@link list}.
 *
 * Rejects with an {@link IpmiError}: `PORT_DENIED`, `PORT_LOCKED_DOWN`, `PORT_UNSUPPORTED`,
 * `PORT_CLAIMED`, `DEVICE_ABSENT`, `DEVICE_LOCKED`, `BMC_UNRESPONSIVE` or `REQUEST_ABORTED`, all of
 * which leave nothing open; with `TypeError` or `RangeError` for options that are none, and with
 * `ConfigError` for a config file that is none.
 */
export async function open(options: OpenOptions = {}): Promise<Device> {
  const block = checkOptions(options);
  const { clock = systemClock, timeoutMs = OPEN_TIMEOUT_MS, attemptTimeoutMs, signal } = options;
  const deadlineMs = clock.now() + timeoutMs;
  const how: BringUpOptions = { clock, deadlineMs, attemptMs: attemptTimeoutMs, signal };

  if (signal?.aborted === true) throw aborted(signal.reason);
  const at = (place: Place): Promise<Device> => openAt(place, options, how);
  if (block === undefined) return openFound(at);
  // A PortIo of the caller's own is nothing that firmware knows of.
  return typeof options.port === 'object' ? at(placeAt(block)) : openNamed(block, at);
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

async function openAt(place: Place, options: OpenOptions, how: BringUpOptions): Promise<Device> {
  const { port, isAnnounced } = place;
  const device = register(port === undefined ? options : { port, ...options }, place);
  try {
    await device.bringUp(options.bringUp ?? 'full', { ...how, isAnnounced });
    return device;
  } catch (error) {
    device.closeNow();
    throw error;
  }
}

/** Gives the block that the caller names, if any. */
function checkOptions(options: OpenOptions): RegisterBlock | undefined {
  const { base, spacing, port } = options;
  checkTimeout('timeoutMs', options.timeoutMs);
  checkTimeout('lockTimeoutMs', options.lockTimeoutMs);
  checkTimeout('attemptTimeoutMs', options.attemptTimeoutMs);
  if (options.queueMax !== undefined)
    checkInteger('queueMax', options.queueMax, [1, QUEUE_MAX_MAX]);
  if (base !== undefined) return checkBlock(base, spacing ?? 1);
  if (typeof port === 'object') throw new TypeError('a PortIo needs the base, such as 0xce4');
  if (spacing !== undefined) throw new TypeError('spacing needs the base that it goes with');
  return undefined;
}

function register(options: OpenOptions, { block, pciDevice }: Place): Device {
  const { port: claimed, backend, lock } = claimPorts(options, block);
  const port = pciDevice === undefined ? claimed : new PciPort(claimed, pciDevice, systemFiles);
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
  { port: wanted }: OpenOptions,
  block: RegisterBlock,
): { readonly port: PortIo; readonly backend: Backend; readonly lock: Lock } {
  // Only who made the port knows who else can reach it.
  if (typeof wanted === 'object') return { port: wanted, backend: 'custom', lock: NO_LOCK };
  const { base } = block;
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
