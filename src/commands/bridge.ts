/**
 * Requests to satellite controllers, which the BMC passes on with Send Message (IPMI 2.0 §6.13,
 * §22.7): the answer comes back through the BMC's receive message queue.
 */

import { onAbort } from '../abort.ts';
import { checkRequest, checkRequestOptions } from '../device/options.ts';
import { checkOptionsOf, integer, timeout, withMethods } from '../option-table.ts';
import type { OptionTable } from '../option-table.ts';
import { NEVER, systemClock } from '../clock.ts';
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
import type { IpmbResponse, Reply, Request } from '../ipmi/message.ts';
import { isRepeatable } from '../ipmi/repeatable.ts';
import type { Bridger, RequestInput, RequestOptions, Requester } from '../ipmi/requester.ts';
import { encode } from '../ipmi/codec.ts';
import { codeTextOf, titleOf } from '../ipmi/command.ts';
import { Completion } from '../ipmi/completion.ts';

/** The way to a satellite controller. */
export interface BridgeTarget {
  /** Channel of the BMC, or of the transit controller if there is one; 0, the IPMB, by default. */
  readonly channel?: number | undefined;
  /** Slave address, even, as it is sent on the bus: 0x2c is 7-bit address 0x16. */
  readonly address: number;
  /** Logical unit of the controller where a request names none; 0 by default. */
  readonly lun?: number | undefined;
  /** A controller that passes the request on: its address, and the BMC's channel to it. */
  readonly transit?: Transit | undefined;
}

interface Transit {
  readonly channel?: number | undefined;
  readonly address: number;
}

/** Options of a bridge. */
export interface BridgeOptions {
  /**
   * Time for the answer to one attempt, milliseconds; 2000 by default. With `timeoutMs` of the
   * request, the last attempt has the rest of that.
   */
  readonly attemptMs?: number | undefined;
  /** Where the time comes from. */
  readonly clock?: Clock | undefined;
}

const ATTEMPT_MS = 2000;

/** The signal of a request, and the times of one attempt: for its answer, and its last moment. */
interface AttemptTimes extends Pick<RequestOptions, 'signal'> {
  readonly attemptMs: number;
  readonly deadlineMs: number;
}

const A_CHANNEL = integer({ least: 0, most: 15 });

/** The transit is checked apart. */
const TARGET: OptionTable<BridgeTarget> = {
  ...{ channel: A_CHANNEL, address: checkAddress, lun: integer({ least: 0, most: 3 }) },
  transit: () => undefined,
};

const TRANSIT: OptionTable<Transit> = {
  channel: (_, value) => {
    A_CHANNEL('transit.channel', value);
  },
  address: (_, value) => {
    checkAddress('transit.address', value);
  },
};

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
  withMethods('an opened device', 'request', 'expectAnswer')('device', device);
  checkTarget(target);
  checkOptionsOf<BridgeOptions>({ name: 'bridge()', example: '{ attemptMs: 5000 }' }, options, {
    attemptMs: timeout,
    clock: withMethods('a clock', 'now', 'timer'),
  });
  return new Bridge(device, target, options);
}

/** With all that may be left out. */
type Complete<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };

class Bridge implements Requester {
  readonly #device: Bridger;
  readonly #target: Complete<Omit<BridgeTarget, 'transit'>>;
  readonly #transit: Complete<Transit> | undefined;
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
    // Copied, and held to what a device takes: a value that is too large would be another command.
    const request = { ...checkRequest(input), lun: input.lun ?? this.#target.lun };
    checkRequestOptions(options);
    const { retries = 'safe', timeoutMs, signal } = options;
    const safe = isRepeatable(input.netFn, input.cmd) ? REPEATS : 0;
    const repeats = retries === 'safe' ? safe : retries;
    const deadlineMs = timeoutMs === undefined ? NEVER : this.#clock.now() + timeoutMs;
    for (let repeat = 0; ; repeat += 1) {
      const isLast = repeat >= repeats;
      // A controller that is asked no more may take all the time that the caller has for it.
      const attemptMs = isLast && deadlineMs !== NEVER ? NEVER : this.#attemptMs;
      try {
        return await this.#attempt(request, { signal, attemptMs, deadlineMs });
      } catch (error) {
        if (!(error instanceof IpmiError)) throw error;
        const isSilence = error.code === 'REQUEST_TIMEOUT' && mayComeLater(error);
        if (isSilence && !isLast && this.#clock.now() < deadlineMs) continue;
        throw repeat === 0 ? error : afterOthers(error);
      }
    }
  }

  async #attempt(request: Request, times: AttemptTimes): Promise<Reply> {
    const { netFn, cmd } = this.#transit === undefined ? request : SEND_MESSAGE;
    const { channel, address } = this.#transit ?? this.#target;
    const awaited = await this.#device.expectAnswer({ channel, address, netFn, cmd });
    try {
      await this.#send(this.#wrap(request, awaited.seq), times);
      const response = await this.#wait(awaited.answer, request, times);
      return this.#unwrap(response, request);
    } catch (error) {
      awaited.cancel(mayComeLater(error));
      throw error;
    }
  }

  /** The Send Message for the BMC. */
  #wrap({ netFn, cmd, lun, data }: Request, seq: number): SentMessage {
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

  async #send(message: SentMessage, { signal, deadlineMs }: AttemptTimes): Promise<void> {
    const { netFn, cmd } = SEND_MESSAGE;
    const data = encode(SEND_MESSAGE.request, message);
    const leftMs = Math.max(deadlineMs - this.#clock.now(), 1);
    const timeoutMs = deadlineMs === NEVER ? undefined : leftMs;
    const how = { timeoutMs, retries: 0, signal };
    const { completionCode } = await this.#device.request({ netFn, cmd, data }, how);
    if (completionCode !== Completion.OK) throw this.#refused('the BMC', completionCode);
  }

  /** The reply of the controller, out of the answer of the transit controller if there is one. */
  #unwrap(response: IpmbResponse, request: Request): Reply {
    if (this.#transit === undefined) return replyOf(response);
    const { completionCode, data } = response;
    if (completionCode !== Completion.OK) {
      throw this.#refused(`the controller at ${hex(this.#transit.address)}`, completionCode);
    }
    // The first byte is the address that it was sent to.
    const inner = decodeIpmbResponse(data.subarray(1), this.#transit.address);
    const isAnswer = inner?.netFn === (request.netFn | 1) && inner.cmd === request.cmd;
    if (inner !== undefined && isAnswer) return replyOf(inner);
    const text = `${this.#titleOf(request)}: the transit controller's answer holds no reply to it`;
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
    request: Request,
    { signal, attemptMs, deadlineMs }: AttemptTimes,
  ): Promise<IpmbResponse> {
    let cancel: (() => void) | undefined;
    let forget: (() => void) | undefined;
    const end = new Promise<never>((_, reject) => {
      const fail = (code: 'REQUEST_TIMEOUT' | 'REQUEST_ABORTED', text: string): void => {
        reject(new IpmiError(code, `${this.#titleOf(request)}: ${text}`, { outcome: 'unknown' }));
      };
      const leftMs = Math.min(Math.max(deadlineMs - this.#clock.now(), 0), attemptMs);
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

  #titleOf({ netFn, cmd }: Request): string {
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

/** True unless the error says that the controller has not had the request. */
function mayComeLater(error: unknown): boolean {
  if (!(error instanceof IpmiError)) return true;
  return error.outcome === 'unknown';
}

/** The error of an attempt, when the controller may have executed the request in an earlier one. */
function afterOthers(error: IpmiError): IpmiError {
  if (error.outcome === 'unknown') return error;
  const { code, completionCode, message } = error;
  const text = `${message.replace(`${code}: `, '')}; an earlier attempt may have been executed`;
  const answered = completionCode === undefined ? {} : { completionCode };
  return new IpmiError(code, text, { outcome: 'unknown', ...answered, cause: error });
}

/** Throws unless all of it is right: a misspelt name would be another controller. */
function checkTarget(target: BridgeTarget): void {
  const call = { name: "bridge()'s target", example: '{ channel: 0, address: 0x2c }' };
  checkOptionsOf<BridgeTarget>(call, target, TARGET);
  checkAddress('address', target.address);
  const { transit } = target;
  if (transit === undefined) return;
  const through = { name: "bridge()'s transit", example: '{ channel: 0, address: 0x2c }' };
  checkOptionsOf<Transit>(through, transit, TRANSIT);
  checkAddress('transit.address', transit.address);
}

function checkAddress(name: string, address: unknown): void {
  const even = checkInteger(name, address, { least: 0, most: 0xfe });
  if (even % 2 === 0) return;
  throw new RangeError(`${name} ${hex(even)} is odd: a slave address is a byte with bit 0 clear`);
}
