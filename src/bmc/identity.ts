/**
 * The one memory of the BMC behind an interface: the interface's capabilities and the device id,
 * from bring-up; GUIDs and self test, read when a program first asks and forgotten when the BMC is
 * lost. A part that the BMC does not have is `undefined`: some BMCs refuse the command, others drop
 * it.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { assumedLimits } from '../driver/limits.ts';
import { IpmiError } from '../errors.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { Completion, isNotYet } from '../ipmi/completion.ts';
import { decodeDeviceId, isSameFirmware } from '../ipmi/device-id.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import { decodeGuid } from '../ipmi/guid.ts';
import type { Reply } from '../ipmi/message.ts';
import type { RequestOptions, Requester } from '../ipmi/requester.ts';
import { decodeSelfTest } from '../ipmi/self-test.ts';
import type { SelfTest } from '../ipmi/self-test.ts';
import { isSilence } from './ask.ts';
import { askCapabilities } from './bring-up.ts';
import type { BmcAccess, BringUpResult } from './bring-up.ts';

/**
 * A request is not repeated after silence: a BMC may drop a command that it lacks, and each attempt
 * takes the time that the other questions need.
 */
const RETRIES = 0;

/** A BMC that says that it cannot answer yet is asked once more, after this time. */
const ASK_AGAIN_MS = 100;

/** A BMC's identity; a part that the BMC did not give is `undefined`. */
export interface BmcIdentity {
  readonly deviceId: DeviceId | undefined;
  /** GUID of the server that the BMC manages, as RFC 4122 text. */
  readonly systemGuid: string | undefined;
  /** GUID of the BMC itself. */
  readonly deviceGuid: string | undefined;
  readonly selfTest: SelfTest | undefined;
}

/** `timeoutMs` is for all requests together; without it each has its own default timeout. */
export type IdentityOptions = Omit<RequestOptions, 'retries' | 'repeatBusy'>;

/** Everything an {@link Identity} is built from. */
export interface IdentityParts {
  /** Undefined where another process brings the interface up, and tells its capabilities. */
  readonly access: Pick<BmcAccess, 'asker' | 'driver' | 'hasCapabilities'> | undefined;
  readonly clock: Clock;
  /** Replaces the timeout of an attempt that follows from the BMC's capabilities. */
  readonly attemptMs: number | undefined;
}

/** Another BMC answers than before, or the same with other firmware. */
export interface Change {
  readonly now: DeviceId;
  readonly before: DeviceId;
}

/** The answers of a BMC that was found again. */
export interface Findings {
  /** Absent when it answers Get Device ID, but not with a device id. */
  readonly deviceId: DeviceId | undefined;
  /** Only if they were asked for. */
  readonly capabilities: BtCapabilities | undefined;
}

export class Identity {
  readonly #parts: IdentityParts;
  #capabilities: BtCapabilities | undefined;
  #deviceId: DeviceId | undefined;
  #known: BmcIdentity | undefined;
  /** The answers so far, where some are missing. */
  #answers: Partial<BmcIdentity> = {};
  /** Questions that were not answered once; the second time counts as an answer. */
  #dropped = new Set<string>();
  /** Number of calls of {@link forget}: an answer from before the last one is not kept. */
  #losses = 0;
  /** The BMC gave no device id at bring-up. */
  #isNameless = false;
  #wantsCapabilities = false;
  #isLearning = false;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** The interface's capabilities, raw; `undefined` until they were needed. */
  get capabilities(): BtCapabilities | undefined {
    return this.#capabilities;
  }

  /** `undefined` before bring-up, or when the BMC does not give it. */
  get deviceId(): DeviceId | undefined {
    return this.#deviceId;
  }

  /** True when the capabilities were needed, so that a BMC found again is asked for them. */
  get wantsCapabilities(): boolean {
    return this.#wantsCapabilities;
  }

  /** True when a BMC that was lost must give its device id before it counts as found. */
  get mustSayWho(): boolean {
    return !this.#isNameless;
  }

  /** Takes over the result of bring-up. */
  met({ capabilities, deviceId }: BringUpResult): void {
    this.#capabilities = capabilities;
    this.#wantsCapabilities = true;
    this.#deviceId = deviceId;
    this.#isNameless = deviceId === undefined;
  }

  /** Takes over the answers of a BMC that was found again; returns the change, if there is one. */
  metAgain({ capabilities, deviceId: now }: Findings): Change | undefined {
    const before = this.#deviceId;
    this.#deviceId = now ?? before;
    this.#capabilities = capabilities ?? this.#capabilities;
    if (before === undefined || now === undefined || isSameFirmware(now, before)) return undefined;
    this.forget();
    return { now, before };
  }

  /** Forgets GUIDs and self test, because another BMC may answer from now on. */
  forget(): void {
    this.#losses += 1;
    this.#known = undefined;
    this.#answers = {};
    this.#dropped.clear();
  }

  /** Asks for the interface's capabilities, once; callers' requests wait in the queue meanwhile. */
  async learnCapabilities(): Promise<void> {
    const { access, clock, attemptMs } = this.#parts;
    if (this.#wantsCapabilities || this.#isLearning || access?.hasCapabilities !== true) return;
    const { driver } = access;
    this.#isLearning = true;
    const deadlineMs = clock.now() + assumedLimits(attemptMs).requestMs;
    const options = { clock, deadlineMs, attemptMs, signal: undefined };
    driver.doubt('capabilities');
    try {
      this.#capabilities = await askCapabilities(access, options);
      this.#wantsCapabilities = true;
    } catch (error) {
      // Closed meanwhile: the request that needed them has failed with that.
      if (!isSilence(error)) return;
      this.#wantsCapabilities = true;
      driver.doubt('silence');
    } finally {
      this.#isLearning = false;
      driver.trust('capabilities');
    }
  }

  /**
   * Resolves to the identity; what is not known yet is asked for through `requester`. Rejects when
   * no question is answered in time.
   */
  async learn(requester: Requester, options: IdentityOptions): Promise<BmcIdentity> {
    if (this.#known !== undefined) return this.#known;
    const losses = this.#losses;
    const { clock } = this.#parts;
    const answers = { ...this.#answers };
    if (this.#deviceId !== undefined) answers.deviceId = this.#deviceId;
    const asked = await askIdentity(requester, { ...options, clock, answers });
    const late = asked.unanswered.find(({ error }) => error.code === 'REQUEST_TIMEOUT');
    if (late !== undefined && asked.answered === 0) throw late.error;
    if (losses === this.#losses) this.#keep(answers, asked);
    return asked.identity;
  }

  #keep(answers: Partial<BmcIdentity>, { identity, unanswered }: AskedIdentity): void {
    this.#answers = answers;
    const isMissing = unanswered.filter(
      ({ part, error }) => error.code === 'REQUEST_TIMEOUT' || !this.#dropped.has(part),
    );
    for (const { part } of unanswered) this.#dropped.add(part);
    if (isMissing.length === 0) this.#known = identity;
  }
}

/** The question for the identity of a BMC. */
export interface IdentityQuestion extends IdentityOptions {
  readonly clock: Clock;
  /** The parts known already, which are not asked for; each answer is added. */
  readonly answers: Partial<BmcIdentity>;
}

/** A part of the identity that the BMC was asked for without an answer. */
export interface Unanswered {
  readonly part: keyof BmcIdentity;
  readonly error: IpmiError;
}

/** The result of asking for the identity. */
export interface AskedIdentity {
  readonly identity: BmcIdentity;
  /** Number of questions that the BMC answered. */
  readonly answered: number;
  readonly unanswered: readonly Unanswered[];
}

/** The parts and their questions; last what a BMC is most likely to lack. */
const QUESTIONS = [
  { part: 'deviceId', cmd: AppCmd.GET_DEVICE_ID, decode: decodeDeviceId },
  { part: 'selfTest', cmd: AppCmd.GET_SELF_TEST_RESULTS, decode: decodeSelfTest },
  { part: 'systemGuid', cmd: AppCmd.GET_SYSTEM_GUID, decode: decodeGuid },
  { part: 'deviceGuid', cmd: AppCmd.GET_DEVICE_GUID, decode: decodeGuid },
] as const;

/**
 * Asks for the identity through any way to a BMC, up to four questions; remembers nothing. A
 * question that is not answered costs the time of an attempt and no other answer. Rejects as a
 * request does, unless the BMC is silent.
 */
export async function askIdentity(
  requester: Requester,
  { clock, answers, ...options }: IdentityQuestion,
): Promise<AskedIdentity> {
  const ask = asker(requester, clock, options);
  const unanswered: Unanswered[] = [];
  let answered = 0;
  for (const { part, cmd, decode } of QUESTIONS) {
    if (part in answers) continue;
    const late = unanswered.find(({ error }) => error.code === 'REQUEST_TIMEOUT');
    const reply = late?.error ?? (await ask(cmd));
    if (reply instanceof IpmiError) {
      unanswered.push({ part, error: reply });
      continue;
    }
    answered += 1;
    const isOk = reply.completionCode === Completion.OK;
    Object.assign(answers, { [part]: isOk ? decode(reply.data) : undefined });
  }
  const { deviceId, systemGuid, deviceGuid, selfTest } = answers;
  return { identity: { deviceId, systemGuid, deviceGuid, selfTest }, answered, unanswered };
}

/** Sends one command; resolves to the error when the BMC gives no usable answer. */
type Ask = (cmd: number) => Promise<Reply | IpmiError>;

function asker(requester: Requester, clock: Clock, options: IdentityOptions): Ask {
  const deadlineMs = clock.now() + (options.timeoutMs ?? Infinity);
  const ask = (cmd: number): Promise<Reply> => {
    const leftMs = Math.max(deadlineMs - clock.now(), 1);
    const timeoutMs = leftMs === Infinity ? undefined : leftMs;
    const question = { netFn: NetFn.APP, cmd };
    return requester.request(question, { ...options, timeoutMs, retries: RETRIES });
  };
  return async (cmd) => {
    try {
      const reply = await ask(cmd);
      if (!isNotYet(reply.completionCode)) return reply;
      await sleep(clock, ASK_AGAIN_MS, options.signal);
      return await ask(cmd);
    } catch (error) {
      if (isSilence(error)) return error;
      throw error;
    }
  };
}
