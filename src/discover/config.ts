/**
 * The config file, for a host whose firmware lies or is silent: a JSON object that says where the
 * BT interface is.
 */

import { readConfigFile } from '../config-file.ts';
import type { Files } from '../files.ts';
import { JsonError, membersOf } from '../lined-json.ts';
import type { Json, Member } from '../lined-json.ts';
import { SPACINGS, checkBlock } from '../port/register-block.ts';
import { shownLine } from '../shown.ts';

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

const KEYS: readonly string[] = ['base', 'spacing', 'port'];

const NUMBER = /^(0|[1-9]\d*)$/;
const QUOTED_HEX = /^"0x[\da-f]+"$/i;

/**
 * Reads the config file; undefined when there is none, or when its object is empty, as a package
 * installs it. Throws a `ConfigError` when it is wrong, or when another user could have written it.
 */
export function readConfig(files: Files): Config | undefined {
  return readConfigFile(CONFIG_FILE, files, configOf);
}

function configOf(content: Json): Config | undefined {
  const members = membersOf(content, 'the config', KEYS);
  if (members.size === 0) return undefined;
  const [base, spacing, port] = KEYS.map((key) => members.get(key));
  if (base === undefined) throw new JsonError(content.line, '"base" is missing');
  if (spacing !== undefined && !SPACINGS.map(String).includes(spacing.value.raw)) {
    throw wrong(spacing, 'must be 1, 4 or 16');
  }
  const way = backend(port);
  try {
    const block = checkBlock(portNumber(base.value.raw), Number(spacing?.value.raw ?? 1));
    return { base: block.base, spacing: block.spacing, port: way };
  } catch {
    throw wrong(base, 'must be a port with room for BT registers, such as "0xce4" or 3300');
  }
}

function portNumber(raw: string): number {
  if (NUMBER.test(raw)) return Number(raw);
  return QUOTED_HEX.test(raw) ? Number(raw.slice(1, -1)) : NaN;
}

function backend(member: Member | undefined): Config['port'] {
  if (member === undefined) return undefined;
  const { raw } = member.value;
  if (raw === '"native"') return 'native';
  if (raw === '"dev-port"') return 'dev-port';
  throw wrong(member, 'must be "native" or "dev-port"');
}

function wrong({ name, line, value }: Member, rule: string): JsonError {
  return new JsonError(line, `"${name}" ${rule}, not ${shownLine(value.raw)}`);
}
