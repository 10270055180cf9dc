/**
 * How an interface comes to be registered: a list of steps, each with what undoes it. When one
 * fails, exactly those before it are undone, last first, and the next `open()` finds everything as
 * this one did.
 */

import type { BringUpOptions } from '../bmc/bring-up.ts';
import { TracePort } from '../bt/trace-port.ts';
import { claimPorts } from './resources.ts';
import type { Claim, Machine } from './resources.ts';
import { systemClock } from '../clock.ts';
import { Device } from '../device/device.ts';
import { watchdogState } from '../ipmi/watchdog.ts';
import { limitWarnings, silentLog } from '../log.ts';
import { WATCHDOG_QUESTION, watchdogText } from '../kernel/users-of-ipmi-si.ts';
import { LOCK_TIMEOUT_MS, QUEUE_MAX } from './open-options.ts';
import type { OpenOptions } from './open-options.ts';
import type { Place } from './target.ts';
import type { Entry, OpenDevices } from './open-devices.ts';
import { refused } from '../kernel/takeover.ts';
import { runSteps } from '../rollback.ts';
import type { Step } from '../rollback.ts';

/** What is to be registered, and where. */
export interface Plan {
  readonly options: OpenOptions;
  readonly place: Place;
  readonly firstSeq: number;
  /** All of it must be over by then. */
  readonly deadlineMs: number;
  readonly openDevices: OpenDevices;
  /** This one; only tests bring their own. */
  readonly machine?: Machine;
}

/** Registers an interface and brings it up; rejects with everything as it was before. */
export async function register(plan: Plan): Promise<Device> {
  const { options, place, openDevices } = plan;
  let entry!: Entry;
  let claim!: Claim;
  let device!: Device;
  const steps: readonly Step[] = [
    {
      run: () =>
        void (entry = openDevices.enter(place.block.base, typeof options.port !== 'object')),
      undo: () => openDevices.leave(entry),
    },
    {
      run: async () => void (claim = await claimFor(plan)),
      // A device that was made of it gives it back when it closes.
      undo: () => (entry.device === undefined ? claim.abandon() : undefined),
    },
    {
      run: () => void (entry.device = device = newDevice(plan, entry, claim)),
      undo: () => device.close(),
    },
    { run: () => openDevices.watchExits(), undo: nothing },
    { run: () => bringUp(plan, claim, device), undo: nothing },
  ];
  await runSteps(steps, 'go on');
  return device;
}

function claimFor({ options, place, deadlineMs, machine }: Plan): Promise<Claim> {
  const { block, pciDevice, port: way = 'auto' } = place;
  const { port = way, irq = 'off', takeover = false } = options;
  const { signal, logger: log = silentLog } = options;
  const { clock = systemClock, lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
  const patience = { deadlineMs: Math.min(deadlineMs, clock.now() + lockTimeoutMs), signal };
  return claimPorts({ block, port, pciDevice, irq, takeover, clock, log, ...patience }, machine);
}

function newDevice(
  { options, place, firstSeq, openDevices }: Plan,
  entry: Entry,
  claim: Claim,
): Device {
  const { block } = place;
  const { port, backend, lock, line, takeover: giveBack } = claim;
  const { trace, logger = silentLog } = options;
  const { name } = entry;
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
    calmMs: options.pollMs ?? 0,
    line,
    firstSeq,
    giveBack,
    onClosed: () => {
      claim.leave();
      log.info({}, 'close');
      openDevices.leave(entry);
    },
  });
  log.info({ base: block.base, spacing: block.spacing, backend }, 'open');
  return device;
}

async function bringUp(plan: Plan, claim: Claim, device: Device): Promise<void> {
  const { options, deadlineMs, place } = plan;
  const { clock = systemClock, attemptTimeoutMs, signal, bringUp: mode = 'full' } = options;
  const how: BringUpOptions = { clock, deadlineMs, attemptMs: attemptTimeoutMs, signal };
  if (claim.takeover?.mustAskWatchdog === true) await checkWatchdog(device, how);
  await device.bringUp(mode, { ...how, isAnnounced: place.isAnnounced });
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

function nothing(): void {
  // What this step did is undone with those before it.
}
