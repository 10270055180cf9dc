/**
 * Brings an interface up: checks that a BMC is there, and asks it for the interface's capabilities
 * and its device id. Callers' requests wait in the queue meanwhile.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Driver } from '../driver/driver.ts';
import { assumedLimits, limitsFor } from '../driver/limits.ts';
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

/** Wait before the second check: a BMC that is being reset floats the bus. */
const SECOND_LOOK_MS = 1000;

/** Repeats of Get BT Interface Capabilities; few, because a BMC may drop a command it lacks. */
const CAPABILITIES_RETRIES = 1;

/** First and longest gap between two Get Device ID requests. */
const ASK_AGAIN_MIN_MS = 100;
const ASK_AGAIN_MAX_MS = 1000;

/** Options of a bring-up. */
export interface BringUpOptions {
  readonly clock: Clock;
  /** Time by which bring-up must have settled. */
  readonly deadlineMs: number;
  /** Replaces the timeout of an attempt that follows from the BMC's capabilities. */
  readonly attemptMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** True if firmware lists a BMC here: if none is seen it is restarting, and is waited for. */
  readonly isAnnounced?: boolean;
}

/** The result of bring-up. */
export interface BringUpResult {
  /** Absent for an interface that has no command for them. */
  readonly capabilities: BtCapabilities | undefined;
  /** Absent when the BMC answers Get Device ID, but not with a device id. */
  readonly deviceId: DeviceId | undefined;
}

/** The parts of an interface by which its BMC is asked, and looked for when it was lost. */
export interface BmcAccess {
  readonly machine: Machine;
  readonly driver: Driver;
  readonly asker: Asker;
  readonly arbiter: Arbiter;
  /** True where the BMC has a command that tells the interface's capabilities. */
  readonly hasCapabilities: boolean;
  /** Port of the first register, for messages. */
  readonly base: number;
}

/**
 * Brings an interface up: checks that it is there, then asks for capabilities and device id.
 * Callers' requests wait in the queue until all of this is done.
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
 * Checks by reads alone that an interface of this kind is there. Rejects with `DEVICE_ABSENT` after
 * a second check; with `BMC_UNRESPONSIVE` when firmware lists a BMC and no device decodes the ports
 * in time; with `DEVICE_LOCKED` when another process does not release the interface. The lock stays
 * acquired, for the driver to use or to release.
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
 * Sends Get BT Interface Capabilities (§22.10) and hands the answer to the driver. Resolves to
 * defaults when the BMC lacks the command: some say so, others drop commands they lack.
 */
export async function learnCapabilities(
  access: BmcAccess,
  options: BringUpOptions,
): Promise<BtCapabilities | undefined> {
  const { driver, hasCapabilities } = access;
  try {
    if (hasCapabilities) return await askCapabilities(access, options);
  } catch (error) {
    if (!isSilence(error)) throw error;
  }
  driver.adopt(assumedLimits(options.attemptMs));
  return hasCapabilities ? DEFAULT_CAPABILITIES : undefined;
}

/** The same, but rejects when there is no answer: the BMC may be absent. */
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
  const { attemptMs } = options;
  driver.adopt(told === undefined ? assumedLimits(attemptMs) : limitsFor(told, attemptMs));
  return told ?? DEFAULT_CAPABILITIES;
}

/**
 * Sends Get Device ID (§20.1) until the deadline: again after silence, and after an answer that
 * shows only that the interface is up, as after a reset of the BMC. Resolves to `undefined` when
 * the BMC answers until then, but without a device id.
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

/** Options of {@link askDeviceId}. */
export interface DeviceIdQuestion {
  /** True when the BMC counts as present only with its device id. */
  readonly mustSayWho: boolean;
  /** The number of times that it is sent again; then a reply to any of them will do. */
  readonly retries: number;
  readonly signal: AbortSignal;
}

/** Sends Get Device ID, to see whether the BMC is there. */
export async function askDeviceId(
  { driver, asker }: BmcAccess,
  { mustSayWho, retries, signal }: DeviceIdQuestion,
): Promise<Answer> {
  // One attempt's time to become ready, and one for each time that it is sent.
  const timeoutMs = (2 + retries) * driver.attemptMs;
  try {
    const question = appCommand(AppCmd.GET_DEVICE_ID);
    const reply = await asker.request(question, { timeoutMs, retries, signal });
    const answer = answerIn(reply);
    return answer === 'starting' && !mustSayWho ? { deviceId: undefined } : answer;
  } catch (error) {
    if (isSilence(error)) return 'silent';
    throw error;
  }
}

/** Interprets an answer to Get Device ID; one cut short also comes from a BMC that is starting. */
function answerIn({ completionCode, data }: Reply): Exclude<Answer, 'silent'> {
  if (isNotYet(completionCode)) return 'starting';
  if (completionCode !== Completion.OK) return { deviceId: undefined };
  const deviceId = decodeDeviceId(data);
  return deviceId === undefined ? 'starting' : { deviceId };
}
