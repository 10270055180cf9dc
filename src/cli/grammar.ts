// LEAD SAYS STOP: own argument parser cannot land; read READ-ME-FROM-THE-LEAD.txt in this folder.
/**
 * How a command line is read: which command, its words, and its options. What there is stands in
 * tables (`program.ts`). A parser of more than is needed here takes longer to start than a command
 * takes, which is why this is our own.
 */

import { UsageError } from './args.ts';

/** An option; without `value` it is there or not. */
export interface OptionSpec {
  /** Stands for its value in the help. */
  readonly value?: string;
  readonly help: string;
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** What it is when it is not there. */
  readonly fallback?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What stands behind the command: `<one>`, `[or none]`, `[any number...]`. */
export interface WordSpec {
  readonly name: string;
  readonly help: string;
}

type Text<Spec extends OptionSpec> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : string;

/** The options as they stand on the command line. */
export type Values<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends { readonly value: string }
    ? Specs[Name] extends { readonly fallback: string }
      ? Text<Specs[Name]>
      : Text<Specs[Name]> | undefined
    : boolean;
};

/** What a command is run with: its own options, and those that every command takes. */
export interface Given<Specs extends OptionSpecs, Globals> {
  readonly words: readonly string[];
  readonly options: Values<Specs>;
  readonly globals: Globals;
}

export interface CommandSpec<Specs extends OptionSpecs, Globals> {
  readonly help: string;
  readonly words?: readonly WordSpec[];
  readonly options?: Specs;
  /** Stands at the end of its help. */
  readonly epilogue?: string;
  readonly run: (given: Given<Specs, Globals>) => Promise<number>;
}

/** A command of which only the grammar is to be known. */
export type AnyCommand = Omit<CommandSpec<OptionSpecs, never>, 'run'>;

/** A command line, read. */
export type Line<Name extends string> =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly of: Name | undefined }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'command';
      readonly name: Name;
      readonly words: readonly string[];
      readonly values: Readonly<Record<string, string | boolean | undefined>>;
    };

/** Options that need no row in a table of the caller. */
export const HELP_OPTIONS = {
  version: { help: 'output the version number' },
  help: { help: 'display help' },
} as const;

const SHORT: Readonly<Record<string, string>> = { '-V': 'version', '-h': 'help' };

type Token =
  | { readonly kind: 'word'; readonly value: string }
  | {
      readonly kind: 'option';
      readonly name: string;
      /** As it stands on the command line. */
      readonly rawName: string;
      readonly value: string | undefined;
    };

/** Reads a command line; throws a {@link UsageError} for what is wrong with it. */
export function readLine<Name extends string>(
  args: readonly string[],
  globals: OptionSpecs,
  commands: Readonly<Record<Name, AnyCommand>>,
): Line<Name> {
  const all = Object.values<AnyCommand>(commands).map(({ options = {} }) => options);
  const tokens = tokensOf(args, Object.assign({}, globals, HELP_OPTIONS, ...all) as OptionSpecs);
  const [word, ...words] = tokens.flatMap((token) => (token.kind === 'word' ? [token.value] : []));
  const isAsked = (name: string): boolean =>
    tokens.some((token) => token.kind === 'option' && token.name === name);
  if (isAsked('version')) return { kind: 'version' };
  if (word === 'help') return { kind: 'help', of: nameOf(words[0], commands) };
  const name = nameOf(word, commands);
  if (isAsked('help')) return { kind: 'help', of: name };

  const specs = { ...globals, ...(name === undefined ? {} : commands[name].options) };
  const values = valuesOf(tokens, specs);
  if (name === undefined) return { kind: 'nothing' };
  checkWords(name, words, commands[name].words ?? []);
  return { kind: 'command', name, words, values };
}

/** Takes a command line apart: `--name value`, `--name=value`, `-h`, `-V`, and words. */
function tokensOf(args: readonly string[], specs: OptionSpecs): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return [...tokens, ...args.slice(at + 1).map(wordToken)];
    // A lone dash stands for standard input, and no option is a number.
    if (!arg.startsWith('-') || /^-\d*$/.test(arg)) {
      tokens.push(wordToken(arg));
      continue;
    }
    const [, rawName = arg, inline] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
    const name = SHORT[rawName] ?? rawName.replace(/^--/, '');
    const takesNext =
      inline === undefined && Object.hasOwn(specs, name) && specs[name]?.value !== undefined;
    if (takesNext) at += 1;
    tokens.push({ kind: 'option', name, rawName, value: takesNext ? args[at] : inline });
  }
  return tokens;
}

function wordToken(value: string): Token {
  return { kind: 'word', value };
}

function nameOf<Name extends string>(
  word: string | undefined,
  commands: Readonly<Record<Name, AnyCommand>>,
): Name | undefined {
  if (word === undefined) return undefined;
  if (!Object.hasOwn(commands, word)) throw new UsageError(`unknown command '${word}'`);
  return word as Name;
}

function valuesOf(
  tokens: readonly Token[],
  specs: OptionSpecs,
): Record<string, string | boolean | undefined> {
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, { value, fallback }] of Object.entries(specs)) {
    values[name] = value === undefined ? false : fallback;
  }
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName } = token;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw new UsageError(`unknown option '${rawName}'`);
    values[name] = valueOf(rawName, token.value, spec);
  }
  return values;
}

function valueOf(
  rawName: string,
  text: string | undefined,
  { value, choices }: OptionSpec,
): string | true {
  if (value === undefined && text === undefined) return true;
  if (value === undefined) throw new UsageError(`${rawName} takes no value`);
  if (text === undefined) throw new UsageError(`${rawName} needs its <${value}>`);
  if (choices === undefined || choices.includes(text)) return text;
  throw new UsageError(`${rawName} "${text}" is not one of ${choices.join(', ')}`);
}

function checkWords(name: string, words: readonly string[], specs: readonly WordSpec[]): void {
  const missing = specs.find((spec, at) => spec.name.startsWith('<') && words[at] === undefined);
  if (missing !== undefined) {
    throw new UsageError(`missing required argument '${missing.name.slice(1, -1)}'`);
  }
  if (words.length <= specs.length || specs.at(-1)?.name.endsWith('...]') === true) return;
  const most = `${specs.length} argument${specs.length === 1 ? '' : 's'}`;
  throw new UsageError(`too many arguments for '${name}': ${words.length}; it takes ${most}`);
}
