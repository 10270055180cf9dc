/**
 * Reads the lines of `ipmi-bt exec`: each is a command as it follows `ipmi-bt` in a shell, as in
 * the scripts of `ipmitool exec`. Most lines of most scripts are `raw` commands, which are read
 * without the parser; all others are read by it, from the specifications of the command line.
 */

import { IpmiError } from '../../errors.ts';
import type { Retries } from '../../index.ts';
import type { Request } from '../../ipmi/message.ts';
import { UsageError, inCommand } from '../args.ts';
import type { AnyCommand } from '../globals.ts';
import { commandHint } from '../hints.ts';
import { actionsText, commandNamed, familyOf } from '../lookup.ts';
import { wordsParser } from '../parser.ts';
import type { OptionSpecs, Tree, Values } from '../spec.ts';
import { RAW_COMMAND, parseRaw, parseRetries } from './raw.ts';

/** Longer than a raw command with all the data a frame takes, and a long comment. */
const LINE_CHARS_MAX = 65_536;

/** Most lines of a file, which are all kept until the last was checked: some 300 MB. */
const LINES_MAX = 1_000_000;

/** Most lines that are no raw commands: each is begun before the first is sent, and keeps 10 KB. */
const OTHERS_MAX = 10_000;

/** Words of the shortest line: `raw`, network function and command. */
const PLAIN_LINE_WORDS = 3;

/** A raw command and where it stands. */
export interface RawLine {
  readonly kind: 'raw';
  /** From 1, comments and blank lines included. */
  readonly number: number;
  readonly request: Request;
  readonly retries: Retries;
}

/** Another command. */
export interface OtherLine {
  readonly kind: 'other';
  readonly number: number;
  readonly command: AnyCommand;
  readonly words: readonly string[];
  readonly options: Values<OptionSpecs>;
}

/** A line that does not begin with `raw`, for a program that has no other command. */
interface UnreadLine {
  readonly kind: 'unread';
  readonly number: number;
}

/** One command and where it stands. */
export type ExecLine = RawLine | OtherLine;

/** The commands that lines may have besides `raw`; undefined: they are left unread. */
export type Known = Tree<AnyCommand> | undefined;

type KnownLine<Of extends Known> = Of extends undefined ? RawLine | UnreadLine : ExecLine;

/** Made at the first line with an option: most files have none. */
let parseWords: ReturnType<typeof wordsParser<NonNullable<typeof RAW_COMMAND.options>>> | undefined;

/** The lines of a file that is read in pieces. */
export class Script<Of extends Known> {
  readonly #name: string;
  readonly #known: Of;
  readonly #splitter = new LineSplitter();
  readonly #lines: KnownLine<Of>[] = [];
  #number = 0;
  #others = 0;

  constructor(name: string, known: Of) {
    this.#name = name;
    this.#known = known;
  }

  /** The lines that were read so far. */
  get lines(): readonly KnownLine<Of>[] {
    return this.#lines;
  }

  /** Reads the lines that end in this piece; throws a `UsageError` that names a wrong one. */
  take(piece: string): void {
    for (const line of this.#splitter.take(piece)) this.#read(line);
  }

  /** Reads what follows the last newline; throws as above. */
  end(): void {
    this.#read(this.#splitter.end());
  }

  #read(text: string): void {
    this.#number += 1;
    try {
      if (this.#number > LINES_MAX) {
        throw new UsageError(`a file has at most ${LINES_MAX} lines; exec - has no limit`);
      }
      const line = parseLine(this.#number, text, this.#known);
      if (line === undefined) return;
      if (line.kind === 'other' && (this.#others += 1) > OTHERS_MAX) {
        const limit = `at most ${OTHERS_MAX} lines of a file are other commands than raw`;
        throw new UsageError(`${limit}; exec - has no limit`);
      }
      this.#lines.push(line);
    } catch (error) {
      throw placed(error, `${this.#name}:${this.#number}`);
    }
  }
}

/** The error of a wrong line with the place of the line; any other error as it is. */
export function placed(error: unknown, place: string): unknown {
  if (!(error instanceof UsageError)) return error;
  return new UsageError(`${place}: ${error.message}`, { help: error.help });
}

/** Reads one line; undefined where there is no command. */
export function parseLine<Of extends Known>(
  number: number,
  text: string,
  known: Of,
): KnownLine<Of> | undefined;
export function parseLine(
  number: number,
  text: string,
  known: Known,
): ExecLine | UnreadLine | undefined {
  if (text.length > LINE_CHARS_MAX) {
    throw new UsageError(`the line is longer than ${LINE_CHARS_MAX} characters`);
  }
  const command = withoutComment(text).trim();
  if (command === '') return undefined;
  try {
    const args = splitWords(command);
    if (args[0] === RAW_COMMAND.name) return parseRawLine(number, command, args);
    if (known === undefined) return { kind: 'unread', number };
    checkLastQuote(command, args);
    return parseOther(number, args, known);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof IpmiError)) throw error;
    const wrong = error instanceof UsageError ? error : new UsageError(error.message);
    const isRaw = /^["']?raw\b/.test(command);
    throw isRaw ? inCommand(wrong, RAW_COMMAND.name) : wrong;
  }
}

/** All that stands before a comment; a `#` in quotes is a part of its word. */
const BEFORE_COMMENT = /^(?:"[^"]*"|'[^']*'|[^#])*/;

function withoutComment(text: string): string {
  const comment = text.indexOf('#');
  if (comment === -1) return text;
  return BEFORE_COMMENT.exec(text)?.[0] ?? text;
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

/**
 * Refuses a quote without its end, which took all words behind it into its own. Lines of `raw`,
 * which ipmitool has as well, may end so.
 */
function checkLastQuote(command: string, words: readonly string[]): void {
  const last = words.at(-1) ?? '';
  const isOpen = (quote: string) =>
    command.endsWith(`${quote}${last}`) && !command.endsWith(`${quote}${last}${quote}`);
  if (isOpen('"') || isOpen("'"))
    throw new UsageError(`word ${words.length} begins with a quote that does not end`);
}

function parseRawLine(number: number, command: string, args: readonly string[]): RawLine {
  const kind = 'raw';
  // Most lines have no option, and the parser costs more than all the rest of a line.
  if (args.length >= PLAIN_LINE_WORDS && !command.includes('-')) {
    return { kind, number, request: parseRaw(args.slice(1), '0'), retries: 'safe' };
  }
  parseWords ??= wordsParser(RAW_COMMAND);
  const { words, options } = parseWords(args.slice(1));
  return {
    kind,
    number,
    request: parseRaw(words, options.lun),
    retries: parseRetries(options.retries),
  };
}

/** Parsers by the name of their command, made at its first line. */
const parsers = new Map<string, ReturnType<typeof wordsParser<OptionSpecs>>>();

/** Reads a line by the specification of its command. */
function parseOther(number: number, args: readonly string[], known: Tree<AnyCommand>): OtherLine {
  const command = commandOf(args, known);
  const { name, device } = command;
  if (device === 'own') {
    throw new UsageError(`${name} cannot be a line of a script: exec has the interface meanwhile`);
  }
  let parse = parsers.get(name);
  if (parse === undefined) {
    parse = wordsParser<OptionSpecs>({ ...command, hidesWords: true });
    parsers.set(name, parse);
  }
  const given = args.slice(name.split(' ').length);
  try {
    return { kind: 'other', number, command, ...parse(given) };
  } catch (error) {
    throw inCommand(error, name);
  }
}

/** The command that the line begins with. A word that is no name may be a part of a secret. */
function commandOf([first = '', second = '']: readonly string[], known: Tree<AnyCommand>) {
  const command = commandNamed(known, first) ?? commandNamed(known, `${first} ${second}`);
  if (command !== undefined) return command;
  if (familyOf(known, first) !== undefined) {
    throw new UsageError(actionsText(known, first), { help: `help ${first}` });
  }
  const hint = commandHint(known, first);
  if (hint !== undefined) throw new UsageError(`unknown command '${first}': ${hint}`);
  throw new UsageError('the line does not begin with the name of a command');
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
