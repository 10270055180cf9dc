/**
 * How an interface is taken into use: is anything there, what can it do, who is it. The questions
 * go through the driver's queue like everyone's, ahead of them, so that a caller's request can
 * never meet one of ours on the wire.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, hex } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import { DEFAULT_CAPABILITIES, decodeBtCapabilities } from '../ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import { Completion, isNotYet } from '../ipmi/completion.ts';
import { decodeDeviceId } from '../ipmi/device-id.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { CTRL_READS_ZERO, INTMASK_READS_ZERO, NOTHING_DECODES } from '../bt/bits.ts';
import type { BtDriver } from '../driver/driver.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import { limitsFor } from '../driver/limits.ts';
import type { BtRegisters } from '../bt/registers.ts';
import type { Arbiter } from '../share/arbiter.ts';

/** A BMC that is being reset floats the bus; it is looked at again after this long. */
const SECOND_LOOK_MS = 1000;

/** Repeats of Get BT Interface Capabilities: a BMC that does not know it must not cost much. */
const CAPABILITIES_RETRIES = 1;

/** Gaps between two times that a BMC is asked who it is: at first, and at most. */
const ASK_AGAIN_MIN_MS = 100;
const ASK_AGAIN_MAX_MS = 1000;

/** Errors that mean: the BMC gave no usable answer in time. */
const SILENCE: ReadonlySet<IpmiErrorCode> = new Set([
  'REQUEST_TIMEOUT',
  'BMC_UNRESPONSIVE',
  'RESPONSE_MALFORMED',
]);

/** How an interface is to be brought up. */
export interface BringUpOptions {
  readonly clock: Clock;
  /** The whole of it must be over by this time. */
  readonly deadlineMs: number;
  /** Replaces the time per attempt that the BMC's capabilities ask for. */
  readonly attemptMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Firmware says that there is a BMC: one of whom nothing is seen restarts, and is waited for. */
  readonly isAnnounced?: boolean;
}

/** What bring-up learned. */
export interface Identity {
  readonly capabilities: BtCapabilities;
  /** Absent when the BMC answers Get Device ID, but not with a device id. */
  readonly deviceId: DeviceId | undefined;
}

/** The parts of an interface that bring-up works with. */
export interface Interface {
  readonly registers: BtRegisters;
  readonly driver: BtDriver;
  readonly arbiter: Arbiter;
  /** Port of BT_CTRL, for messages. */
  readonly base: number;
}

/**
 * Takes an interface into use: looks whether it is there, then asks for capabilities and device
 * id. Callers' requests wait in the queue until all of it is over.
 */
export async function bringUp(target: Interface, options: BringUpOptions): Promise<Identity> {
  const { driver } = target;
  const release = driver.hold();
  try {
    await checkPresence(target, options);
    const capabilities = await learnCapabilities(driver, options);
    const deviceId = await learnDeviceId(driver, options);
    return { capabilities, deviceId };
  } finally {
    release();
  }
}

/**
 * Reads, and only reads, until what stands there is known to be a BT interface: bits that must read
 * 0 do so twice. Rejects with `DEVICE_ABSENT` after a second look; with `BMC_UNRESPONSIVE` when
 * firmware announces a BMC and nothing decodes there in time; with `DEVICE_LOCKED` when another
 * process does not let us look. The lock is kept, for the driver to use or to let go.
 */
export async function checkPresence(target: Interface, options: BringUpOptions): Promise<void> {
  const { registers, arbiter, base } = target;
  const { clock, deadlineMs, signal, isAnnounced = false } = options;
  for (let look = 1; ; look += 1) {
    await arbiter.acquire(clock, options);
    if (isPresent(registers)) return;
    const ctrl = registers.status();
    const mask = registers.interruptMask();
    const isNothing = ctrl === NOTHING_DECODES && mask === NOTHING_DECODES;
    const seen = `BT_CTRL reads ${hex(ctrl)} and BT_INTMASK ${hex(mask)}`;
    const leftMs = deadlineMs - clock.now();
    if (look > 1 && !(isNothing && isAnnounced)) {
      const meaning = isNothing ? 'nothing decodes there' : 'what decodes there is no BT interface';
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
  driver: BtDriver,
  options: BringUpOptions,
): Promise<BtCapabilities> {
  try {
    return await askCapabilities(driver, options);
  } catch (error) {
    if (!isSilence(error)) throw error;
    driver.adopt(limitsFor(DEFAULT_CAPABILITIES, options.attemptMs));
    return DEFAULT_CAPABILITIES;
  }
}

/** The same, but rejects when nothing is answered, of which the BMC's absence may be the cause. */
export async function askCapabilities(
  driver: BtDriver,
  options: BringUpOptions,
): Promise<BtCapabilities> {
  const request = appRequest(AppCmd.GET_BT_CAPABILITIES);
  const retries = CAPABILITIES_RETRIES;
  const reply = await askInternal(driver, request, { ...options, retries });
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
  driver: BtDriver,
  options: BringUpOptions,
): Promise<DeviceId | undefined> {
  const { clock, deadlineMs, signal } = options;
  for (let gapMs = ASK_AGAIN_MIN_MS; ; gapMs = Math.min(2 * gapMs, ASK_AGAIN_MAX_MS)) {
    const answer = await awaitDeviceId(driver, options);
    if (answer !== 'starting') return answer.deviceId;
    if (clock.now() + gapMs >= deadlineMs) return undefined;
    await sleep(clock, gapMs, signal);
  }
}

async function awaitDeviceId(
  driver: BtDriver,
  options: BringUpOptions,
): Promise<Exclude<Answer, 'silent'>> {
  try {
    const request = appRequest(AppCmd.GET_DEVICE_ID);
    return answerIn(await askInternal(driver, request, { ...options, retries: Infinity }));
  } catch (cause) {
    if (!isSilence(cause)) throw cause;
    const text = `the BMC does not answer Get Device ID: ${cause.message}`;
    throw new IpmiError('BMC_UNRESPONSIVE', text, { cause, outcome: 'unknown' });
  }
}

/** What a BMC says when asked who it is: that, nothing, or that it cannot say yet. */
export type Answer = { readonly deviceId: DeviceId | undefined } | 'silent' | 'starting';

/** How a BMC is asked, once, whether it is there. */
export interface AskOptions {
  /** Whether it is there only when it can say who it is. */
  readonly mustSayWho: boolean;
  readonly signal: AbortSignal;
}

/** Asks once who the BMC is, to see whether it is there. */
export async function askDeviceId(
  driver: BtDriver,
  { mustSayWho, signal }: AskOptions,
): Promise<Answer> {
  // To become ready, and to answer.
  const timeoutMs = 2 * driver.attemptMs;
  const options = { retries: 0, internal: true, timeoutMs, signal };
  try {
    const reply = await driver.submit(appRequest(AppCmd.GET_DEVICE_ID), options);
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

/** A command of the App network function. */
export function appRequest(cmd: number, ...data: readonly number[]): Request {
  return { netFn: NetFn.APP, cmd, lun: 0, data: Uint8Array.from(data) };
}

/** Asks commands of the App network function as {@link askOnce} does. */
export function askerOf(
  driver: BtDriver,
): (cmd: number, ...data: readonly number[]) => Promise<Reply> {
  return (cmd, ...data) => askOnce(driver, appRequest(cmd, ...data));
}

/** Resolves to what `work` does, or to false when the BMC, or the way to it, fails us. */
export async function unlessSilent(
  work: () => Promise<boolean>,
  onSilence: () => void,
): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    if (isSilence(error)) onSilence();
    return false;
  }
}

/** One request of ours, sent once, ahead of callers' ones. */
export async function askOnce(
  driver: BtDriver,
  request: Request,
  how: { acknowledges?: boolean } = {},
): Promise<Reply> {
  return await driver.submit(request, { ...how, retries: 0, internal: true });
}

function askInternal(
  driver: BtDriver,
  request: Request,
  { retries, deadlineMs, clock, signal }: BringUpOptions & { readonly retries: number },
): Promise<Reply> {
  const timeoutMs = deadlineMs - clock.now();
  return driver.submit(request, { retries, internal: true, timeoutMs, signal });
}

/** Whether the error says that the BMC gave no usable answer in time. */
export function isSilence(error: unknown): error is IpmiError {
  return error instanceof IpmiError && SILENCE.has(error.code);
}

/** Whether what must read 0 in a BT interface does so, twice. */
export function isPresent(registers: BtRegisters): boolean {
  return readsLikeBt(registers) && readsLikeBt(registers);
}

function readsLikeBt(registers: BtRegisters): boolean {
  const isCtrl = (registers.status() & CTRL_READS_ZERO) === 0;
  return isCtrl && (registers.interruptMask() & INTMASK_READS_ZERO) === 0;
}
