/**
 * Reads a command line with commander, from the specifications of the commands. Nothing is run and
 * nothing is printed here: the caller does both, so that all output goes one way.
 */

import { Command, CommanderError, Option } from 'commander';

import { shownName } from '../shown.ts';
import { UsageError, inCommand } from './args.ts';
import { flagOf } from './format.ts';
import { helpTail } from './help-tail.ts';
import { actionHint, commandHint, optionHint, sameInLowerCase } from './hints.ts';
import { actionsOf, actionsText, commandAt, commandNamed, commandsOf } from './lookup.ts';
import { familyOf, takesNext } from './lookup.ts';
import { NAME, didYouMean, inHelpOf, usageError, wordlessError } from './usage-errors.ts';
import type { Grammar, OptionSpec, OptionSpecs, Tree, Values } from './spec.ts';

/** Width of the help, the same on every terminal and in every pipe. */
const COLUMNS = 80;

/** A column narrower than this is not wrapped. */
const COLUMN_MIN = 20;

const HELP = '--help';

/** The options that ask for the version. */
export const VERSION_FLAGS: readonly string[] = ['--version', '-V'];

/** With one of them: all that is known of the program and its host. */
export const VERBOSE_FLAG = '--verbose';

/** The command that is run then. */
const VERSION_COMMAND = 'version';

/** Options of commander's own. */
const OWN_FLAGS = [HELP, '-h', ...VERSION_FLAGS];

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
  if (word === undefined && asksForAll(args)) {
    const asked = [...VERSION_FLAGS, VERBOSE_FLAG];
    return readLine(tree, [VERSION_COMMAND, ...args.filter((arg) => !asked.includes(arg))]);
  }
  const spec = commandNamed(tree, word);
  const others =
    spec?.takesRest === true
      ? [...args.slice(0, at), '--', ...args.slice((at ?? 0) + 1)]
      : args.filter((_, index) => index !== at);
  if (word === 'help') return readLine(tree, [HELP, ...others]);
  if (at !== undefined && familyOf(tree, word) !== undefined) return readFamily(tree, args, at);
  const first = args.slice(0, at);
  if (spec !== undefined) {
    return readCommand(tree, spec, { others, checked: spec.hidesWords === true ? first : others });
  }
  checkOptions(tree, first, spec);
  if (word !== undefined) throw commandError(tree, word);
  const read = parse(build(tree, tree.commands), others);
  if (read === undefined) throw new Error('bug: a program has taken a line without a command');
  return read;
}

/** True for `--version --verbose`. */
function asksForAll(args: readonly string[]): boolean {
  return args.includes(VERBOSE_FLAG) && VERSION_FLAGS.some((flag) => args.includes(flag));
}

/** Reads a line whose first word is the name of a family; the next one says which command. */
function readFamily<Spec extends Grammar>(
  tree: Tree<Spec>,
  args: readonly string[],
  at: number,
): Line<Spec> {
  // What stands in front may be an option of another tool, and the word its value.
  checkOptions(tree, args.slice(0, at), undefined);
  const family = args[at] ?? '';
  const actionAt = commandAt(args, tree, at + 1);
  const action = actionAt === undefined ? undefined : args[actionAt];
  const others = args.filter((_, index) => index !== at && index !== actionAt);
  const spec = commandNamed(tree, `${family} ${action ?? ''}`);
  if (spec !== undefined) return readCommand(tree, spec, { others, checked: others });
  if (action === undefined && others.some((word) => word === HELP || word === '-h')) {
    const asked = parse(build(tree, commandsOf(tree, family)), [family, HELP]);
    if (asked !== undefined) return asked;
  }
  throw inCommand(actionError(tree, family, action), family);
}

/** The action is missing, or there is none of that name. */
function actionError(tree: Tree, family: string, action: string | undefined): UsageError {
  const known = actionsText(tree, family);
  if (action === undefined) return new UsageError(known);
  const instead = actionHint(family, action);
  if (instead !== undefined) return new UsageError(`unknown action '${action}': ${instead}`);
  const meant = suggested(action, actionsOf(tree, family));
  const hint = didYouMean(meant === undefined ? undefined : `${family} ${meant}`);
  const shown = NAME.test(`error: unknown command '${action}'`) ? ` '${action}'` : '';
  return new UsageError(`unknown action${shown}${hint === '' ? `: ${known}` : hint}`);
}

/** Returns a parser of lines that hold the arguments and options of one command. */
export function wordsParser<Specs extends OptionSpecs>(
  spec: Grammar<Specs>,
): (args: readonly string[]) => Words<Specs> {
  const program = silent(new Command(spec.name).helpOption(false), spec);
  const { command } = program;
  fill(command, spec);
  return (args) => {
    parse(program, args);
    return { words: command.args, options: valuesOf(command, spec.options) as Values<Specs> };
  };
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
  return shownName(option.startsWith('--') ? nameOf(option) : option.slice(0, 2));
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
  const said = /did you mean (?:one of )?([^,]*).*\?$/.exec(failureOf(program, [flag]).message);
  return said?.[1];
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

/** The words of a line but for the command, and those of them whose options are checked. */
interface Others {
  readonly others: readonly string[];
  readonly checked: readonly string[];
}

/** Reads the words of a command; a mistake in them points to its help. */
function readCommand<Spec extends Grammar>(
  tree: Tree<Spec>,
  spec: Spec,
  { others, checked }: Others,
): Line<Spec> {
  return inHelpOf(spec.name, () => {
    checkOptions(tree, checked, spec);
    return readWith(tree, spec, others);
  });
}

/** Builds the command that is named and no other: building takes most of commander's time. */
function readWith<Spec extends Grammar>(
  tree: Tree<Spec>,
  spec: Spec,
  others: readonly string[],
): Line<Spec> {
  const program = build(tree, [spec]);
  const names = spec.name.split(' ');
  const asked = parse(program, [...names, ...others]);
  if (asked !== undefined) return asked;
  const command = names.reduce(childOf, program.command);
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
  /** The one command that is read; undefined where it is any of several. */
  readonly spec: Grammar | undefined;
  printed: string;
}

function silent(command: Command, spec?: Grammar): Silent {
  const program = { command, spec, printed: '' };
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

/** A command as the list of commands shows it: with its arguments, as most have options. */
function subcommandTerm(command: Command): string {
  return `${command.name()} ${command.usage()}`.replace(' [options]', '');
}

function build(tree: Tree, specs: readonly Grammar[]): Silent {
  const [only, ...more] = specs;
  const program = silent(new Command(tree.name), more.length === 0 ? only : undefined);
  const { command } = program;
  command.version(
    tree.version,
    '-V, --version',
    'print the version; with --verbose all that is known',
  );
  fill(command, tree);
  command.usage('[options] <command>');
  // A child inherits from its parent where it prints, and that it throws instead of exiting.
  for (const spec of specs) {
    const [family = '', action] = spec.name.split(' ');
    const parent = action === undefined ? command : familyCommand(command, tree, family);
    const child = parent.command(action ?? family);
    child.action(() => undefined);
    fill(child, spec);
  }
  return program;
}

/** The command of commander's that holds those of a family, made when there is none yet. */
function familyCommand(program: Command, tree: Tree, name: string): Command {
  const known = program.commands.find((one) => one.name() === name);
  if (known !== undefined) return known;
  const made = program.command(name).helpCommand(false);
  return made.description(familyOf(tree, name)?.help ?? '').usage('<action>');
}

function childOf(parent: Command, name: string): Command {
  return parent.commands.find((one) => one.name() === name) ?? parent;
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
    const { spec } = program;
    const isHidden = spec?.hidesWords === true;
    throw isHidden ? wordlessError(error, spec, args) : usageError(error, spec);
  }
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
