/**
 * All that is known of the BMC behind an interface: what the interface can do and the device id,
 * from bring-up; GUIDs and self test, asked for at a program's first question and forgotten when
 * the BMC is lost. What a BMC does not know is absent: some say so, others drop what they do not
 * know.
 */

import type { Clock } from '../clock.ts';
import { limitsFor } from '../driver/limits.ts';
import { IpmiError, checkTimeout } from '../errors.ts';
import { DEFAULT_CAPABILITIES } from '../ipmi/bt-capabilities.ts';
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

/** What a BMC does not know must not cost much: silence is believed the second time. */
const RETRIES = 1;

/** A BMC's identity; a part that it did not tell is `undefined`. */
export interface BmcIdentity {
  readonly deviceId: DeviceId | undefined;
  /** Of the server that the BMC manages, as RFC 4122 text. */
  readonly systemGuid: string | undefined;
  /** Of the BMC itself. */
  readonly deviceGuid: string | undefined;
  readonly selfTest: SelfTest | undefined;
}

/** `timeoutMs` is for all questions together; without it each has a request's own time. */
export type IdentityOptions = Omit<RequestOptions, 'retries'>;

/** The parts of the memory. */
export interface IdentityParts {
  readonly access: Pick<BmcAccess, 'asker' | 'driver' | 'hasCapabilities'>;
  readonly clock: Clock;
  /** Replaces the time per attempt that the BMC's capabilities ask for. */
  readonly attemptMs: number | undefined;
}

/** Another BMC answers than before, or the same with other firmware. */
export interface Change {
  readonly now: DeviceId;
  readonly before: DeviceId;
}

/** A BMC's word of itself when it was found again. */
export interface Findings {
  /** Absent when it answers Get Device ID, but not with a device id. */
  readonly deviceId: DeviceId | undefined;
  /** Only if they were asked for. */
  readonly capabilities: BtCapabilities | undefined;
}

/** Asks one question and decodes the answer; `undefined` where the BMC does not know it. */
type Question = <T>(cmd: number, decode: (data: Uint8Array) => T) => Promise<T | undefined>;

export class Identity {
  readonly #parts: IdentityParts;
  #capabilities: BtCapabilities | undefined;
  #deviceId: DeviceId | undefined;
  #known: BmcIdentity | undefined;
  /** Times it was forgotten: an answer from before is none. */
  #losses = 0;
  /** The BMC was opened although it would not tell its device id. */
  #isNameless = false;
  #wantsCapabilities = false;
  #isLearning = false;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** The BMC's word on its interface, raw; `undefined` until it was needed. */
  get capabilities(): BtCapabilities | undefined {
    return this.#capabilities;
  }

  /** `undefined` before bring-up, or when the BMC would not tell. */
  get deviceId(): DeviceId | undefined {
    return this.#deviceId;
  }

  /** True when the capabilities were needed: a BMC that was lost is asked for them anew. */
  get wantsCapabilities(): boolean {
    return this.#wantsCapabilities;
  }

  /** True when a BMC that was lost must tell its device id before it counts as found. */
  get mustSayWho(): boolean {
    return !this.#isNameless;
  }

  /** Bring-up has asked for everything. */
  met({ capabilities, deviceId }: BringUpResult): void {
    this.#capabilities = capabilities;
    this.#wantsCapabilities = true;
    this.#deviceId = deviceId;
    this.#isNameless = deviceId === undefined;
  }

  /** The BMC was asked anew; says when it is not as it was. */
  metAgain({ capabilities, deviceId: now }: Findings): Change | undefined {
    const before = this.#deviceId;
    this.#deviceId = now ?? before;
    this.#capabilities = capabilities ?? this.#capabilities;
    if (before === undefined || now === undefined || isSameFirmware(now, before)) return undefined;
    this.forget();
    return { now, before };
  }

  /** The BMC may be another one now: GUIDs and self test are asked for anew. */
  forget(): void {
    this.#losses += 1;
    this.#known = undefined;
  }

  /** Asks what the interface can do, once; callers' requests wait for that in the queue. */
  async learnCapabilities(): Promise<void> {
    const { access, clock, attemptMs } = this.#parts;
    const { driver } = access;
    if (this.#wantsCapabilities || this.#isLearning || !access.hasCapabilities) return;
    this.#isLearning = true;
    const deadlineMs = clock.now() + limitsFor(DEFAULT_CAPABILITIES, attemptMs).requestMs;
    const options = { clock, deadlineMs, attemptMs, signal: undefined };
    driver.doubt('capabilities');
    try {
      this.#capabilities = await askCapabilities(access, options);
      this.#wantsCapabilities = true;
    } catch (error) {
      // Closed meanwhile: the request that wanted to know has been told so.
      if (!isSilence(error)) return;
      this.#wantsCapabilities = true;
      driver.doubt('silence');
    } finally {
      this.#isLearning = false;
      driver.trust('capabilities');
    }
  }

  /** Resolves to what is known, or asks through `requester`; a known device id is not asked for. */
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

/** How a BMC is asked for its identity. */
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

/** A BMC that has gone altogether shows at the next question, which then waits for it in vain. */
function isDropped(error: unknown): boolean {
  if (!(error instanceof IpmiError)) return false;
  return error.code === 'BMC_UNRESPONSIVE' || error.code === 'RESPONSE_MALFORMED';
}
