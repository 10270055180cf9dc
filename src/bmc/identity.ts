/**
 * Who the BMC is, beyond its device id: asked when somebody wants to know, and remembered until the
 * BMC was lost. What it does not know is absent: some say so, others drop what they do not know.
 */

import type { Reply } from '../ipmi/message.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { Completion } from '../ipmi/completion.ts';
import { decodeDeviceId } from '../ipmi/device-id.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import { decodeGuid } from '../ipmi/guid.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { decodeSelfTest } from '../ipmi/self-test.ts';
import type { SelfTest } from '../ipmi/self-test.ts';
import { checkTimeout } from '../errors.ts';
import type { RequestInput, RequestOptions } from '../ipmi/requester.ts';

/** What a BMC does not know must not cost much: silence is believed the second time. */
const RETRIES = 1;

/** Who a BMC is; what it did not say is `undefined`. */
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

/** How a question is put. */
export type Ask = (input: RequestInput, options: RequestOptions) => Promise<Reply>;

export class IdentityMemory {
  readonly #clock: Clock;
  readonly #ask: Ask;
  #known: BmcIdentity | undefined;
  /** How often it was forgotten: an answer from before is none. */
  #losses = 0;

  constructor(clock: Clock, ask: Ask) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** The BMC may be another one now. */
  forget(): void {
    this.#losses += 1;
    this.#known = undefined;
  }

  /** Resolves to what is known, or asks. `deviceId` is not asked for where it is known. */
  async learn(deviceId: DeviceId | undefined, options: IdentityOptions): Promise<BmcIdentity> {
    checkTimeout('timeoutMs', options.timeoutMs);
    if (this.#known !== undefined) return this.#known;
    const losses = this.#losses;
    const deadlineMs = this.#clock.now() + (options.timeoutMs ?? Infinity);
    const ask = <T>(cmd: number, decode: (data: Uint8Array) => T): Promise<T | undefined> =>
      this.#answer({ netFn: NetFn.APP, cmd }, { ...options, deadlineMs }, decode);
    const known: BmcIdentity = {
      deviceId: deviceId ?? (await ask(AppCmd.GET_DEVICE_ID, decodeDeviceId)),
      systemGuid: await ask(AppCmd.GET_SYSTEM_GUID, decodeGuid),
      deviceGuid: await ask(AppCmd.GET_DEVICE_GUID, decodeGuid),
      selfTest: await ask(AppCmd.GET_SELF_TEST_RESULTS, decodeSelfTest),
    };
    if (losses === this.#losses) this.#known = known;
    return known;
  }

  async #answer<T>(
    input: RequestInput,
    { deadlineMs, ...options }: IdentityOptions & { readonly deadlineMs: number },
    decode: (data: Uint8Array) => T,
  ): Promise<T | undefined> {
    const leftMs = Math.max(deadlineMs - this.#clock.now(), 1);
    const time = leftMs === Infinity ? {} : { timeoutMs: leftMs };
    try {
      const reply = await this.#ask(input, { ...options, ...time, retries: RETRIES });
      return reply.completionCode === Completion.OK ? decode(reply.data) : undefined;
    } catch (error) {
      if (isDropped(error)) return undefined;
      throw error;
    }
  }
}

/** A BMC that has gone altogether shows at the next question, which then waits for it in vain. */
function isDropped(error: unknown): boolean {
  if (!(error instanceof IpmiError)) return false;
  return error.code === 'BMC_UNRESPONSIVE' || error.code === 'RESPONSE_MALFORMED';
}
