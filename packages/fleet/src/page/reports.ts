/**
 * The answers of agents as the page has them. They come from machines that may be taken over: what
 * is not of the right form is left out, and texts are short and without control characters.
 */

import { completionText } from 'ipmi-bt';
import * as v from 'valibot';

import type { Delivery, Failure } from '../fleet/transport.ts';
import { digitsOf } from '../nats/protocol.ts';
import { shown } from '../shown-text.ts';
import type { EventRow, HostRow, SmokeRow } from './messages.ts';

/** Longest text that is passed on. */
export const TEXT_CHARS_MAX = 300;

const WORD_CHARS_MAX = 40;
const BUCKETS_MAX = 64;
const HEX = 16;

/** Bit 7 of the second byte of a device id: the BMC is starting, or takes new firmware. */
const UNAVAILABLE = 0x80;

/** Self tests of a BMC that has nothing to complain about. */
const SOUND: readonly string[] = ['passed', 'not implemented'];

/** Of a smoke test that passed, and of one that failed. */
const EXIT_PASS = 0;
const EXIT_FAIL = 1;

/** Share of the answers that took no longer than the time that is shown. */
const SHARE = 0.99;

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const number = v.pipe(v.number(), v.finite());

const byte = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xff));

const identity = v.object({
  deviceId: v.optional(
    v.object({
      manufacturerId: count,
      productId: count,
      firmwareRevision: v.string(),
      // Agents send a list of bytes as one, or as hex digits.
      auxFirmware: v.optional(v.union([v.string(), v.pipe(v.array(byte), v.maxLength(4))])),
    }),
  ),
  selfTest: v.optional(v.object({ result: v.string() })),
});

const statistics = v.object({
  hosedCount: count,
  latency: v.object({
    counts: v.pipe(v.array(count), v.maxLength(BUCKETS_MAX)),
    maxUs: v.pipe(number, v.minValue(0)),
  }),
});

const smokeResult = v.object({ exitCode: v.pipe(v.number(), v.integer()), line: v.string() });

const selEvent = v.object({
  record: v.optional(
    v.object({ severity: v.optional(v.unknown()), direction: v.optional(v.unknown()) }),
  ),
  words: v.optional(v.object({ subject: v.optional(v.unknown()), event: v.optional(v.unknown()) })),
});

/** Part of a row that an answer fills. */
export type Identified = Pick<HostRow, 'product' | 'firmware'> & { readonly fault: string };

/** Part of an event that its sender does not choose. */
export type EventPlace = Pick<EventRow, 'seq' | 'host' | 'atMs' | 'learnedMs'>;

/** True for a host of which nothing was heard, neither of its BMC nor of its agent. */
export function isSilence(delivery: Delivery): boolean {
  if (delivery.kind === 'answer' || delivery.isFromAgent === true) return false;
  return delivery.code === 'DEVICE_ABSENT' || delivery.code === 'REQUEST_TIMEOUT';
}

/** True for a question that was never sent, or whose answer was not awaited. */
export function isOurs(delivery: Delivery): boolean {
  if (delivery.kind === 'answer' || delivery.isFromAgent === true) return false;
  return delivery.code === 'DEVICE_CLOSED' || delivery.code === 'REQUEST_ABORTED';
}

/** The reason why a device id is no good answer; empty for a good one. */
export function troubleOf(delivery: Delivery): string {
  if (delivery.kind === 'failure') return reasonOf(delivery);
  const { completionCode, data } = delivery.body;
  if (typeof completionCode !== 'number' || typeof data !== 'string') return 'no device id';
  if (completionCode !== 0) {
    const code = completionCode.toString(HEX).padStart(2, '0');
    return `Get Device ID: completion code 0x${code}: ${completionText(completionCode)}`;
  }
  const second = Number.parseInt(data.slice(4, 6), HEX);
  if (Number.isNaN(second)) return 'Get Device ID: the answer is too short';
  const isAway = (second & UNAVAILABLE) !== 0;
  return isAway ? 'the BMC is starting, or takes new firmware' : '';
}

/** The reason of a failure. */
export function reasonOf({ code, message }: Failure): string {
  return short(`${code}: ${message}`);
}

/** The identity of a BMC; undefined for what is none. */
export function identifiedBy(delivery: Delivery): Identified | undefined {
  const parsed = resultOf(identity, delivery);
  if (parsed === undefined) return undefined;
  const { deviceId, selfTest } = parsed;
  const result = selfTest?.result ?? 'passed';
  const fault = SOUND.includes(result) ? '' : `self test: ${short(result)}`;
  if (deviceId === undefined) return { product: null, firmware: null, fault };
  const { manufacturerId, productId, firmwareRevision, auxFirmware } = deviceId;
  const aux =
    typeof auxFirmware === 'object' ? digitsOf(Uint8Array.from(auxFirmware)) : auxFirmware;
  const own = aux === undefined ? '' : ` (${aux})`;
  const product = `${manufacturerId}/${productId}`;
  return { product, firmware: word(`${firmwareRevision}${own}`), fault };
}

/** The response times of a BMC and its losses; undefined for what is none. */
export function countedBy(
  delivery: Delivery,
): Pick<HostRow, 'p99Us' | 'maxUs' | 'losses'> | undefined {
  const parsed = resultOf(statistics, delivery);
  if (parsed === undefined) return undefined;
  const { hosedCount, latency } = parsed;
  const p99Us = quantileUs(latency.counts, latency.maxUs);
  return { p99Us, maxUs: p99Us === null ? null : latency.maxUs, losses: hosedCount };
}

/** The verdict of a smoke test; undefined where nothing is known, and the last one stays. */
export function verdictBy(delivery: Delivery, atMs: number): SmokeRow | undefined {
  if (isSilence(delivery) || isOurs(delivery)) return undefined;
  if (delivery.kind === 'failure') return { verdict: 'unknown', line: reasonOf(delivery), atMs };
  const parsed = resultOf(smokeResult, delivery);
  if (parsed === undefined) return { verdict: 'unknown', line: 'no verdict came', atMs };
  const { exitCode, line } = parsed;
  const text = line === '' ? `exit code ${exitCode}` : short(line);
  if (exitCode === EXIT_PASS) return { verdict: 'pass', line: text, atMs };
  return { verdict: exitCode === EXIT_FAIL ? 'fail' : 'unknown', line: text, atMs };
}

/** An event as a row; its name was checked, and is whole: a part of it may be another host. */
export function eventRow(event: unknown, told: EventPlace): EventRow {
  const parsed = v.safeParse(selEvent, event);
  const { record, words } = parsed.success ? parsed.output : {};
  const { subject, event: text } = words ?? {};
  const turn = record?.direction === 'deasserted' ? ' (deasserted)' : '';
  return {
    ...{ ...told, severity: word(textOf(record?.severity)) },
    ...{ subject: short(textOf(subject)), text: short(`${textOf(text)}${turn}`) },
  };
}

function resultOf<S extends v.GenericSchema>(
  schema: S,
  delivery: Delivery,
): v.InferOutput<S> | undefined {
  if (delivery.kind === 'failure') return undefined;
  const parsed = v.safeParse(schema, delivery.body['result']);
  return parsed.success ? parsed.output : undefined;
}

/** The upper end of the bucket in which the share is reached; null where nothing was counted. */
function quantileUs(counts: readonly number[], maxUs: number): number | null {
  const all = counts.reduce((sum, one) => sum + one, 0);
  if (all === 0) return null;
  let sum = 0;
  for (const [at, one] of counts.entries()) {
    sum += one;
    if (sum >= SHARE * all) return Math.min(2 ** at, maxUs);
  }
  return maxUs;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function word(text: string): string {
  return cut(text, WORD_CHARS_MAX);
}

function short(text: string): string {
  return cut(text, TEXT_CHARS_MAX);
}

function cut(text: string, most: number): string {
  const plain = shown(text.slice(0, most + 1));
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}
