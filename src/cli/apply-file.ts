/** The files of wanted settings: JSON, with secrets in files of their own. */

import { dirname, resolve } from 'node:path';

import { shownName } from '../shown.ts';
import { UsageError } from './args.ts';
import { readLines } from './input.ts';
import { repeatedName } from './json-names.ts';
import { readSecret } from './secret-file.ts';

/** Longest file of wanted settings, characters, and longest line of it. */
const FILE_CHARS_MAX = 1_048_576;

/** A secret setting: its name, its checks, and its value. */
export interface SecretSetting {
  readonly name: string;
  readonly troubleOf: (secret: Uint8Array) => string | undefined;
  readonly valueOf: (secret: Uint8Array) => unknown;
}

/** An object of JSON, of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>;

/** A file of wanted settings, read. */
export class ApplyFile {
  readonly content: unknown;
  readonly #path: string;

  constructor(path: string, content: unknown) {
    this.content = content;
    this.#path = path;
  }

  /**
   * The object with the secret that a setting `passwordFile` names as `password`; a secret in the
   * file itself is refused. `path` is where the object stands.
   */
  withSecret(object: unknown, path: string, { name, troubleOf, valueOf }: SecretSetting): unknown {
    if (!isObject(object)) return object;
    const setting = `${name}File`;
    if (name in object) {
      const remedy = `name a file that holds it with ${setting}`;
      throw new UsageError(`${path}.${name}: a secret does not stand in this file; ${remedy}`);
    }
    const { [setting]: file, ...others } = object;
    if (file === undefined) return object;
    if (typeof file !== 'string') throw new UsageError(`${path}.${setting} is not a path`);
    const folder = this.#path === '-' ? '.' : dirname(this.#path);
    const from = resolve(folder, file);
    const secret = readSecret({ from, name: `${path}.${setting}`, troubleOf });
    return { ...others, [name]: valueOf(secret) };
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a file, or standard input for `-`; throws a `UsageError` for one that is not JSON, or has a
 * setting twice, of which one would be dropped.
 */
export async function readApplyFile(path: string): Promise<ApplyFile> {
  const lines: string[] = [];
  let chars = 0;
  const shown = path === '-' ? 'standard input' : shownName(path);
  const take = (line: string): void => {
    chars += line.length + 1;
    if (chars > FILE_CHARS_MAX) throw new UsageError(`${shown} is too long for wanted settings`);
    lines.push(line);
  };
  lines.push(await readLines(path, { lineMax: FILE_CHARS_MAX, take }));
  return new ApplyFile(path, parse(lines.join('\n'), shown));
}

/** Parses JSON in which no name stands twice in one object. */
function parse(text: string, shown: string): unknown {
  const content = parseJson(text, shown);
  const repeated = repeatedName(text);
  if (repeated === undefined) return content;
  const { name, index } = repeated;
  const at = `at character ${index + 1}`;
  throw new UsageError(`${shown}: ${shownName(name)} stands twice in one object, ${at}`);
}

function parseJson(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The message of Node quotes the file, in which a secret could stand by mistake.
    const [, position] = /position (\d+)/.exec(error.message) ?? [];
    const at = position === undefined ? '' : `, at character ${Number(position) + 1}`;
    throw new UsageError(`${shown} is not JSON${at}`);
  }
}

/** Runs a check of the library, whose errors are mistakes in a file or on the command line here. */
export function checkWanted<T>(check: (wanted: unknown) => T, wanted: unknown): T {
  try {
    return check(wanted);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message);
  }
}
