/**
 * HOST2BMC: holds the bytes that the host has written since CLR_WR_PTR, and gives the BMC a request
 * when H2B_ATN is rung.
 */

import type { Personality } from './personality.ts';

/** The length byte, NetFn/LUN, seq and cmd. */
const HEADER_BYTES = 4;

/** Where the bytes of the header stand. */
const LENGTH = 0;
const NETFN_LUN = 1;
const SEQ = 2;
const CMD = 3;

/** Get BT Interface Capabilities (§22.10). */
const APP_LUN0 = 0x06 << 2;
const GET_BT_CAPABILITIES = 0x36;

export class RequestBuffer {
  readonly #personality: Personality;
  #bytes: number[] = [];
  #isCleared = false;
  #isRung = true;

  constructor(personality: Personality) {
    this.#personality = personality;
  }

  /** CLR_WR_PTR was written since the last request was taken. */
  get isCleared(): boolean {
    return this.#isCleared;
  }

  /** Bytes have been written that H2B_ATN was not rung for. */
  get isUnrung(): boolean {
    return !this.#isRung;
  }

  /** Says why the request as it stands is malformed; undefined when it is well-formed. */
  get fault(): string | undefined {
    const { length, [LENGTH]: said = 0 } = this.#bytes;
    const isWellFormed = length >= HEADER_BYTES && said === length - 1;
    return isWellFormed ? undefined : `length byte ${said} for ${length - 1} bytes`;
  }

  clear(): void {
    this.#bytes = [];
    this.#isCleared = true;
    this.#isRung = true;
  }

  write(value: number): void {
    this.#bytes.push(value);
    this.#isRung = false;
  }

  /** H2B_ATN was rung: the request, or undefined where the BMC takes no notice of it. */
  take(): readonly number[] | undefined {
    const { ignoresMalformed, keepsRequest } = this.#personality;
    const request = [...this.#bytes];
    const isIgnored = ignoresMalformed && this.fault !== undefined;
    this.#isCleared = false;
    this.#isRung = true;
    if (!keepsRequest || (isIgnored && request.length >= HEADER_BYTES)) this.#bytes = [];
    if (isIgnored) return undefined;
    this.#spoilSeq();
    return request;
  }

  /**
   * QEMU hands a request on without its sequence number: it writes NetFn/LUN over it, so that cmd
   * and data follow them. Get BT Interface Capabilities it answers itself, but at LUN 0 only.
   */
  #spoilSeq(): void {
    const { [NETFN_LUN]: netFnLun = 0, [CMD]: cmd } = this.#bytes;
    const isHandedOn = netFnLun !== APP_LUN0 || cmd !== GET_BT_CAPABILITIES;
    if (this.#personality.spoilsSeq && this.#bytes.length > 0 && isHandedOn) {
      this.#bytes[SEQ] = netFnLun;
    }
  }
}
