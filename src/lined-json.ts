/**
 * JSON with the line of each value, so that an error of a file names it. A name that stands twice
 * in an object is an error: `JSON.parse` would drop one of its values.
 */

import { shownName } from './shown.ts';

/** A value as it is written, and the line on which it begins, from 1. */
interface Written {
  readonly line: number;
  readonly raw: string;
}

/** `other`: a number, true, false, null, or a word that JSON does not have. */
export type Json = Written &
  (
    | { readonly kind: 'object'; readonly members: readonly Member[] }
    | { readonly kind: 'list'; readonly values: readonly Json[] }
    | { readonly kind: 'string'; readonly text: string }
    | { readonly kind: 'other' }
  );

export interface Member {
  readonly name: string;
  readonly line: number;
  readonly value: Json;
}

/** The text is wrong on this line; `message` says how. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** No file of ours has more levels; a text of brackets alone must not fill the stack. */
const DEPTH_MAX = 4;

const SPACE = /[ \t\r\n]*/y;
const STRING = /"((?:[^"\\\n]|\\.)*)"/y;
const WORD = /[^\s,:"[\]{}]+/y;

/** Reads a text that is one value; throws a {@link JsonError}. */
export function parseJson(text: string): Json {
  const reader = new Reader(text);
  const value = readValue(reader, 0);
  if (!reader.isAtEnd) throw reader.failure('nothing but spaces is expected here');
  return value;
}

/**
 * Returns the members of an object by their names, of which no others are allowed; throws a
 * {@link JsonError} that calls the object by `noun`.
 */
export function membersOf(
  content: Json,
  noun: string,
  names: readonly string[],
): ReadonlyMap<string, Member> {
  if (content.kind !== 'object') throw new JsonError(content.line, `${noun} must be {...}`);
  for (const { name, line } of content.members) {
    if (names.includes(name)) continue;
    throw new JsonError(line, `${shownName(name)} is not one of ${names.join(', ')}`);
  }
  return new Map(content.members.map((member) => [member.name, member]));
}

class Reader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  get isAtEnd(): boolean {
    return this.#position === this.#text.length;
  }

  get line(): number {
    return this.#text.slice(0, this.#position).split('\n').length;
  }

  get position(): number {
    return this.#position;
  }

  /** The text from there up to this place, without spaces at its end. */
  since(position: number): string {
    return this.#text.slice(position, this.#position).trimEnd();
  }

  /** Takes a character if it comes next. */
  accept(character: string): boolean {
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    this.#skip();
    return true;
  }

  /** Takes a string if one comes next. */
  string(): string | undefined {
    const { line } = this;
    const match = this.#match(STRING);
    if (match === undefined) return undefined;
    this.#skip();
    try {
      return JSON.parse(match) as string;
    } catch {
      throw new JsonError(line, 'a string has an escape, or a character, that JSON does not have');
    }
  }

  /** Takes a word without quotes if one comes next. */
  word(): boolean {
    const isThere = this.#match(WORD) !== undefined;
    this.#skip();
    return isThere;
  }

  failure(text: string): JsonError {
    return new JsonError(this.line, text);
  }

  #skip(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position = pattern.lastIndex;
    return match[0];
  }
}

function readValue(reader: Reader, depth: number): Json {
  const { line, position } = reader;
  if (depth > DEPTH_MAX) throw reader.failure('too many brackets are open here');
  const content = readContent(reader, depth);
  return { line, raw: reader.since(position), ...content };
}

type Content = Json extends infer T ? (T extends Json ? Omit<T, keyof Written> : never) : never;

function readContent(reader: Reader, depth: number): Content {
  const text = reader.string();
  if (text !== undefined) return { kind: 'string', text };
  if (reader.accept('{')) return { kind: 'object', members: readMembers(reader, depth) };
  if (reader.accept('[')) return { kind: 'list', values: readValues(reader, depth) };
  if (reader.word()) return { kind: 'other' };
  throw reader.failure('a value is expected here');
}

function readMembers(reader: Reader, depth: number): readonly Member[] {
  const members: Member[] = [];
  if (reader.accept('}')) return members;
  const names = new Set<string>();
  do {
    const { line } = reader;
    const name = reader.string();
    if (name === undefined || !reader.accept(':')) {
      throw new JsonError(line, '"name": value is expected here');
    }
    if (names.has(name)) throw new JsonError(line, `${JSON.stringify(name)} is there twice`);
    names.add(name);
    members.push({ name, line, value: readValue(reader, depth + 1) });
  } while (reader.accept(','));
  if (!reader.accept('}')) throw reader.failure(', or } is expected here');
  return members;
}

function readValues(reader: Reader, depth: number): readonly Json[] {
  const values: Json[] = [];
  if (reader.accept(']')) return values;
  do values.push(readValue(reader, depth + 1));
  while (reader.accept(','));
  if (!reader.accept(']')) throw reader.failure(', or ] is expected here');
  return values;
}
