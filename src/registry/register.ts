/**
 * Registers an interface: acquires its resources, makes a device of it and brings that up. Each
 * step pushes its undo onto one stack. When a step fails, those before it are undone, last first,
 * so that the next `open()` finds everything as this one did. The device closes with the same
 * stack. Above `bt/` only this file says that the interface of a device is BT.
 */

import type { BringUpOptions } from '../bmc/bring-up.ts';
import { btInterface } from '../bt/interface.ts';
import { systemClock } from '../clock.ts';
import { Device } from '../device/device.ts';
import { SystemInterface } from '../device/system-interface.ts';
import type { InterfaceParts } from '../device/system-interface.ts';
import type { BmcInterface, InterfaceEvents } from '../driver/machine.ts';
import { watchdogState } from '../ipmi/watchdog.ts';
import { WATCHDOG_QUESTION, watchdogText } from '../kernel/users-of-ipmi-si.ts';
import { refused } from '../kernel/takeover.ts';
import { limitWarnings, logOf, silentLog } from '../log.ts';
import { allOf, failuresOf } from '../rollback.ts';
import { safeSink } from '../sink.ts';
import { recorded } from '../trace/recorded.ts';
import type { Entry, OpenDevices } from './open-devices.ts';
import { LOCK_TIMEOUT_MS, QUEUE_MAX } from './open-options.ts';
import type { OpenOptions } from './open-options.ts';
import type { Lock } from '../share/lock.ts';
import type { SequenceStore } from '../share/sequence-numbers.ts';
import { acquireResources } from './resources.ts';
import type { Host, Resources } from './resources.ts';
import type { Target } from './target.ts';

/** Everything that {@link register} needs. */
export interface Plan {
  readonly options: OpenOptions;
  readonly target: Target;
  /** The sequence number to begin with when none is known of an earlier process. */
  readonly firstSeq: number;
  /** Memory of the processes that had a `PortIo` before; that of this process when absent. */
  readonly store?: SequenceStore | undefined;
  /** The lock of a `PortIo` that several devices share; it has none to share when absent. */
  readonly ownLock?: Lock | undefined;
  /** Time by which it must have settled. */
  readonly deadlineMs: number;
  readonly openDevices: OpenDevices;
  /** The interface is opened only to be given back to the driver that it was taken from. */
  readonly isRejoining?: boolean;
  /** This host when absent; only tests pass another. */
  readonly host?: Host;
}

/** Registers an interface and brings it up; rejects with everything as it was before. */
export async function register(plan: Plan): Promise<Device> {
  const { openDevices } = plan;
  const entry = openEntry(plan);
  try {
    const resources = await acquire(plan, entry);
    const device = newDevice(plan, entry, resources);
    entry.device = device;
    openDevices.watchExits();
    await bringUp(plan, resources, device);
    return device;
  } catch (error) {
    throw allOf([error, ...(await undone(entry))]);
  }
}

/** Gives the interface a name in this process, or throws `DEVICE_LOCKED`. */
export function openEntry({ options, target, openDevices }: Plan): Entry {
  const { port } = options;
  const own = typeof port === 'object' ? port : undefined;
  return openDevices.add(target.block.base, own === undefined, own);
}

/** Closes the device, or undoes what was done for it; resolves to what failed of that. */
async function undone({ device, rollback }: Entry): Promise<readonly unknown[]> {
  if (device === undefined) return await failuresOf(rollback, 'go on');
  try {
    await device.close();
    return [];
  } catch (failure) {
    return [failure];
  }
}

/** Acquires the ports and what keeps others away from them; what is had is undone with `entry`. */
export async function acquire(plan: Plan, entry: Entry): Promise<Resources> {
  const { options, target, deadlineMs, firstSeq, store, ownLock, host, isRejoining = false } = plan;
  const { block, pciDevice, port: way = 'auto' } = target;
  const { port = way, irq = 'off' } = options;
  const takeover = isRejoining ? 'rejoin' : (options.takeover ?? false);
  const { signal, logger = silentLog } = options;
  const log = logOf(logger);
  const { clock = systemClock, lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
  const patience = { deadlineMs: Math.min(deadlineMs, clock.now() + lockTimeoutMs), signal };
  const resources = await acquireResources(
    { block, port, pciDevice, irq, takeover, firstSeq, store, ownLock, clock, log, ...patience },
    entry.rollback,
    host,
  );
  entry.isTaken = resources.takeover?.device !== undefined;
  return resources;
}

function newDevice(
  { options, target }: Plan,
  { name, rollback }: Entry,
  resources: Resources,
): Device {
  const { block } = target;
  const { port, backend, lock, settings, line, takeover, onQuiet } = resources;
  const { intmask: enable } = settings;
  const { quirks = [], pollMs = 0 } = options;
  const { logger = silentLog, clock = systemClock } = options;
  const log = limitWarnings(logOf(logger).child({ dev: name }), () => clock.now());
  const trace = options.trace && safeSink(options.trace, 'trace', log);
  const recorder =
    options.record &&
    recorded({
      sink: safeSink(options.record, 'recording', log),
      block,
      clock,
    });
  const newHardware = (events: InterfaceEvents): BmcInterface => {
    const parts = { port, block, quirks, pollMs, line, trace, enable };
    if (recorder === undefined) return btInterface(parts, events);
    const { onEdge } = recorder;
    const built = btInterface({ ...parts, port: recorder.port(port), onEdge }, events);
    return recorder.hardware(built);
  };
  const { lockTimeoutMs = LOCK_TIMEOUT_MS, queueMax = QUEUE_MAX } = options;
  const parts: InterfaceParts = {
    ...{ name, newHardware, block, port, onQuiet, lock, lockTimeoutMs, settings, clock, log },
    queueMax,
    attemptMs: options.attemptTimeoutMs,
    onAsked: recorder?.onAsked,
  };
  const device = new Device({
    ...{ name, base: block.base, backend, clock, log, lockTimeoutMs, rollback },
    takenDevice: takeover?.device,
    newInterface: (sides) => new SystemInterface(parts, sides),
  });
  log.info({ base: block.base, spacing: block.spacing, backend }, 'open');
  return device;
}

async function bringUp(plan: Plan, resources: Resources, device: Device): Promise<void> {
  const { options, deadlineMs, target } = plan;
  const { clock = systemClock, attemptTimeoutMs, signal, bringUp: mode = 'full' } = options;
  const how: BringUpOptions = { clock, deadlineMs, attemptMs: attemptTimeoutMs, signal };
  if (resources.takeover?.mustAskWatchdog === true) await checkWatchdog(device, how);
  await device.bringUp(mode, { ...how, isAnnounced: target.isAnnounced });
}

/** Asks the BMC for its watchdog before anything else: the kernel had no way to be asked. */
async function checkWatchdog(device: Device, how: BringUpOptions): Promise<void> {
  await device.bringUp('lazy', how);
  const timeoutMs = Math.max(how.deadlineMs - how.clock.now(), 1);
  const { completionCode, data } = await device.request(WATCHDOG_QUESTION, {
    timeoutMs,
    ...(how.signal === undefined ? {} : { signal: how.signal }),
  });
  const reasons = watchdogText(watchdogState(completionCode, data));
  if (reasons.length > 0) throw refused(device.base, reasons);
}
