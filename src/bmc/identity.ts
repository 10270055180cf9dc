/**
 * The one memory of the BMC behind an interface: the interface's capabilities and the device id,
 * from bring-up; GUIDs and self test, read when a program first asks and forgotten when the BMC is
 * lost. A part that the BMC does not have is `undefined`: some BMCs refuse the command, others drop
 * it.
 */

import type { Clock } from '../clock.ts';
import { assumedLimits } from '../driver/limits.ts';
import { IpmiError, checkTimeout } from '../errors.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { Completion } from '../ipmi/completion.ts';
import { decodeDeviceId, isSameFirmware } from '../ipmi/device-id.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import { decodeGuid } from '../ipmi/guid.ts';
import type { RequestOptions, Requester } from '../ipmi/requester.ts';
import { decodeSelfTest } from '../ipmi/self-test.ts';
import type { SelfTest } from '../ipmi/self-test.ts';
import { isSilence } from './ask.ts';
import { askCapabilities } from './bring-up.ts';
import type { BmcAccess, BringUpResult } from './bring-up.ts';

/** Repeats of each request; few, because a BMC may drop a command it lacks. */
const RETRIES = 1;

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
export type IdentityOptions = Omit<RequestOptions, 'retries'>;

/** Everything an {@link Identity} is built from. */
export interface IdentityParts {
  readonly access: Pick<BmcAccess, 'asker' | 'driver' | 'hasCapabilities'>;
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

/** Sends one command and decodes the answer; `undefined` where the BMC lacks the command. */
type Question = <T>(cmd: number, decode: (data: Uint8Array) => T) => Promise<T | undefined>;

export class Identity {
  readonly #parts: IdentityParts;
  #capabilities: BtCapabilities | undefined;
  #deviceId: DeviceId | undefined;
  #known: BmcIdentity | undefined;
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
  }

  /** Asks for the interface's capabilities, once; callers' requests wait in the queue meanwhile. */
  async learnCapabilities(): Promise<void> {
    const { access, clock, attemptMs } = this.#parts;
    const { driver } = access;
    if (this.#wantsCapabilities || this.#isLearning || !access.hasCapabilities) return;
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

  /** Resolves to the identity; what is not known yet is asked for through `requester`. */
  async learn(requester: Requester, options: IdentityOptions): Promise<BmcIdentity> {
    checkTimeout('timeoutMs', options.timeoutMs);
    if (this.#known !== undefined) return this.#known;
    const losses = this.#losses;
    const { clock } = this.#parts;
    const known = await askIdentity(requester, { ...options, clock, deviceId: this.#deviceId });
    if (losses === this.#losses) this.#known = known;
    return known;
  }
}

/** The question for the identity of a BMC. */
export interface IdentityQuestion extends IdentityOptions {
  readonly clock: Clock;
  /** Known already, and then not asked for. */
  readonly deviceId: DeviceId | undefined;
}

/** Asks for the identity through any way to a BMC, up to four requests; remembers nothing. */
export async function askIdentity(
  requester: Requester,
  { clock, deviceId, ...options }: IdentityQuestion,
): Promise<BmcIdentity> {
  const ask = questions(requester, clock, options);
  return {
    deviceId: deviceId ?? (await ask(AppCmd.GET_DEVICE_ID, decodeDeviceId)),
    systemGuid: await ask(AppCmd.GET_SYSTEM_GUID, decodeGuid),
    deviceGuid: await ask(AppCmd.GET_DEVICE_GUID, decodeGuid),
    selfTest: await ask(AppCmd.GET_SELF_TEST_RESULTS, decodeSelfTest),
  };
}

function questions(requester: Requester, clock: Clock, options: IdentityOptions): Question {
  const deadlineMs = clock.now() + (options.timeoutMs ?? Infinity);
  return async (cmd, decode) => {
    const leftMs = Math.max(deadlineMs - clock.now(), 1);
    const timeoutMs = leftMs === Infinity ? undefined : leftMs;
    try {
      const question = { netFn: NetFn.APP, cmd };
      const reply = await requester.request(question, { ...options, timeoutMs, retries: RETRIES });
      return reply.completionCode === Completion.OK ? decode(reply.data) : undefined;
    } catch (error) {
      if (isDropped(error)) return undefined;
      throw error;
    }
  };
}

/** True when the BMC dropped the command; if it is gone altogether, the next request will fail. */
function isDropped(error: unknown): boolean {
  if (!(error instanceof IpmiError)) return false;
  return error.code === 'BMC_UNRESPONSIVE' || error.code === 'RESPONSE_MALFORMED';
}
