/**
 * The config file, for a host whose firmware lies or is silent: a JSON object that says where
 * the BT interface is. A file that is wrong is not half used: the error names line and key, which
 * is why its few lines are parsed here and not by `JSON.parse`.
 */

import type { Files } from '../files.ts';
import { SPACINGS, checkBlock } from '../port/register-block.ts';
import { TRUST_REMEDY, distrustOfPath } from '../trust.ts';

/** Where the config file is. */
export const CONFIG_FILE = '/etc/ipmi-bt.json';

/** The content of the config file. */
export interface Config {
  /** Port of BT_CTRL. */
  readonly base: number;
  /** Ports from one register to the next. */
  readonly spacing: number;
  /** Way to the ports; the best one when absent. */
  readonly port: 'native' | 'dev-port' | undefined;
}

/** The config file is wrong, or cannot be read; `message` says where and how. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A `"key": value` of the file. */
interface Entry {
  /** The value as it is written. */
  readonly raw: string;
  readonly line: number;
}

const KEYS: readonly string[] = ['base', 'spacing', 'port'];

const OPEN = /\s*\{\s*/y;
const MEMBER = /"([^"\\\n]*)"\s*:\s*("[^"\n]*"|[^\s,}"]+)\s*/y;
const COMMA = /,\s*/y;
const CLOSE = /\}\s*$/y;

const NUMBER = /^(0|[1-9]\d*)$/;
const QUOTED_HEX = /^"0x[\da-f]+"$/i;

/**
 * Reads the config file; undefined when there is none. Throws a {@link ConfigError}, also when
 * another user than root and this process's own has written the file, or could replace it.
 */
export function readConfig(files: Files): Config | undefined {
  const reason = distrustOfPath(CONFIG_FILE, files);
  if (reason !== undefined) {
    throw new ConfigError(`${CONFIG_FILE}: is not obeyed: ${reason}; ${TRUST_REMEDY}`);
  }
  const text = files.readText(CONFIG_FILE);
  if (text !== undefined) return checkEntries(parseEntries(text));
  if (files.exists(CONFIG_FILE)) throw new ConfigError(`${CONFIG_FILE}: cannot be read`);
  return undefined;
}

function parseEntries(text: string): ReadonlyMap<string, Entry> {
  let position = 0;
  const accept = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) position = pattern.lastIndex;
    return match;
  };
  const expect = (pattern: RegExp, what: string): RegExpExecArray => {
    const match = accept(pattern);
    if (match === null) throw failure(lineAt(text, position), `${what} is expected here`);
    return match;
  };

  const entries = new Map<string, Entry>();
  expect(OPEN, '{');
  if (accept(CLOSE) !== null) return entries;
  do {
    const line = lineAt(text, position);
    const [, key = '', raw = ''] = expect(MEMBER, '"key": value');
    if (!KEYS.includes(key)) throw failure(line, `"${key}" is not one of ${KEYS.join(', ')}`);
    if (entries.has(key)) throw failure(line, `"${key}" is there twice`);
    entries.set(key, { raw, line });
  } while (accept(COMMA) !== null);
  expect(CLOSE, ', or }');
  return entries;
}

function checkEntries(entries: ReadonlyMap<string, Entry>): Config {
  const [base, spacing, port] = KEYS.map((key) => entries.get(key));
  if (base === undefined) throw new ConfigError(`${CONFIG_FILE}: "base" is missing`);
  if (spacing !== undefined && !SPACINGS.map(String).includes(spacing.raw)) {
    throw wrong('spacing', spacing, 'must be 1, 4 or 16');
  }
  const way = backend(port);
  try {
    const block = checkBlock(portNumber(base.raw), Number(spacing?.raw ?? 1));
    return { base: block.base, spacing: block.spacing, port: way };
  } catch {
    throw wrong('base', base, 'must be a port with room for BT registers, such as "0xce4" or 3300');
  }
}

function portNumber(raw: string): number {
  if (NUMBER.test(raw)) return Number(raw);
  return QUOTED_HEX.test(raw) ? Number(raw.slice(1, -1)) : NaN;
}

function backend(entry: Entry | undefined): Config['port'] {
  if (entry === undefined) return undefined;
  if (entry.raw === '"native"') return 'native';
  if (entry.raw === '"dev-port"') return 'dev-port';
  throw wrong('port', entry, 'must be "native" or "dev-port"');
}

function wrong(key: string, { raw, line }: Entry, rule: string): ConfigError {
  return failure(line, `"${key}" ${rule}, not ${raw}`);
}

function failure(line: number, text: string): ConfigError {
  return new ConfigError(`${CONFIG_FILE}:${line}: ${text}`);
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
