/** Sends a message of an open file through the broker, and waits for its answer. */

import { bridge } from '../../commands/bridge.ts';
import type { Clock } from '../../clock.ts';
import type { Reply } from '../../ipmi/message.ts';
import { isRepeatable } from '../../ipmi/repeatable.ts';
import type { Bridger, RequestInput, RequestSignal } from '../../ipmi/requester.ts';
import type { Timing } from './abi.ts';
import type { IpmbAddress } from './address.ts';
import type { Source } from './interface.ts';
import { isForIpmb, isResponse, sendMessage, systemRequest } from './outgoing.ts';
import type { OutgoingMessage, SendableMessage } from './outgoing.ts';

/** The defaults of the kernel's driver, `default_max_retries` and `default_retry_ms`. */
const RETRIES_DEFAULT = 4;
const RETRY_MS_DEFAULT = 2000;

/** Longest wait for an answer: each that is awaited takes one of 64 sequence numbers from all. */
const WAIT_MS_MAX = 600_000;

/** The sequence number in the data of a Send Message: behind channel, head and requester. */
const NUMBER_AT = 5;

/** The ways and means of sending. */
export interface Sending {
  readonly bridger: Bridger;
  readonly source: Source;
  readonly clock: Clock;
  /** Ends the wait for an answer of another controller. */
  readonly signal: RequestSignal;
}

/** Resolves to the answer; to that of the BMC's Send Message, for what is an answer itself. */
export async function send(message: SendableMessage, sending: Sending): Promise<Reply> {
  if (!isForIpmb(message)) return await sending.bridger.request(systemRequest(message));
  if (!isResponse(message)) return await ask(message, sending);
  const seq = Number(BigInt.asUintN(6, message.messageId));
  // To send it again would be a second answer.
  const once = { retries: 0 };
  const sent = sendMessage(message, sending.source, seq);
  const { completionCode } = await sending.bridger.request(sent, once);
  return { completionCode, data: new Uint8Array() };
}

async function ask(message: OutgoingMessage<IpmbAddress>, sending: Sending): Promise<Reply> {
  const { to, netFn, cmd, data } = message;
  const { clock, signal } = sending;
  const { attemptMs, timeoutMs, retries } = timesOf(message);
  const { channel, address, lun } = to;
  const bridger = withFrame(sending.bridger, (seq) => sendMessage(message, sending.source, seq));
  const controller = bridge(bridger, { channel, address, lun }, { attemptMs, clock });
  return await controller.request({ netFn, cmd, data }, { timeoutMs, retries, signal });
}

/** A bridge of the library asks as the BMC itself; this one's frames have our source. */
function withFrame(bridger: Bridger, frameOf: (seq: number) => RequestInput): Bridger {
  return {
    expectAnswer: (expected) => bridger.expectAnswer(expected),
    request: (input, options) =>
      bridger.request(frameOf((input.data?.[NUMBER_AT] ?? 0) >> 2), options),
  };
}

/** The times of a request to a controller, in milliseconds, and its repeats. */
interface Times {
  readonly attemptMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
}

/**
 * As long as with the kernel's driver in all. Only a command that does no harm when it is executed
 * twice is repeated, however; any other has all the time for its one attempt.
 */
function timesOf({ to, netFn, cmd, timing }: OutgoingMessage<IpmbAddress>): Times {
  const asked = to.isBroadcast ? 0 : repeatsOf(timing);
  const retryMs = timing.retryMs === 0 ? RETRY_MS_DEFAULT : timing.retryMs;
  const attemptMs = Math.min(retryMs, WAIT_MS_MAX);
  const timeoutMs = Math.min(attemptMs * (asked + 1), WAIT_MS_MAX);
  return { attemptMs, timeoutMs, retries: isRepeatable(netFn, cmd) ? asked : 0 };
}

function repeatsOf({ retries }: Timing): number {
  return retries < 0 ? RETRIES_DEFAULT : retries;
}
