/**
 * Takes an interface into use: asks whether a BMC is there, what the interface can do, and which
 * BMC it is. Callers' requests wait in the queue meanwhile.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Driver } from '../driver/driver.ts';
import { limitsFor } from '../driver/limits.ts';
import type { Machine } from '../driver/machine.ts';
import { IpmiError, hex } from '../errors.ts';
import { DEFAULT_CAPABILITIES, decodeBtCapabilities } from '../ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import { AppCmd } from '../ipmi/commands.ts';
import { Completion, isNotYet } from '../ipmi/completion.ts';
import { decodeDeviceId } from '../ipmi/device-id.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import type { Reply } from '../ipmi/message.ts';
import type { Arbiter } from '../share/arbiter.ts';
import { appCommand, isSilence } from './ask.ts';
import type { Asker } from './ask.ts';

/** A BMC that is being reset floats the bus; it is looked at again after this long. */
const SECOND_LOOK_MS = 1000;

/** Repeats of Get BT Interface Capabilities: a BMC that does not know it must not cost much. */
const CAPABILITIES_RETRIES = 1;

/** Gaps between two times that a BMC is asked for its device id: at first, and at most. */
const ASK_AGAIN_MIN_MS = 100;
const ASK_AGAIN_MAX_MS = 1000;

/** How an interface is to be brought up. */
export interface BringUpOptions {
  readonly clock: Clock;
  /** The whole of it must be over by this time. */
  readonly deadlineMs: number;
  /** Replaces the time per attempt that the BMC's capabilities ask for. */
  readonly attemptMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Firmware says that there is a BMC: one that does not show restarts, and is waited for. */
  readonly isAnnounced?: boolean;
}

/** The result of bring-up. */
export interface BringUpResult {
  readonly capabilities: BtCapabilities;
  /** Absent when the BMC answers Get Device ID, but not with a device id. */
  readonly deviceId: DeviceId | undefined;
}

/** An interface, as far as the BMC behind it is asked and looked for. */
export interface BmcAccess {
  readonly machine: Machine;
  readonly driver: Driver;
  readonly asker: Asker;
  readonly arbiter: Arbiter;
  /** Whether the BMC can be asked what the interface can do. */
  readonly hasCapabilities: boolean;
  /** Port of the first register, for messages. */
  readonly base: number;
}

/**
 * Takes an interface into use: looks whether it is there, then asks for capabilities and device
 * id. Callers' requests wait in the queue until all of it is over.
 */
export async function bringUp(access: BmcAccess, options: BringUpOptions): Promise<BringUpResult> {
  const { driver } = access;
  driver.doubt('opening');
  try {
    await checkPresence(access, options);
    const capabilities = await learnCapabilities(access, options);
    const deviceId = await learnDeviceId(access, options);
    return { capabilities, deviceId };
  } finally {
    driver.trust('opening');
  }
}

/**
 * Reads, and only reads, until what stands there is known to be an interface of this kind. Rejects
 * with `DEVICE_ABSENT` after a second look; with `BMC_UNRESPONSIVE` when firmware announces a BMC
 * and nothing decodes there in time; with `DEVICE_LOCKED` when another process does not let us
 * look. The lock is kept, for the driver to use or to release.
 */
export async function checkPresence(access: BmcAccess, options: BringUpOptions): Promise<void> {
  const { machine, arbiter, base } = access;
  const { clock, deadlineMs, signal, isAnnounced = false } = options;
  for (let look = 1; ; look += 1) {
    await arbiter.acquire(clock, options);
    const { kind, seen } = machine.presence();
    if (kind === 'present') return;
    const leftMs = deadlineMs - clock.now();
    if (look > 1 && !(kind === 'nothing' && isAnnounced)) {
      const isNothing = kind === 'nothing';
      const meaning = isNothing ? 'nothing decodes there' : 'another device decodes there';
      throw new IpmiError('DEVICE_ABSENT', `no BMC at ${hex(base)}: ${seen}: ${meaning}`);
    }
    if (look > 1 && leftMs <= 0) {
      const text = `firmware announces a BMC at ${hex(base)}, but nothing decodes there: ${seen}`;
      throw new IpmiError('BMC_UNRESPONSIVE', text);
    }
    await sleep(clock, Math.max(Math.min(SECOND_LOOK_MS, leftMs), 0), signal);
  }
}

/**
 * Get BT Interface Capabilities (§22.10); the driver adopts them. Defaults when the BMC does not
 * know them: some say so, others drop what they do not know.
 */
export async function learnCapabilities(
  access: BmcAccess,
  options: BringUpOptions,
): Promise<BtCapabilities> {
  try {
    if (access.hasCapabilities) return await askCapabilities(access, options);
  } catch (error) {
    if (!isSilence(error)) throw error;
  }
  access.driver.adopt(limitsFor(DEFAULT_CAPABILITIES, options.attemptMs));
  return DEFAULT_CAPABILITIES;
}

/** The same, but rejects when nothing is answered, of which the BMC's absence may be the cause. */
export async function askCapabilities(
  { driver, asker }: Pick<BmcAccess, 'asker' | 'driver'>,
  options: BringUpOptions,
): Promise<BtCapabilities> {
  const question = appCommand(AppCmd.GET_BT_CAPABILITIES);
  const reply = await asker.request(question, {
    ...timeOf(options),
    retries: CAPABILITIES_RETRIES,
  });
  const told =
    reply.completionCode === Completion.OK ? decodeBtCapabilities(reply.data) : undefined;
  const capabilities = told ?? DEFAULT_CAPABILITIES;
  driver.adopt(limitsFor(capabilities, options.attemptMs));
  return capabilities;
}

/**
 * Get Device ID (§20.1), until the deadline: after silence, and also after an answer that shows
 * only that the interface is up, as after a reset of the BMC. `undefined` when it answers to the
 * end, but not with a device id.
 */
async function learnDeviceId(
  { asker }: BmcAccess,
  options: BringUpOptions,
): Promise<DeviceId | undefined> {
  const { clock, deadlineMs, signal } = options;
  for (let gapMs = ASK_AGAIN_MIN_MS; ; gapMs = Math.min(2 * gapMs, ASK_AGAIN_MAX_MS)) {
    const answer = await awaitDeviceId(asker, options);
    if (answer !== 'starting') return answer.deviceId;
    if (clock.now() + gapMs >= deadlineMs) return undefined;
    await sleep(clock, gapMs, signal);
  }
}

async function awaitDeviceId(
  asker: Asker,
  options: BringUpOptions,
): Promise<Exclude<Answer, 'silent'>> {
  try {
    const question = appCommand(AppCmd.GET_DEVICE_ID);
    return answerIn(await asker.request(question, { ...timeOf(options), retries: Infinity }));
  } catch (cause) {
    if (!isSilence(cause)) throw cause;
    const text = `the BMC does not answer Get Device ID: ${cause.message}`;
    throw new IpmiError('BMC_UNRESPONSIVE', text, { cause, outcome: 'unknown' });
  }
}

function timeOf({ clock, deadlineMs, signal }: BringUpOptions) {
  return { timeoutMs: deadlineMs - clock.now(), signal };
}

/** The BMC's answer to Get Device ID: its device id, silence, or that it cannot say yet. */
export type Answer = { readonly deviceId: DeviceId | undefined } | 'silent' | 'starting';

/** How a BMC is asked, once, whether it is there. */
export interface DeviceIdQuestion {
  /** True when it counts as there only with its device id. */
  readonly mustSayWho: boolean;
  readonly signal: AbortSignal;
}

/** Asks once for the device id, to see whether the BMC is there. */
export async function askDeviceId(
  { driver, asker }: BmcAccess,
  { mustSayWho, signal }: DeviceIdQuestion,
): Promise<Answer> {
  // To become ready, and to answer.
  const timeoutMs = 2 * driver.attemptMs;
  try {
    const reply = await asker.request(appCommand(AppCmd.GET_DEVICE_ID), { timeoutMs, signal });
    const answer = answerIn(reply);
    return answer === 'starting' && !mustSayWho ? { deviceId: undefined } : answer;
  } catch (error) {
    if (isSilence(error)) return 'silent';
    throw error;
  }
}

/** A device id cut short is what a BMC says that is starting, too. */
function answerIn({ completionCode, data }: Reply): Exclude<Answer, 'silent'> {
  if (isNotYet(completionCode)) return 'starting';
  if (completionCode !== Completion.OK) return { deviceId: undefined };
  const deviceId = decodeDeviceId(data);
  return deviceId === undefined ? 'starting' : { deviceId };
}
