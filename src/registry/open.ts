/**
 * Opens interfaces, lists those there are, and groups the open ones by BMC.
 */

import { groupByBmc } from '../device/bmcs.ts';
import type { Bmc } from '../device/bmcs.ts';
import { aborted, systemClock } from '../clock.ts';
import type { Device } from '../device/device.ts';
import type { Candidate } from '../discover/ranking.ts';
import { systemFiles } from '../files.ts';
import type { IdentityOptions } from '../bmc/identity.ts';
import { OPEN_TIMEOUT_MS, checkOptions } from './open-options.ts';
import type { OpenOptions } from './open-options.ts';
import { openFound, openNamed, targetAt } from './target.ts';
import type { Target } from './target.ts';
import { findUioDevice } from '../port/uio-line.ts';
import { register } from './register.ts';
import { OpenDevices } from './open-devices.ts';

/** Every interface of this process. */
const openDevices = new OpenDevices();

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
  const { clock = systemClock, timeoutMs = OPEN_TIMEOUT_MS, signal } = options;
  const deadlineMs = clock.now() + timeoutMs;

  if (signal?.aborted === true) throw aborted(signal.reason);
  checkLine(options);
  const openTarget = (target: Target): Promise<Device> =>
    register({ options, target, firstSeq, deadlineMs, openDevices });
  // What bring-up asks keeps no process alive; the caller that waits for it does.
  const letEnd = clock.timer(timeoutMs, () => undefined, true);
  try {
    if (block === undefined) return await openFound(openTarget);
    // A PortIo of the caller's own is nothing that firmware knows of.
    const isOwnPort = typeof options.port === 'object';
    return await (isOwnPort ? openTarget(targetAt(block)) : openNamed(block, openTarget));
  } finally {
    letEnd();
  }
}

/**
 * A line that is named and not there is no reason to look for another interface. Before anything is
 * touched, then, and not only when the line is opened.
 */
function checkLine({ irq }: OpenOptions): void {
  if (typeof irq === 'string' && irq !== 'off' && irq !== 'auto') findUioDevice(irq, systemFiles);
}

/**
 * Resolves to the IPMI interfaces of this machine, those that `open()` tries first, in that order.
 * Only files are read. Rejects with `ConfigError` for a config file that is none.
 */
export async function list(
  options: Pick<OpenOptions, 'base' | 'spacing'> = {},
): Promise<readonly Candidate[]> {
  const named = checkOptions(options);
  const { discover } = await import('../discover/discover.ts');
  return discover({ files: systemFiles, named }).candidates;
}

/**
 * Resolves to the BMCs behind the open interfaces: two interfaces of one BMC are one BMC. Asks each
 * who it is, as {@link Device.identity} does, and rejects as that does.
 */
export async function bmcs(options: IdentityOptions = {}): Promise<Bmc[]> {
  const found = openDevices.devices.filter(({ state }) => state !== 'closed');
  const known = found.map(async (device) => ({ device, identity: await device.identity(options) }));
  return groupByBmc(await Promise.all(known));
}
