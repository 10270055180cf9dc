/** Answers of hosts as text and as JSON: the same answer is always the same text. */

import { completionText } from 'ipmi-bt';

import { exitCodeFor } from '../fleet/exit-code.ts';
import type { HostResult } from '../fleet/gather.ts';
import type { Answer, Delivery, JsonObject } from '../fleet/transport.ts';
import { bytesOf } from '../nats/protocol.ts';
import { CONTROL, shown } from '../shown-text.ts';
import { rowOf } from './rows.ts';

const BYTES_A_LINE = 16;

const HEX = 16;

/** A column is so wide at most, though a longer cell is printed whole. */
const COLUMN_CHARS_MAX = 80;

/** A list with more cells has a line of JSON for each of its items. */
const CELLS_MAX = 1_000_000;

/** An answer on standard output. A completion code other than 0 is in {@link troubleOf}. */
export function answerText({ body }: Answer): string {
  const { completionCode, data, result } = body;
  if (typeof data !== 'string') return resultText(result);
  return completionCode === 0 ? rawLines(bytesOf(data)) : '';
}

/** The reason why a host has no good answer, for standard error; undefined if it has one. */
export function troubleOf(delivery: Delivery): string | undefined {
  if (delivery.kind === 'failure') {
    const { code, message, outcome } = delivery;
    return `${code}: ${shown(message)} (${outcome})`;
  }
  const { completionCode } = delivery.body;
  if (typeof completionCode !== 'number' || completionCode === 0) return undefined;
  const code = completionCode.toString(HEX).padStart(2, '0');
  return `completion code 0x${code}: ${completionText(completionCode)}`;
}

/** The line of a host in JSON. */
export function jsonLine({ host, delivery, elapsedMs }: HostResult, id: string | undefined) {
  const common = {
    ...{ schema: 'ipmi-bt/fleet-host', version: 1, host },
    outcome: delivery.kind === 'answer' ? 'answered' : delivery.outcome,
    ...{ exit_code: exitCodeFor(delivery), elapsed_ms: Math.round(elapsedMs) },
    ...(id === undefined ? {} : { request_id: id }),
  };
  return `${shownJson(JSON.stringify({ ...common, ...fieldsOf(delivery) }))}\n`;
}

function fieldsOf(delivery: Delivery): object {
  if (delivery.kind === 'failure') {
    const { code, message, outcome, completionCode } = delivery;
    const more = completionCode === undefined ? {} : { completion_code: completionCode };
    return { error: { code, message, outcome, ...more } };
  }
  const { completionCode, data, result, isRepeated } = delivery.body;
  if (typeof data !== 'string' || typeof completionCode !== 'number') return { result };
  return {
    completion_code: completionCode,
    completion_text: completionText(completionCode),
    data: [...bytesOf(data)],
    ...(isRepeated === true ? { is_repeated: true } : {}),
  };
}

/** Bytes as `ipmitool raw` prints them. */
function rawLines(data: Uint8Array): string {
  const words = [...data].map((byte) => ` ${byte.toString(HEX).padStart(2, '0')}`);
  const lines = [];
  for (let at = 0; at < words.length; at += BYTES_A_LINE) {
    lines.push(words.slice(at, at + BYTES_A_LINE).join(''));
  }
  return `${lines.join('\n')}\n`;
}

/** A list of objects is a table; an object has a line for each field. */
function resultText(result: unknown): string {
  if (Array.isArray(result)) return tableText(result as readonly unknown[]);
  return fieldLines(result, '')
    .map((line) => `${line}\n`)
    .join('');
}

function tableText(list: readonly unknown[]): string {
  if (!list.every(isObject)) return cellLines(list);
  const items = list.map(rowOf);
  const titles = [...new Set(items.flatMap((item) => Object.keys(item)))];
  if (titles.length === 0) return '';
  if (titles.length * items.length > CELLS_MAX) return cellLines(items);
  const rows = [titles, ...items.map((item) => titles.map((title) => cell(item[title])))];
  const widths = titles.map((_, at) => rows.reduce((most, row) => wider(most, row[at]), 0));
  return rows
    .map((row) => row.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function cellLines(items: readonly unknown[]): string {
  return items.map((item) => `${cell(item)}\n`).join('');
}

function wider(most: number, text = ''): number {
  return Math.min(Math.max(most, text.length), COLUMN_CHARS_MAX);
}

function fieldLines(value: unknown, path: string): readonly string[] {
  if (!isObject(value)) return [path === '' ? cell(value) : `${path}: ${cell(value)}`];
  return Object.entries(value).flatMap(([name, field]) =>
    fieldLines(field, path === '' ? shown(name) : `${path}.${shown(name)}`),
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return 'na';
  return shown(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The same JSON without control characters: they stand in its strings, which may escape them. */
function shownJson(json: string): string {
  return json.replace(CONTROL, (sign) =>
    Array.from({ length: sign.length }, (_, at) => {
      return `\\u${sign.charCodeAt(at).toString(HEX).padStart(4, '0')}`;
    }).join(''),
  );
}
