/**
 * Reads a recording. The file comes from elsewhere: each field is checked, and a line that is wrong
 * is named. No error quotes what a line holds, of which a secret could be part.
 */

import { ENDS, PAYLOADS, RECORDING_SCHEMA, RECORDING_VERSION, STATES } from './recording.ts';
import type { AccessEntry, AskedEntry, Entry, Recording } from './recording.ts';
import type { RecordingHeader, SettledEntry } from './recording.ts';

/** A recording that cannot be read, or not be used for what is asked. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Most entries of a recording, which are all kept: some 200 MB. */
export const ENTRIES_MAX = 1_000_000;

/** Longest line in characters: a frame has 256 bytes, and each is three characters. */
export const RECORD_LINE_MAX = 4096;

const PORT_MAX = 0xffff;
/** A name that a terminal can show. */
const PROGRAM = /^[\x20-\x7e]{0,60}$/;

/** As `registerName()` writes them: a port of no register has its number. */
const REGISTER = /^(BT_CTRL|BMC2HOST|HOST2BMC|BT_INTMASK|0x[0-9a-f]{1,4})$/;

const BYTE_MAX = 0xff;
const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** An object of JSON. */
type Fields = Readonly<Record<string, unknown>>;

/** Reads a whole recording; throws a {@link RecordingError} that names the line that is wrong. */
export function readRecording(text: string): Recording {
  const reader = new RecordingReader();
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  for (const line of lines) reader.take(line);
  return reader.end(rest);
}

/** Reads a recording line by line. */
export class RecordingReader {
  #header: RecordingHeader | undefined;
  /** The times and the ids of the present device, counted from those of the first. */
  #offset = { ms: 0, id: 0 };
  #lastId = 0;
  /** The lines that have each id, of those kinds that a request has once. */
  readonly #linesOf = { request: new Map<number, number>(), settled: new Map<number, number>() };
  readonly #entries: Entry[] = [];
  #number = 0;

  /** Reads a line, which stands without its newline. */
  take(line: string): void {
    this.#number += 1;
    try {
      this.#read(line);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      throw new RecordingError(`line ${this.#number}: ${error.message}`);
    }
  }

  /** Reads what follows the last newline, and returns the recording. */
  end(rest: string): Recording {
    const isCutOff = rest !== '' && parsed(rest) === undefined;
    // The header makes it a recording, and the rest of a file of another kind is no entry.
    if (rest !== '' && (!isCutOff || this.#header === undefined)) this.take(rest);
    if (this.#header === undefined) throw new RecordingError('it is empty');
    return { ...this.#header, entries: this.#entries, isCutOff };
  }

  #read(line: string): void {
    if (line.length > RECORD_LINE_MAX) {
      throw new RecordingError(`it is longer than ${RECORD_LINE_MAX} characters`);
    }
    if (/^\r*$/.test(line) && this.#header !== undefined) return;
    const fields = parsed(line);
    if (fields?.['schema'] === RECORDING_SCHEMA) this.#begin(headerOf(fields));
    else if (this.#header === undefined) {
      const first = `{"schema":"${RECORDING_SCHEMA}",...}`;
      throw new RecordingError(
        `this is no recording of ipmi-bt, which begins with ${first}; --record makes one`,
      );
    } else if (fields === undefined) throw new RecordingError('it is no JSON object');
    else this.#add(fields);
  }

  /** The recording begins, or a device that was opened later. */
  #begin(header: RecordingHeader): void {
    const first = this.#header ?? header;
    if (first.base !== header.base || first.spacing !== header.spacing) {
      throw new RecordingError('another interface begins here: record one interface in each file');
    }
    this.#offset = { ms: header.clockMs - first.clockMs, id: this.#lastId };
    this.#header = first;
  }

  #add(fields: Fields): void {
    if (this.#entries.length >= ENTRIES_MAX) {
      throw new RecordingError(`a recording has at most ${ENTRIES_MAX} entries; cut it`);
    }
    const entry = entryOf(fields, this.#offset.ms);
    if (!('id' in entry)) {
      this.#entries.push(entry);
      return;
    }
    const id = entry.id + this.#offset.id;
    this.#lastId = Math.max(this.#lastId, id);
    if (entry.kind === 'request' || entry.kind === 'settled') this.#refuseSecond(entry, id);
    this.#entries.push({ ...entry, id });
  }

  /** One of the two would vanish from what is shown, and be replayed in place of the other. */
  #refuseSecond(
    { kind, id: own }: Pick<AskedEntry | SettledEntry, 'kind' | 'id'>,
    id: number,
  ): void {
    const lines = this.#linesOf[kind];
    const first = lines.get(id);
    lines.set(id, this.#number);
    if (first === undefined) return;
    const text = `"id" ${own} has a "${kind}" already, in line ${first}`;
    throw new RecordingError(`${text}: take one of the two out, or record again`);
  }
}

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function headerOf(fields: Fields): RecordingHeader {
  const { version, program = '' } = fields;
  if (typeof version !== 'number') throw new RecordingError('"version" is not a number');
  if (version !== RECORDING_VERSION) {
    const read = `this ipmi-bt reads version ${RECORDING_VERSION}`;
    throw new RecordingError(`the recording has version ${version}; ${read}: use the one it is of`);
  }
  const spacing = wholeIn(fields, 'spacing', PORT_MAX);
  if (spacing !== 1 && spacing !== 4 && spacing !== 16) {
    throw new RecordingError('"spacing" is not 1, 4 or 16');
  }
  return {
    base: wholeIn(fields, 'base', PORT_MAX),
    spacing,
    program: typeof program === 'string' && PROGRAM.test(program) ? program : '',
    payload: choiceIn(fields, 'payload', PAYLOADS),
    clockMs: amountIn(fields, 'clock_ms'),
  };
}

function entryOf(fields: Fields, offsetMs: number): Entry {
  const { kind } = fields;
  const atMs = amountIn(fields, 'at_ms') + offsetMs;
  switch (kind) {
    case 'request':
    case 'settled':
      return ofRequest(kind, fields, atMs);
    case 'attempt':
      return {
        ...{ kind, atMs, id: idIn(fields), seq: wholeIn(fields, 'seq', BYTE_MAX) },
        startWithinMs: amountIn(fields, 'start_within_ms'),
        replyWithinMs: amountIn(fields, 'reply_within_ms'),
      };
    case 'ended':
      return { kind, atMs, id: idIn(fields), result: choiceIn(fields, 'result', ENDS) };
    case 'state':
      return { kind, atMs, state: choiceIn(fields, 'state', STATES) };
    case 'in':
    case 'out':
      return { kind, atMs, ...accessOf(fields) };
    case 'again':
      return { kind, atMs, times: wholeIn(fields, 'times', COUNT_MAX) };
  }
  throw new RecordingError('"kind" is none that a recording has');
}

function ofRequest(kind: 'request' | 'settled', fields: Fields, atMs: number): Entry {
  const id = idIn(fields);
  if (kind === 'settled') {
    const { completion_code: code, error } = fields;
    if (code !== undefined) {
      const completionCode = wholeIn(fields, 'completion_code', BYTE_MAX);
      return { kind, atMs, id, completionCode, error: undefined };
    }
    if (typeof error !== 'string' || !/^[A-Z_]{1,40}$/.test(error)) {
      throw new RecordingError('it has neither "completion_code" nor the code of an "error"');
    }
    return { kind, atMs, id, completionCode: undefined, error };
  }
  return {
    ...{ kind, atMs, id, netFn: wholeIn(fields, 'net_fn', 0x3f), lun: wholeIn(fields, 'lun', 3) },
    cmd: wholeIn(fields, 'cmd', BYTE_MAX),
    dataBytes: wholeIn(fields, 'data_bytes', BYTE_MAX),
    timeoutMs: amountIn(fields, 'timeout_ms'),
    internal: fields['internal'] === true,
  };
}

function accessOf(fields: Fields): Omit<AccessEntry, 'kind' | 'atMs'> {
  const { register, value, bytes, hidden } = fields;
  if (typeof register !== 'string' || !REGISTER.test(register)) {
    throw new RecordingError(
      '"register" is not BT_CTRL, BMC2HOST, HOST2BMC, BT_INTMASK or a port such as 0xce7',
    );
  }
  return {
    register,
    value: value === undefined ? undefined : wholeIn(fields, 'value', BYTE_MAX),
    bytes: bytes === undefined ? undefined : bytesIn(bytes),
    hidden: hidden === undefined ? 0 : wholeIn(fields, 'hidden', BYTE_MAX),
  };
}

function bytesIn(text: unknown): readonly number[] {
  if (typeof text !== 'string' || !/^([0-9a-f]{2}( [0-9a-f]{2})*)?$/.test(text)) {
    throw new RecordingError('"bytes" is not a text such as "03 18 11 01"');
  }
  return text === '' ? [] : text.split(' ').map((byte) => Number.parseInt(byte, 16));
}

function idIn(fields: Fields): number {
  return wholeIn(fields, 'id', COUNT_MAX);
}

function wholeIn(fields: Fields, name: string, most: number): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) {
    return value;
  }
  throw new RecordingError(`"${name}" is not a whole number from 0 to ${most}`);
}

function amountIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  throw new RecordingError(`"${name}" is not a number from 0 on`);
}

function choiceIn<const Choice extends string>(
  fields: Fields,
  name: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((one) => one === fields[name]);
  if (choice !== undefined) return choice;
  throw new RecordingError(`"${name}" is not one of ${choices.join(', ')}`);
}
