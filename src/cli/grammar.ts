/**
 * How a command line is read: which command, its words, and its options. What there is stands in
 * tables (`program.ts`), and Node's own parser reads it.
 */

import { parseArgs } from 'node:util';

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

type ParserOptions = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

/** The same, as the parser knows them. */
const ASKED = {
  version: { type: 'boolean', short: 'V' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** An option as it stands on the command line. */
interface GivenOption {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

/** Reads a command line; throws a {@link UsageError} for what is wrong with it. */
export function readLine<Name extends string>(
  args: readonly string[],
  globals: OptionSpecs,
  commands: Readonly<Record<Name, AnyCommand>>,
): Line<Name> {
  // Which command it is says which options there are: so all of them at first.
  const all = Object.values<AnyCommand>(commands).map(({ options = {} }) => options);
  const { positionals, tokens } = parse(args, Object.assign({}, globals, ...all) as OptionSpecs);
  const [word, ...words] = positionals;
  const given = tokens.filter((token) => token.kind === 'option');
  const isAsked = (name: string): boolean => given.some((option) => option.name === name);
  if (isAsked('version')) return { kind: 'version' };
  if (word === 'help') return { kind: 'help', of: nameOf(words[0], commands) };
  const name = nameOf(word, commands);
  if (isAsked('help')) return { kind: 'help', of: name };

  const specs = { ...globals, ...(name === undefined ? {} : commands[name].options) };
  const values = valuesOf(given, specs);
  if (name === undefined) return { kind: 'nothing' };
  checkWords(name, words, commands[name].words ?? []);
  return { kind: 'command', name, words, values };
}

function parse(args: readonly string[], specs: OptionSpecs) {
  const options: ParserOptions = { ...ASKED };
  for (const [name, { value }] of Object.entries(specs)) {
    options[name] = { type: value === undefined ? 'boolean' : 'string' };
  }
  return parseArgs({ args: [...args], options, strict: false, tokens: true });
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
  given: readonly GivenOption[],
  specs: OptionSpecs,
): Record<string, string | boolean | undefined> {
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, { value, fallback }] of Object.entries(specs)) {
    values[name] = value === undefined ? false : fallback;
  }
  for (const { name, rawName, value } of given) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw new UsageError(`unknown option '${rawName}'`);
    values[name] = valueOf(rawName, value, spec);
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
