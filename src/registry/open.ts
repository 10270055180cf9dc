/**
 * Opens interfaces, lists those there are, and groups the open ones by BMC.
 */

import { checkIdentityOptions } from '../device/options.ts';
import { groupByBmc } from '../device/bmcs.ts';
import type { Bmc } from '../device/bmcs.ts';
import { aborted, systemClock } from '../clock.ts';
import type { Device } from '../device/device.ts';
import type { Candidate } from '../discover/ranking.ts';
import { IpmiError } from '../errors.ts';
import { systemFiles } from '../files.ts';
import { btBlock } from '../port/register-block.ts';
import { isSilence } from '../bmc/ask.ts';
import type { BmcIdentity, IdentityOptions } from '../bmc/identity.ts';
import type { SequenceStore } from '../share/sequence-numbers.ts';
import { OPEN_TIMEOUT_MS, checkListOptions, checkOptions } from './open-options.ts';
import type { ListOptions, OpenOptions } from './open-options.ts';
import { openFound, openNamed, targetAt } from './target.ts';
import type { Target } from './target.ts';
import { findUioDevice } from '../port/uio-line.ts';
import { openByWay, servedBases } from './served.ts';
import { OpenDevices } from './open-devices.ts';

/** The open devices of this process. */
const openDevices = new OpenDevices();

/**
 * Opens a BT interface and resolves when it is ready: the one at `base`, or else the first in the
 * order of {@link list} that is there.
 *
 * Rejects with an {@link IpmiError}: `PORT_DENIED`, `PORT_LOCKED_DOWN`, `PORT_UNSUPPORTED`,
 * `PORT_CLAIMED`, `DEVICE_ABSENT`, `DEVICE_LOCKED`, `BMC_UNRESPONSIVE` or `REQUEST_ABORTED`, all of
 * which leave nothing open; with `TypeError` or `RangeError` for an invalid option, and with
 * `ConfigError` for an invalid config file.
 */
export function open(options: OpenOptions = {}): Promise<Device> {
  // A fixed start would repeat the sequence numbers that the former process has just used.
  return openFrom(Math.floor(Math.random() * 256), options);
}

/**
 * @internal The same with a given first sequence number, so that a test can be repeated, and with
 * the memory of processes that had the `PortIo` before.
 */
export async function openFrom(
  firstSeq: number,
  options: OpenOptions,
  store?: SequenceStore,
): Promise<Device> {
  const block = checkOptions(options);
  const { clock = systemClock, timeoutMs = OPEN_TIMEOUT_MS, signal } = options;
  const deadlineMs = clock.now() + timeoutMs;

  if (signal?.aborted === true) throw aborted(signal.reason);
  checkLine(options);
  const openTarget = (target: Target): Promise<Device> =>
    openByWay({ options, target, firstSeq, store, deadlineMs, openDevices });
  // Bring-up's own requests keep no process alive; this timer does, for the caller that waits.
  const letEnd = clock.timer(timeoutMs, () => undefined, true);
  try {
    if (block === undefined) {
      return await openBest(openTarget, (target) => {
        const served: OpenOptions = { ...options, via: 'serve' };
        return openByWay({ options: served, target, firstSeq, store, deadlineMs, openDevices });
      });
    }
    // Firmware knows nothing of a PortIo object.
    const isOwnPort = typeof options.port === 'object';
    return await (isOwnPort ? openTarget(targetAt(block)) : openNamed(block, openTarget));
  } finally {
    letEnd();
  }
}

/**
 * Opens the best interface that is found. A process that may not read firmware's tables finds none,
 * and may be allowed to use a server.
 */
async function openBest(
  openTarget: (target: Target) => Promise<Device>,
  openServed: (target: Target) => Promise<Device>,
): Promise<Device> {
  try {
    return await openFound(openTarget);
  } catch (error) {
    const isUnseen = error instanceof IpmiError && error.code === 'PORT_DENIED';
    const [base] = isUnseen ? servedBases() : [];
    if (base === undefined) throw error;
    return await openServed(targetAt(btBlock(base)));
  }
}

/**
 * Throws if a line that is named does not exist. Checked before any interface is tried, because
 * that is no reason to go on to the next one.
 */
function checkLine({ irq }: OpenOptions): void {
  if (typeof irq === 'string' && irq !== 'off' && irq !== 'auto') findUioDevice(irq, systemFiles);
}

/**
 * Resolves to the IPMI interfaces of this host, in the order in which `open()` tries them. Only
 * files are read. Rejects with `ConfigError` for an invalid config file.
 */
export async function list(options: ListOptions = {}): Promise<readonly Candidate[]> {
  const named = checkListOptions(options);
  const { discover } = await import('../discover/discover.ts');
  return discover({ files: systemFiles, named }).candidates;
}

/**
 * Resolves to the BMCs behind the open devices, each with all its interfaces. Asks every device for
 * its {@link Device.identity}. A device whose BMC does not answer is listed by itself, with an
 * identity in which every part is `undefined`; when none answers it rejects as `identity` does.
 */
export async function bmcs(options: IdentityOptions = {}): Promise<Bmc[]> {
  checkIdentityOptions('bmcs()', options);
  const found = openDevices.devices.filter(({ state }) => state !== 'closed');
  const failures: unknown[] = [];
  const known = found.map(async (device) => {
    try {
      return { device, identity: await device.identity(options) };
    } catch (error) {
      if (!isSilence(error)) throw error;
      failures.push(error);
      return { device, identity: UNKNOWN_BMC };
    }
  });
  const all = await Promise.all(known);
  if (failures.length > 0 && failures.length === all.length) throw failures[0];
  return groupByBmc(all);
}

const UNKNOWN_BMC: BmcIdentity = {
  deviceId: undefined,
  systemGuid: undefined,
  deviceGuid: undefined,
  selfTest: undefined,
};
