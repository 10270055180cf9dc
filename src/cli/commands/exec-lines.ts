/**
 * The lines that `ipmi-bt exec` is given: what follows `ipmi-bt` in a shell, one command each, as
 * in the scripts of `ipmitool exec`. Only `raw` is known.
 */

import type { Request } from '../../ipmi/message.ts';
import { IpmiError } from '../../errors.ts';
import type { Retries } from '../../index.ts';
import { UsageError } from '../args.ts';
import { readLine } from '../grammar.ts';
import { RAW_GRAMMAR, parseRaw, parseRetries } from './raw.ts';

/** Longer than a raw command with all the data a frame takes, and whatever stands around it. */
const LINE_CHARS_MAX = 65_536;

/** `raw`, network function and command. */
const PLAIN_LINE_WORDS = 3;

/** One command and where it stands. */
export interface ExecLine {
  /** From 1, comments and blank lines included. */
  readonly number: number;
  readonly request: Request;
  readonly retries: Retries;
}

const COMMANDS = { raw: RAW_GRAMMAR } as const;

/** Reads a whole file; throws a `UsageError` that names the first line that is none. */
export function parseFile(name: string, text: string): readonly ExecLine[] {
  const lines: ExecLine[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    try {
      const parsed = parseLine(number, line);
      if (parsed !== undefined) lines.push(parsed);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${name}:${number}: ${error.message}`);
    }
  }
  return lines;
}

/** Reads one line; undefined where there is no command. */
export function parseLine(number: number, text: string): ExecLine | undefined {
  const comment = text.indexOf('#');
  const command = (comment === -1 ? text : text.slice(0, comment)).trim();
  if (command === '') return undefined;
  try {
    return parseCommand(number, command);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof IpmiError)) throw error;
    throw new UsageError(error.message);
  }
}

function parseCommand(number: number, command: string): ExecLine {
  const args = command.split(/\s+/);
  if (args[0] !== 'raw') throw new UsageError(`"${args[0] ?? ''}" is not raw, all that exec knows`);
  // Most lines have no option, and the parser costs more than all the rest of a line.
  if (args.length >= PLAIN_LINE_WORDS && !command.includes('-')) {
    return { number, request: parseRaw(args.slice(1), '0'), retries: 'safe' };
  }
  const line = readLine(args, {}, COMMANDS);
  if (line.kind !== 'command') throw new UsageError('--help and --version are not for exec');
  const { lun, retries } = line.values;
  return {
    number,
    request: parseRaw(line.words, String(lun)),
    retries: parseRetries(retries as undefined),
  };
}

/** Puts lines together from the pieces in which they come. */
export class LineSplitter {
  #rest = '';

  /** The lines that end in this piece. */
  take(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LINE_CHARS_MAX) {
      throw new UsageError(`a line is longer than ${LINE_CHARS_MAX} characters`);
    }
    return lines;
  }

  /** What stands behind the last newline. */
  end(): string {
    return this.#rest;
  }
}
