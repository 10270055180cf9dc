/**
 * Reads a command line with commander, from the specifications of the commands. Nothing is run and
 * nothing is printed here: the caller does both, so that all output goes one way.
 */

import { Command, CommanderError, Option } from 'commander';

import { UsageError } from './args.ts';
import { flagOf } from './format.ts';
import { helpTail } from './help-tail.ts';
import { commandHint, optionHint, sameInLowerCase } from './hints.ts';
import type { Grammar, OptionSpec, OptionSpecs, Tree, Values } from './spec.ts';

/** Width of the help, the same on every terminal and in every pipe. */
const COLUMNS = 80;

/** A column narrower than this is not wrapped. */
const COLUMN_MIN = 20;

const HELP = '--help';

/** Options of commander's own. */
const OWN_FLAGS = [HELP, '-h', '--version', '-V'];

/** A command line that was read, and is to be run. */
export interface CommandLine<Spec> {
  readonly kind: 'command';
  readonly command: Spec;
  readonly words: readonly string[];
  readonly options: Values<OptionSpecs>;
  readonly globals: Values<OptionSpecs>;
}

/** The text that was asked for with `--help`, `help` or `--version`. */
interface AskedText {
  readonly kind: 'text';
  readonly text: string;
}

/** A command line without a command, and the help of the program. */
interface NoCommand {
  readonly kind: 'nothing';
  readonly help: string;
}

/** A command line that was read. */
export type Line<Spec> = AskedText | NoCommand | CommandLine<Spec>;

/** Arguments and options without a command in front of them. */
export interface Words<Specs extends OptionSpecs> {
  readonly words: readonly string[];
  readonly options: Values<Specs>;
}

/** Reads a command line; throws a {@link UsageError} for a mistake in it. */
export function readLine<Spec extends Grammar>(
  tree: Tree<Spec>,
  args: readonly string[],
): Line<Spec> {
  const at = commandAt(args, tree);
  const word = at === undefined ? undefined : args[at];
  const others = args.filter((_, index) => index !== at);
  if (word === 'help') return readLine(tree, [HELP, ...others]);
  const spec = tree.commands.find(({ name }) => name === word);
  const isHidden = spec?.hidesWords === true;
  checkOptions(tree, spec === undefined || isHidden ? args.slice(0, at) : others, spec);
  if (spec !== undefined) return readCommand(tree, spec, others);
  if (word !== undefined) throw commandError(tree, word);
  const read = parse(build(tree, tree.commands), others);
  if (read === undefined) throw new Error('bug: a program has taken a line without a command');
  return read;
}

/** Returns a parser of lines that hold the arguments and options of one command. */
export function wordsParser<Specs extends OptionSpecs>(
  spec: Grammar<Specs>,
): (args: readonly string[]) => Words<Specs> {
  const program = silent(new Command(spec.name).helpOption(false), hiderOf([spec]));
  const { command } = program;
  fill(command, spec);
  return (args) => {
    parse(program, args);
    return { words: command.args, options: valuesOf(command, spec.options) as Values<Specs> };
  };
}

/** Finds the command's word, which may stand behind options, its own ones included. */
function commandAt(args: readonly string[], tree: Tree): number | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return at + 1 < args.length ? at + 1 : undefined;
    if (!arg.startsWith('-') || arg === '-') return at;
    if (takesNext(arg, tree)) at += 1;
  }
  return undefined;
}

/** True for an option whose value is the next word, whichever command it belongs to. */
function takesNext(arg: string, { options, commands }: Tree): boolean {
  const specs = [options, ...commands.map((command) => command.options)];
  return specs.some((some = {}) =>
    Object.entries(some).some(([name, { value }]) => value !== undefined && flagOf(name) === arg),
  );
}

/**
 * Refuses the first word that looks like an option and is none; its value would be taken for a
 * command or an argument. Where the command is not known, its options may be those of any.
 */
function checkOptions(tree: Tree, args: readonly string[], spec: Grammar | undefined): void {
  const flags = flagsOf([tree, ...(spec === undefined ? tree.commands : [spec])]);
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return;
    const isOption = arg.startsWith('-') && arg !== '-';
    if (isOption && !OWN_FLAGS.includes(arg) && !flags.includes(nameOf(arg))) {
      throw optionError(arg, flags);
    }
    if (takesNext(arg, tree)) at += 1;
  }
}

/** An option without the value that may follow an equals sign. */
function nameOf(option: string): string {
  return option.split('=', 1).join('');
}

/** The part of a word that may be told: its value can be a password, which `-Pword` has at once. */
function shownOf(option: string): string {
  return option.startsWith('--') ? nameOf(option) : option.slice(0, 2);
}

function flagsOf(specs: readonly Grammar[]): readonly string[] {
  return specs.flatMap(({ options = {} }) => Object.keys(options).map(flagOf));
}

function optionError(option: string, flags: readonly string[]): UsageError {
  const name = nameOf(option);
  const flag = name.startsWith('--') ? name : `-${name}`;
  const hint = flags.includes(flag) ? undefined : optionHint(option);
  if (hint !== undefined) return new UsageError(`unknown option '${shownOf(option)}': ${hint}`);
  // One dash too few: the name is known, and no secret.
  if (flags.includes(flag)) return new UsageError(`unknown option '${name}'${didYouMean(flag)}`);
  const meant = didYouMean(suggestedFlag(flag, flags));
  return new UsageError(`unknown option '${shownOf(option)}'${meant}`);
}

/** Explains a word that is no command. Every option behind it would be a second mistake. */
function commandError(tree: Tree, word: string): UsageError {
  const hint = commandHint(tree, word);
  if (hint !== undefined) return new UsageError(`unknown command '${word}': ${hint}`);
  const lower = sameInLowerCase(tree, word);
  if (lower !== undefined) return new UsageError(`unknown command '${word}'${didYouMean(lower)}`);
  return failureOf(build(tree, tree.commands), [word]);
}

/** A suggestion behind the words of a mistake, or nothing. */
export function didYouMean(word: string | undefined): string {
  return word === undefined ? '' : `; did you mean ${word}?`;
}

/** The word of `known` that was meant, if one is like it. */
export function suggested(word: string, known: readonly string[]): string | undefined {
  if (word === '') return undefined;
  return suggestedFlag(
    `--${word}`,
    known.map((one) => `--${one}`),
  )?.slice(2);
}

/** The option that commander takes for the one that was meant. */
function suggestedFlag(flag: string, flags: readonly string[]): string | undefined {
  const program = silent(new Command('any').helpOption(false));
  for (const one of new Set(flags)) program.command.addOption(new Option(one));
  const [, meant] = /did you mean (.*)\?$/.exec(failureOf(program, [flag]).message) ?? [];
  return meant;
}

/** The error of commander for words that it does not take. */
function failureOf(program: Silent, args: readonly string[]): UsageError {
  try {
    parse(program, args);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`bug: ${args.join(' ')} was taken`);
}

/** Builds the command that is named and no other: building takes most of commander's time. */
function readCommand<Spec extends Grammar>(
  tree: Tree<Spec>,
  spec: Spec,
  others: readonly string[],
): Line<Spec> {
  const program = build(tree, [spec]);
  const asked = parse(program, [spec.name, ...others]);
  if (asked !== undefined) return asked;
  const [command = program.command] = program.command.commands;
  return {
    kind: 'command',
    command: spec,
    words: command.args,
    options: valuesOf(command, spec.options),
    globals: valuesOf(program.command, tree.options),
  };
}

/** A command of commander's, and what it has printed. */
interface Silent {
  readonly command: Command;
  /** The command whose words no error quotes. */
  readonly hidesWords: string | undefined;
  printed: string;
}

function silent(command: Command, hidesWords?: string): Silent {
  const program = { command, hidesWords, printed: '' };
  const write = (text: string): void => {
    program.printed += text;
  };
  command.exitOverride().configureOutput({
    writeOut: write,
    writeErr: write,
    // The message of the error is told by the caller.
    outputError: () => undefined,
    getOutHelpWidth: () => COLUMNS,
    getErrHelpWidth: () => COLUMNS,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  command.configureHelp({ minWidthToWrap: COLUMN_MIN, subcommandTerm });
  return program;
}

/** The one command that is read, if it hides its words. */
function hiderOf([spec, ...others]: readonly Grammar[]): string | undefined {
  return spec?.hidesWords === true && others.length === 0 ? spec.name : undefined;
}

/** A command as the list of commands shows it: with its arguments, as most have options. */
function subcommandTerm(command: Command): string {
  return `${command.name()} ${command.usage()}`.replace(' [options]', '');
}

function build(tree: Tree, specs: readonly Grammar[]): Silent {
  const program = silent(new Command(tree.name), hiderOf(specs));
  const { command } = program;
  command.version(tree.version, '-V, --version', 'print the version');
  fill(command, tree);
  command.usage('[options] <command>');
  // A child inherits from its parent where it prints, and that it throws instead of exiting.
  for (const spec of specs) {
    const child = command.command(spec.name);
    child.action(() => undefined);
    fill(child, spec);
  }
  return program;
}

function fill(command: Command, spec: Grammar): void {
  command.description(spec.help);
  for (const { name, help } of spec.words ?? []) command.argument(name, help);
  for (const [name, option] of Object.entries(spec.options ?? {})) {
    command.addOption(optionOf(name, option));
  }
  command.addHelpText('after', () => helpTail(spec));
}

function optionOf(name: string, { value, help, choices, fallback }: OptionSpec): Option {
  const flag = flagOf(name);
  const option = new Option(value === undefined ? flag : `${flag} <${value}>`, help);
  if (choices !== undefined) option.choices(choices);
  if (fallback !== undefined) option.default(fallback, fallback);
  return option;
}

/** Parses `args`; returns the text that was asked for, if any. */
function parse(program: Silent, args: readonly string[]): AskedText | NoCommand | undefined {
  try {
    program.command.parse(args, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: program.printed };
    // The one help that was not asked for.
    if (error.code === 'commander.help') return { kind: 'nothing', help: program.printed };
    const { hidesWords: name } = program;
    throw name === undefined ? usageError(error) : wordlessError(error, name, args);
  }
}

/** An unknown command that could be a misspelt name, in the words of commander. */
const NAME = /^error: unknown command '[a-z-]{0,20}'/i;

/** Says in one line what commander says in two. */
function usageError({ code, message }: CommanderError): UsageError {
  // A whole line in quotation marks, with the password in it, is no name of a command.
  if (code === 'commander.unknownCommand' && !NAME.test(message)) {
    return new UsageError('the first word is not the name of a command');
  }
  // No value is quoted: it may be a password that was meant for another option.
  const [, flag] = /^error: unknown option '(--[^=]*)=/.exec(message) ?? [];
  if (flag !== undefined) return new UsageError(`option '${flag}' takes no value`);
  const choices = /^error: (option '--.*?') argument .* is invalid\. Allowed choices are (.*)\.$/s;
  const [, option, known] = choices.exec(message) ?? [];
  if (option !== undefined) return new UsageError(`${option} takes one of: ${known ?? ''}`);
  const suggestion = /\n\(Did you mean (.*)\?\)$/;
  return new UsageError(message.replace(/^error: /, '').replace(suggestion, '; did you mean $1?'));
}

/** Errors of commander that name arguments and options of the command, and no word of the line. */
const WORDLESS = [
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.optionMissingArgument',
  'commander.excessArguments',
];

/** Says which word is wrong by its position, or by its option, and does not quote it. */
function wordlessError(error: CommanderError, name: string, args: readonly string[]): UsageError {
  if (WORDLESS.includes(error.code)) return usageError(error);
  const [, option] = /^error: option '(--[\w-]+)[^']*' argument /.exec(error.message) ?? [];
  if (option !== undefined) return new UsageError(`${option} has a value that it does not take`);
  const [, word] = /^error: unknown option '(.*?)'(\n|$)/s.exec(error.message) ?? [];
  const others = args[0] === name ? args.slice(1) : args;
  const at = others.findIndex((arg) => arg === word || arg.split('=', 1)[0] === word);
  const which = at === -1 ? 'one of the words' : `word ${at + 1}`;
  const text = `${which}, not counting ${name}, is an option that there is not`;
  const hint = optionHint(word ?? '');
  if (hint !== undefined) return new UsageError(`${text}: ${hint}`);
  const [, meant] = /\(Did you mean (.*)\?\)$/.exec(error.message) ?? [];
  return new UsageError(`${text}${didYouMean(meant)}`);
}

function valuesOf(command: Command, specs: OptionSpecs = {}): Values<OptionSpecs> {
  const given = command.opts<Record<string, string | boolean | undefined>>();
  const names = Object.entries(specs);
  return Object.fromEntries(
    names.map(([name, { value }]) => [
      name,
      given[name] ?? (value === undefined ? false : undefined),
    ]),
  ) as Values<OptionSpecs>;
}
