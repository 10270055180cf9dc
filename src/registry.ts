/**
 * Opens interfaces, and knows those that are open.
 */

import { groupByBmc } from './bmcs.ts';
import type { Bmc } from './bmcs.ts';
import { aborted, systemClock } from './clock.ts';
import type { Device } from './device.ts';
import type { IdentityOptions } from './identity.ts';
import { OPEN_TIMEOUT_MS, checkOptions } from './open-options.ts';
import type { OpenOptions } from './open-options.ts';
import { register } from './registration.ts';
import { Roster } from './roster.ts';

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

/** Every interface of this process. */
const roster = new Roster();

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
  const { clock = systemClock, timeoutMs = OPEN_TIMEOUT_MS, signal } = options;
  const deadlineMs = clock.now() + timeoutMs;

  if (signal?.aborted === true) throw aborted(signal.reason);
  // What bring-up asks keeps no process alive; who waits for it does.
  const letEnd = clock.timer(timeoutMs, () => undefined, true);
  try {
    return await register({ options, block, firstSeq, deadlineMs, roster });
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

/**
 * Resolves to the BMCs behind the open interfaces: two interfaces of one BMC are one BMC. Asks each
 * who it is, as {@link Device.identity} does, and rejects as that does.
 */
export async function bmcs(options: IdentityOptions = {}): Promise<Bmc[]> {
  const found = roster.devices.filter(({ state }) => state !== 'closed');
  const known = found.map(async (device) => ({ device, identity: await device.identity(options) }));
  return groupByBmc(await Promise.all(known));
}
