/**
 * Reads the lines of `ipmi-bt exec`: each is a `raw` command as it follows `ipmi-bt` in a shell, as
 * in the scripts of `ipmitool exec`.
 */

import { IpmiError } from '../../errors.ts';
import type { Retries } from '../../index.ts';
import type { Request } from '../../ipmi/message.ts';
import { UsageError } from '../args.ts';
import { rawForms } from '../hints.ts';
import { wordsParser } from '../parser.ts';
import { RAW_COMMAND, parseRaw, parseRetries } from './raw.ts';

/** Longer than a raw command with all the data a frame takes, and a long comment. */
const LINE_CHARS_MAX = 65_536;

/** Most lines of a file, which are all kept until the last was checked: some 300 MB. */
const LINES_MAX = 1_000_000;

/** Words of the shortest line: `raw`, network function and command. */
const PLAIN_LINE_WORDS = 3;

/** One command and where it stands. */
export interface ExecLine {
  /** From 1, comments and blank lines included. */
  readonly number: number;
  readonly request: Request;
  readonly retries: Retries;
}

/** Made at the first line with an option: most files have none. */
let parseWords: ReturnType<typeof wordsParser<NonNullable<typeof RAW_COMMAND.options>>> | undefined;

/** Reads a whole file; throws a `UsageError` that names the first line that is wrong. */
export function parseFile(name: string, text: string): readonly ExecLine[] {
  const script = new Script(name);
  script.take(text);
  return script.end();
}

/** The lines of a file that is read in pieces. */
export class Script {
  readonly #name: string;
  readonly #splitter = new LineSplitter();
  readonly #lines: ExecLine[] = [];
  #number = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Reads the lines that end in this piece; throws a `UsageError` that names a wrong one. */
  take(piece: string): void {
    for (const line of this.#splitter.take(piece)) this.#read(line);
  }

  /** Reads what follows the last newline, and returns all lines; throws as above. */
  end(): readonly ExecLine[] {
    this.#read(this.#splitter.end());
    return this.#lines;
  }

  #read(text: string): void {
    this.#number += 1;
    try {
      if (this.#number > LINES_MAX) {
        throw new UsageError(`a file has at most ${LINES_MAX} lines; exec - has no limit`);
      }
      const line = parseLine(this.#number, text);
      if (line !== undefined) this.#lines.push(line);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${this.#name}:${this.#number}: ${error.message}`);
    }
  }
}

/** Reads one line; undefined where there is no command. */
export function parseLine(number: number, text: string): ExecLine | undefined {
  if (text.length > LINE_CHARS_MAX) {
    throw new UsageError(`the line is longer than ${LINE_CHARS_MAX} characters`);
  }
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

/** A word in double quotes, in single quotes, or without; the end of a line ends a quote, too. */
const WORD = /\s*(?:"([^"]*)(?:"|$)|'([^']*)(?:'|$)|([^\s"']+))(?=\s|$)/y;

/** Splits a line into words, as ipmitool does: a quote stands around a whole word. */
function splitWords(command: string): readonly string[] {
  if (!/["']/.test(command)) return command.split(/\s+/);
  const words: string[] = [];
  WORD.lastIndex = 0;
  for (let start = 0; start < command.length; start = WORD.lastIndex) {
    const match = WORD.exec(command);
    if (match === null) {
      const which = `word ${words.length + 1} has a quote inside`;
      throw new UsageError(`${which}: quote whole words, or none`);
    }
    words.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return words;
}

function parseCommand(number: number, command: string): ExecLine {
  const args = splitWords(command);
  const [first = ''] = args;
  if (first !== 'raw') {
    // A word is quoted only if it is one of ipmitool's: another may be part of a secret.
    const forms = rawForms(first);
    if (forms.length === 0) {
      throw new UsageError('the line does not begin with raw: exec takes only raw commands');
    }
    const instead = `such as ${forms.join(', ')}`;
    throw new UsageError(
      `"${first}" cannot be used here: exec takes only raw commands, ${instead}`,
    );
  }
  // Most lines have no option, and the parser costs more than all the rest of a line.
  if (args.length >= PLAIN_LINE_WORDS && !command.includes('-')) {
    return { number, request: parseRaw(args.slice(1), '0'), retries: 'safe' };
  }
  parseWords ??= wordsParser(RAW_COMMAND);
  const { words, options } = parseWords(args.slice(1));
  return {
    number,
    request: parseRaw(words, options.lun),
    retries: parseRetries(options.retries),
  };
}

/**
 * Joins lines from the pieces in which they arrive. A line that is too long is cut off behind the
 * limit, so that {@link parseLine} refuses it and input without a newline takes no memory.
 */
export class LineSplitter {
  #rest = '';
  /** The rest belongs to a line that was refused already. */
  #isCutOff = false;

  /** The lines that end in this piece. */
  take(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#isCutOff && lines.length > 0) {
      lines.shift();
      this.#isCutOff = false;
    }
    if (this.#rest.length > LINE_CHARS_MAX) {
      if (!this.#isCutOff) lines.push(this.#rest);
      this.#isCutOff = true;
      this.#rest = '';
    }
    return lines;
  }

  /** The text that follows the last newline. */
  end(): string {
    return this.#isCutOff ? '' : this.#rest;
  }
}
