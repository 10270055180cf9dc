/**
 * The messages between an agent and its callers: JSON in UTF-8, bytes as hex digits. A field that
 * is not known is left out, so that a version may add some; a message that is wrong is refused.
 *
 * Errors name fields and never values, of which a secret could be part.
 */

import type { IpmiErrorCode, Outcome } from 'ipmi-bt';
import * as v from 'valibot';

/** Longest body of a request: a raw command of 252 bytes is some 700. */
export const REQUEST_BYTES_MAX = 4096;

/** Longest data of an IPMI message over any channel. */
const DATA_BYTES_MAX = 255;

/** Longest request data of BT. */
export const REQUEST_DATA_BYTES_MAX = 252;

export const NETFN_MAX = 0x3e;
export const LUN_MAX = 3;

/** Longest time that a request can ask for. */
export const TIMEOUT_MAX_MS = 3_600_000;
const TEXT_CHARS_MAX = 4096;

/** Objects and lists within each other. */
const DEPTH_MAX = 32;

/** Headers of an error, as NATS services have them (ADR-32). */
export const ERROR_HEADER = 'Nats-Service-Error';
export const ERROR_CODE_HEADER = 'Nats-Service-Error-Code';

/**
 * Codes of errors, each with the number that the header has, like those of HTTP. Beside those of
 * an `IpmiError` there are the agent's own.
 */
export const STATUS_OF = {
  PORT_DENIED: 503,
  PORT_LOCKED_DOWN: 503,
  PORT_UNSUPPORTED: 503,
  PORT_CLAIMED: 503,
  DEVICE_ABSENT: 503,
  DEVICE_LOCKED: 503,
  DEVICE_CLOSED: 503,
  QUEUE_FULL: 429,
  REQUEST_TOO_LONG: 400,
  REQUEST_TIMEOUT: 504,
  REQUEST_ABORTED: 503,
  RESPONSE_MALFORMED: 502,
  COMMAND_FAILED: 502,
  COMMAND_DENIED: 403,
  BMC_UNRESPONSIVE: 504,
  /** The request is no message of this protocol. */
  BAD_REQUEST: 400,
  /** A command that may change something has no request id. */
  ID_MISSING: 400,
  /** The request id was given to another command before. */
  ID_REUSED: 409,
  /** The journal cannot be written, without which no command is sent that may change something. */
  JOURNAL_FAILED: 503,
  /** The deadline of the request had passed when it came. */
  TOO_LATE: 408,
  /** The answer is longer than the NATS server takes. */
  ANSWER_TOO_LONG: 413,
  /** The answer whose next page was asked for is not kept any more. */
  PAGE_GONE: 410,
  /** A fault of the agent. */
  AGENT_FAILED: 500,
} as const satisfies Readonly<Record<IpmiErrorCode, number>> & Readonly<Record<string, number>>;

/** Every code that an error of an agent can carry. */
export type FleetErrorCode = keyof typeof STATUS_OF;

const OUTCOMES = ['not-sent', 'unknown', 'answered'] as const satisfies readonly Outcome[];

const integer = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const hexDigits = (bytesMax: number) =>
  v.pipe(v.string(), v.maxLength(2 * bytesMax), v.regex(/^([0-9a-f]{2})*$/i));

const text = v.pipe(v.string(), v.maxLength(TEXT_CHARS_MAX));
const byte = integer(0, 0xff);
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

/** Any content, which can be walked through by recursion. */
const content = v.pipe(v.unknown(), v.check(isShallow));

/** A request id: it makes a command that is delivered twice the same command. */
const requestId = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));

const times = {
  /** Time from the arrival at the agent, in milliseconds. */
  timeoutMs: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(TIMEOUT_MAX_MS))),
  /** The agent refuses what comes later, by its own clock: milliseconds since 1970. */
  deadlineMs: v.optional(time),
};

const rawRequest = v.object({
  /** Needed for a command that may change something. */
  id: v.optional(requestId),
  netFn: v.pipe(integer(0, NETFN_MAX), v.multipleOf(2)),
  cmd: byte,
  lun: v.optional(integer(0, LUN_MAX), 0),
  data: v.optional(hexDigits(REQUEST_DATA_BYTES_MAX), ''),
  ...times,
});

const readRequest = v.object({
  /** The `next` of the page before; without it, the BMC is asked. */
  page: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/))),
  ...times,
});

const rawAnswer = v.object({
  host: text,
  outcome: v.literal('answered'),
  completionCode: byte,
  data: hexDigits(DATA_BYTES_MAX),
  /** The command was executed when it came first; this is its answer. */
  isRepeated: v.optional(v.boolean()),
});

const readAnswer = v.object({
  host: text,
  outcome: v.literal('answered'),
  /** The words of the endpoint; a list comes in pages where it is too long for one message. */
  result: content,
  /** Names the next page, where there is one. */
  next: v.optional(text),
});

const failure = v.object({
  host: text,
  code: v.picklist(Object.keys(STATUS_OF) as FleetErrorCode[]),
  message: text,
  outcome: v.picklist(OUTCOMES),
  completionCode: v.optional(byte),
});

/** An event of a host, as its stream keeps it. */
const hostEvent = v.object({
  host: text,
  /** The same for one event however often it is published; the end of its `Nats-Msg-Id`. */
  id: v.pipe(v.string(), v.regex(/^[\w.:-]{1,200}$/)),
  /** A record of the event log. */
  kind: v.literal('sel'),
  /** The time at the host when it learned of the event, as ISO 8601. */
  at: v.pipe(v.string(), v.isoTimestamp()),
  /** The 16 bytes of a record. */
  record: v.optional(v.pipe(hexDigits(16), v.length(32))),
  /** Its content, decoded. */
  event: v.optional(content),
});

/** Messages by their types. */
export type RawRequest = v.InferOutput<typeof rawRequest>;
export type ReadRequest = v.InferOutput<typeof readRequest>;
export type RawAnswer = v.InferOutput<typeof rawAnswer>;
export type ReadAnswer = v.InferOutput<typeof readAnswer>;
export type Failure = v.InferOutput<typeof failure>;
export type HostEvent = v.InferOutput<typeof hostEvent>;

/** A message is not one of this protocol; the text names the field. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Read the body of a message; each throws a {@link ProtocolError}. */
export const parseRawRequest = (body: Uint8Array): RawRequest => parse(rawRequest, body);
export const parseReadRequest = (body: Uint8Array): ReadRequest => parse(readRequest, body);
export const parseRawAnswer = (body: Uint8Array): RawAnswer => parse(rawAnswer, body);
export const parseReadAnswer = (body: Uint8Array): ReadAnswer => parse(readAnswer, body);
export const parseFailure = (body: Uint8Array): Failure => parse(failure, body);
export const parseHostEvent = (body: Uint8Array): HostEvent => parse(hostEvent, body);

/** The body of a message. */
export function bodyOf(message: object): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}

/** Bytes as hex digits. */
export function digitsOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Hex digits, which were checked, as bytes. */
export function bytesOf(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

function parse<S extends v.GenericSchema>(schema: S, body: Uint8Array): v.InferOutput<S> {
  const result = v.safeParse(schema, jsonOf(body), { abortEarly: true });
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]);
  throw new ProtocolError(path === null ? 'the message is no object' : `${path} is wrong`);
}

/** An empty body is an object without fields. */
function jsonOf(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ProtocolError('the message is no JSON');
  }
}

function isShallow(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return false;
    level = level.flatMap(partsOf);
  }
  return true;
}

function partsOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
