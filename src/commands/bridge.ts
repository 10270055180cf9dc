/**
 * Requests to satellite controllers, which the BMC passes on with Send Message (IPMI 2.0 §6.13,
 * §22.7): the answer comes back through the BMC's receive message queue.
 */

import { onAbort } from '../abort.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, abortText, checkInteger, hex } from '../errors.ts';
import { commandText } from '../ipmi/command-names.ts';
import {
  BMC_ADDRESS,
  SEND_MESSAGE,
  SMS_LUN,
  decodeIpmbResponse,
  encodeIpmbRequest,
} from '../ipmi/ipmb.ts';
import type { SentMessage } from '../ipmi/ipmb.ts';
import type { IpmbResponse, Reply } from '../ipmi/message.ts';
import { isRepeatable } from '../ipmi/repeatable.ts';
import type { Bridger, RequestInput, RequestOptions, Requester } from '../ipmi/requester.ts';
import { encode } from '../ipmi/codec.ts';
import { codeTextOf, titleOf } from '../ipmi/command.ts';
import { Completion } from '../ipmi/completion.ts';

/** The way to a satellite controller. */
export interface BridgeTarget {
  /** Channel of the BMC, or of the transit controller if there is one; 0, the IPMB, by default. */
  readonly channel?: number;
  /** Slave address, even, as it is sent on the bus: 0x2c is 7-bit address 0x16. */
  readonly address: number;
  /** Logical unit of the controller where a request names none; 0 by default. */
  readonly lun?: number;
  /** A controller that passes the request on: its address, and the BMC's channel to it. */
  readonly transit?: { readonly channel?: number; readonly address: number };
}

/** Options of a bridge. */
export interface BridgeOptions {
  /** Time for the answer to one attempt, milliseconds; 2000 by default. */
  readonly attemptMs?: number;
  /** Where the time comes from. */
  readonly clock?: Clock;
}

const ATTEMPT_MS = 2000;

/** Times that a command which only reads is sent again after silence. */
const REPEATS = 2;

/**
 * Makes a `Requester` for a controller behind the BMC. Each request takes two transactions, Send
 * Message and Get Message, and one more for each look at the queue that finds nothing. It rejects
 * as `Device.request` does; with `COMMAND_FAILED` if the BMC, or the transit controller, cannot
 * pass it on; with `REQUEST_TIMEOUT` if the controller does not answer; with `RESPONSE_MALFORMED`
 * if the answer that came through a transit controller is none. Answers that another process takes
 * out of the BMC's queue are lost: only one process at a time should use bridges.
 */
export function bridge(
  device: Bridger,
  target: BridgeTarget,
  options: BridgeOptions = {},
): Requester {
  checkTarget(target);
  return new Bridge(device, target, options);
}

class Bridge implements Requester {
  readonly #device: Bridger;
  readonly #target: Required<Omit<BridgeTarget, 'transit'>>;
  readonly #transit: { readonly channel: number; readonly address: number } | undefined;
  readonly #attemptMs: number;
  readonly #clock: Clock;

  constructor(device: Bridger, target: BridgeTarget, options: BridgeOptions) {
    const { channel = 0, address, lun = 0, transit } = target;
    this.#device = device;
    this.#target = { channel, address, lun };
    this.#transit = transit && { channel: transit.channel ?? 0, address: transit.address };
    this.#attemptMs = options.attemptMs ?? ATTEMPT_MS;
    this.#clock = options.clock ?? systemClock;
  }

  async request(input: RequestInput, options: RequestOptions = {}): Promise<Reply> {
    const { retries = 'safe', timeoutMs } = options;
    const safe = isRepeatable(input.netFn, input.cmd) ? REPEATS : 0;
    const repeats = retries === 'safe' ? safe : retries;
    const deadlineMs = this.#clock.now() + (timeoutMs ?? this.#attemptMs * (1 + repeats));
    for (let repeat = 0; ; repeat += 1) {
      try {
        return await this.#attempt(input, options, deadlineMs);
      } catch (error) {
        const isSilence = error instanceof IpmiError && error.code === 'REQUEST_TIMEOUT';
        const isLast = repeat >= repeats || this.#clock.now() >= deadlineMs;
        if (!isSilence || isLast) throw error;
      }
    }
  }

  async #attempt(input: RequestInput, options: RequestOptions, deadlineMs: number): Promise<Reply> {
    const { netFn, cmd } = this.#transit === undefined ? input : SEND_MESSAGE;
    const { channel, address } = this.#transit ?? this.#target;
    const awaited = this.#device.expectAnswer({ channel, address, netFn, cmd });
    try {
      await this.#send(this.#wrap(input, awaited.seq), options, deadlineMs);
      const untilMs = Math.min(deadlineMs, this.#clock.now() + this.#attemptMs);
      const response = await this.#wait(awaited.answer, input, { ...options, untilMs });
      return this.#unwrap(response, input);
    } finally {
      awaited.cancel();
    }
  }

  /** The Send Message for the BMC. */
  #wrap(input: RequestInput, seq: number): SentMessage {
    const { netFn, cmd, lun = this.#target.lun, data = new Uint8Array() } = input;
    const { address, channel } = this.#target;
    const request = { address, netFn, lun, cmd, data, seq };
    const sms = { requester: BMC_ADDRESS, requesterLun: SMS_LUN };
    if (this.#transit === undefined) {
      return sent(channel, 'untracked', encodeIpmbRequest({ ...request, ...sms }));
    }
    // The transit controller asks in its own name, and answers with the answer.
    const transit = this.#transit.address;
    const inner = encodeIpmbRequest({ ...request, requester: transit, requesterLun: 0 });
    const outer = {
      ...{ address: transit, lun: 0, seq, ...sms },
      ...{ netFn: SEND_MESSAGE.netFn, cmd: SEND_MESSAGE.cmd },
      data: encode(SEND_MESSAGE.request, sent(channel, 'tracked', inner)),
    };
    return sent(this.#transit.channel, 'untracked', encodeIpmbRequest(outer));
  }

  async #send(message: SentMessage, { signal }: RequestOptions, deadlineMs: number): Promise<void> {
    const { netFn, cmd } = SEND_MESSAGE;
    const data = encode(SEND_MESSAGE.request, message);
    const timeoutMs = Math.max(deadlineMs - this.#clock.now(), 1);
    const how = { timeoutMs, retries: 0, signal };
    const { completionCode } = await this.#device.request({ netFn, cmd, data }, how);
    if (completionCode !== Completion.OK) throw this.#refused('the BMC', completionCode);
  }

  /** The reply of the controller, out of the answer of the transit controller if there is one. */
  #unwrap(response: IpmbResponse, input: RequestInput): Reply {
    if (this.#transit === undefined) return replyOf(response);
    const { completionCode, data } = response;
    if (completionCode !== Completion.OK) {
      throw this.#refused(`the controller at ${hex(this.#transit.address)}`, completionCode);
    }
    // The first byte is the address that it was sent to.
    const inner = decodeIpmbResponse(data.subarray(1), this.#transit.address);
    const isAnswer = inner?.netFn === (input.netFn | 1) && inner.cmd === input.cmd;
    if (inner !== undefined && isAnswer) return replyOf(inner);
    const text = `${this.#titleOf(input)}: the transit controller's answer holds no reply to it`;
    throw new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'unknown' });
  }

  #refused(refuser: string, completionCode: number): IpmiError {
    const reason = `${refuser} answered ${codeTextOf(SEND_MESSAGE, completionCode)}`;
    const text = `${titleOf(SEND_MESSAGE)}, to ${this.#name}: ${reason}`;
    return new IpmiError('COMMAND_FAILED', text, { outcome: 'answered', completionCode });
  }

  /** Resolves to the answer, unless the time is over before, or the signal aborts. */
  async #wait(
    answer: Promise<IpmbResponse>,
    input: RequestInput,
    { untilMs, signal }: RequestOptions & { readonly untilMs: number },
  ): Promise<IpmbResponse> {
    let cancel: (() => void) | undefined;
    let forget: (() => void) | undefined;
    const end = new Promise<never>((_, reject) => {
      const fail = (code: 'REQUEST_TIMEOUT' | 'REQUEST_ABORTED', text: string): void => {
        reject(new IpmiError(code, `${this.#titleOf(input)}: ${text}`, { outcome: 'unknown' }));
      };
      const leftMs = Math.max(untilMs - this.#clock.now(), 0);
      const late = `no answer within ${Math.round(leftMs)} ms; it may have been executed`;
      cancel = this.#clock.timer(
        leftMs,
        () => {
          fail('REQUEST_TIMEOUT', late);
        },
        true,
      );
      if (signal === undefined) return;
      const abort = (): void => {
        fail('REQUEST_ABORTED', abortText(signal.reason));
      };
      forget = onAbort(signal, abort);
      if (signal.aborted) abort();
    });
    try {
      return await Promise.race([answer, end]);
    } finally {
      cancel?.();
      forget?.();
    }
  }

  #titleOf({ netFn, cmd }: RequestInput): string {
    return `${commandText(netFn, cmd)} to ${this.#name}`;
  }

  get #name(): string {
    const { address, channel } = this.#target;
    const through = this.#transit === undefined ? '' : ` through ${hex(this.#transit.address)}`;
    return `the controller at ${hex(address)} on channel ${channel}${through}`;
  }
}

function sent(
  channel: number,
  tracking: 'untracked' | 'tracked',
  message: Uint8Array,
): SentMessage {
  const plain = { isAuthenticated: false, isEncrypted: false, reserved: 0 };
  return { target: { channel, tracking, ...plain }, message };
}

function replyOf({ completionCode, data }: IpmbResponse): Reply {
  return { completionCode, data };
}

function checkTarget({ channel = 0, address, lun = 0, transit }: BridgeTarget): void {
  checkInteger('channel', channel, { least: 0, most: 15 });
  checkAddress('address', address);
  checkInteger('lun', lun, { least: 0, most: 3 });
  if (transit === undefined) return;
  checkInteger('transit.channel', transit.channel ?? 0, { least: 0, most: 15 });
  checkAddress('transit.address', transit.address);
}

function checkAddress(name: string, address: number): void {
  checkInteger(name, address, { least: 0, most: 0xfe });
  if (address % 2 === 0) return;
  throw new RangeError(
    `${name} ${hex(address)} is odd: a slave address is a byte with bit 0 clear`,
  );
}
