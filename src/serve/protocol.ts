/**
 * The messages on the server's own socket: JSON objects, one a line, each with a `type`. The server
 * speaks first, with `hello`. Bytes are hex digits. A field that is not known is left out, so that
 * a version may add some; a message that is not known, or wrong, ends the connection.
 *
 * Errors name fields and never values, of which a secret could be part.
 */

import { EXIT_CODES, TIMEOUT_MAX_MS } from '../errors.ts';
import type { IpmiErrorCode, Outcome, Silence } from '../errors.ts';
import { LUN_MAX, NETFN_MAX } from '../ipmi/commands.ts';
import { EVENT_RECORD_BYTES } from '../ipmi/event-record.ts';
import { REQUEST_DATA_BYTES_MAX } from '../ipmi/message.ts';

/** A client and a server understand each other if they have the same. */
export const PROTOCOL_VERSION = 1;

/** Longest line of a client: a request is some 700 bytes. */
export const CLIENT_LINE_BYTES_MAX = 4096;

/** Longest line of a server, whose status tells of every client. */
export const SERVER_LINE_BYTES_MAX = 1024 * 1024;

const TEXT_CHARS_MAX = 4096;

/** Data of an IPMI message over any channel. */
const MESSAGE_BYTES_MAX = 255;

/** True for the values of a field. */
type Check<T> = (value: unknown) => value is T;

function integer(least: number, most: number): Check<number> {
  return (value): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function hexDigits(bytesMax: number): Check<string> {
  return (value): value is string =>
    typeof value === 'string' && value.length <= 2 * bytesMax && /^([0-9a-f]{2})*$/.test(value);
}

function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

function oneOf<const T extends string>(...values: readonly T[]): Check<T> {
  return (value): value is T => values.some((one) => one === value);
}

const ID = integer(0, Number.MAX_SAFE_INTEGER);
const BYTE = integer(0, 0xff);
const PORT = integer(0, 0xffff);
const CHANNEL = integer(0, 15);
const SEQ = integer(0, 63);
const COUNT = integer(0, Number.MAX_SAFE_INTEGER);
const DATA = hexDigits(REQUEST_DATA_BYTES_MAX);
const ANY_DATA = hexDigits(MESSAGE_BYTES_MAX);

const aBoolean: Check<boolean> = (value): value is boolean => typeof value === 'boolean';

const aText: Check<string> = (value): value is string =>
  typeof value === 'string' && value.length <= TEXT_CHARS_MAX;

const aNetFn: Check<number> = (value): value is number =>
  integer(0, NETFN_MAX)(value) && value % 2 === 0;

const aTimeout: Check<number> = (value): value is number =>
  typeof value === 'number' && value > 0 && value <= TIMEOUT_MAX_MS;

const theRetries: Check<number | 'safe'> = (value): value is number | 'safe' =>
  value === 'safe' || COUNT(value);

/** A whole one: a part of it cannot be decoded. */
const theRecord: Check<string> = (value): value is string =>
  hexDigits(EVENT_RECORD_BYTES)(value) && value.length === 2 * EVENT_RECORD_BYTES;

const anErrorCode: Check<IpmiErrorCode> = (value): value is IpmiErrorCode =>
  typeof value === 'string' && Object.hasOwn(EXIT_CODES, value);

const anything: Check<unknown> = (value): value is unknown => value !== undefined;

const OUTCOME: Check<Outcome> = oneOf('not-sent', 'unknown', 'answered');
const SILENCE: Check<Silence> = oneOf('busy', 'misfit');
const STATE = oneOf('ready', 'lost');
const REASON = oneOf('silent', 'absent', 'starting', 'reset', 'server');

/** The BMC as the server knows it: raw answers, as far as there are some. */
const BMC = { deviceId: optional(ANY_DATA), capabilities: optional(ANY_DATA) };

const EXPECTED = { channel: CHANNEL, address: BYTE, netFn: aNetFn, cmd: BYTE };
const REQUEST = { netFn: aNetFn, cmd: BYTE, lun: integer(0, LUN_MAX), data: DATA };

/** The messages of a client, each with its fields. */
const CLIENT = {
  request: {
    ...{ id: ID, ...REQUEST, timeoutMs: optional(aTimeout), retries: theRetries },
    repeatBusy: optional(aBoolean),
  },
  /** Gives up the request, or the waiting for a status. */
  abort: { id: ID },
  expect: { id: ID, ...EXPECTED },
  cancel: { id: ID, wasSent: aBoolean },
  /** All that it listens to from now on. */
  listen: { event: aBoolean, attention: aBoolean },
  status: { id: ID },
};

/** The messages of a server. */
const SERVER = {
  hello: { protocol: COUNT, version: aText, pid: COUNT, base: PORT, state: STATE, ...BMC },
  reply: { id: ID, completionCode: BYTE, data: ANY_DATA },
  failed: {
    ...{ id: ID, code: anErrorCode, text: aText, outcome: OUTCOME },
    ...{ completionCode: optional(BYTE), silence: optional(SILENCE) },
  },
  expected: { id: ID, seq: SEQ },
  answer: {
    ...{ id: ID, netFn: integer(0, NETFN_MAX), address: BYTE, seq: SEQ, cmd: BYTE },
    ...{ completionCode: BYTE, data: ANY_DATA },
  },
  /** An event record of a sensor or an OEM, raw. */
  event: { record: theRecord },
  message: { channel: CHANNEL, data: ANY_DATA },
  watchdogPretimeout: {},
  oem: { flags: BYTE },
  attention: {},
  noEvents: { reason: aText },
  lost: { reason: REASON },
  ready: BMC,
  /** Another BMC answers, or other firmware. */
  identity: BMC,
  status: { id: ID, status: anything },
  /** The reason why the server ends the connection; the last that it says. */
  bye: { reason: aText },
};

type Shape = Readonly<Record<string, Check<unknown>>>;
type FieldOf<C> = C extends Check<infer T> ? T : never;
type Left<S> = { [Name in keyof S]: undefined extends FieldOf<S[Name]> ? Name : never }[keyof S];
type Fields<S> = { readonly [Name in Exclude<keyof S, Left<S>>]: FieldOf<S[Name]> } & {
  readonly [Name in Left<S>]?: FieldOf<S[Name]> | undefined;
};
type MessageOf<Shapes> = {
  readonly [Type in keyof Shapes]: { readonly type: Type } & Fields<Shapes[Type]>;
}[keyof Shapes];

export type ClientMessage = MessageOf<typeof CLIENT>;
export type ServerMessage = MessageOf<typeof SERVER>;

/** One message of that type. */
export type ClientMessageOf<Type> = Extract<ClientMessage, { readonly type: Type }>;
export type ServerMessageOf<Type> = Extract<ServerMessage, { readonly type: Type }>;

/** A message, or the reason why a line is none. */
export type Parsed<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'wrong'; readonly reason: string };

/** Reads a line of a client. */
export function parseClient(line: string): Parsed<ClientMessage> {
  return parse(line, CLIENT) as Parsed<ClientMessage>;
}

/** Reads a line of a server. */
export function parseServer(line: string): Parsed<ServerMessage> {
  return parse(line, SERVER) as Parsed<ServerMessage>;
}

/** Makes the line of a message, with its end. */
export function lineOf(message: ClientMessage | ServerMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** Bytes as hex digits. */
export function digitsOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Hex digits, which were checked, as bytes. */
export function bytesOf(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

function parse(line: string, shapes: Readonly<Record<string, Shape>>): Parsed<unknown> {
  const value = objectOf(line);
  if (value === undefined) return wrong('a line is no JSON object');
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type)) {
    return wrong('a line has no known type');
  }
  const fields: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(shapes[type] ?? {})) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!check(field)) return wrong(`${type} has a wrong ${name}`);
    if (field !== undefined) fields[name] = field;
  }
  return { kind: 'message', message: { ...fields, type } };
}

function wrong(reason: string): Parsed<never> {
  return { kind: 'wrong', reason };
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
