/**
 * Reads a command line with commander, from the specifications of the commands. Nothing is run and
 * nothing is printed here: the caller does both, so that all output goes one way.
 */

import { Command, CommanderError, Option } from 'commander';

import { UsageError } from './args.ts';
import { flagOf } from './format.ts';
import { helpTail } from './help-tail.ts';
import type { Grammar, OptionSpec, OptionSpecs, Tree, Values } from './spec.ts';

/** Width of the help, the same on every terminal and in every pipe. */
const COLUMNS = 80;

/** A column narrower than this is not wrapped. */
const COLUMN_MIN = 20;

const HELP = '--help';

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
  if (spec !== undefined) return readCommand(tree, spec, others);
  // Every option behind an unknown command would be a second mistake.
  const program = build(tree, tree.commands);
  const read = parse(program, word === undefined ? others : [word]);
  if (read === undefined) throw new Error('bug: a program has taken a line without a command');
  return read;
}

/** Returns a parser of lines that hold the arguments and options of one command. */
export function wordsParser<Specs extends OptionSpecs>(
  spec: Grammar<Specs>,
): (args: readonly string[]) => Words<Specs> {
  const program = silent(new Command(spec.name).helpOption(false));
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
  printed: string;
}

function silent(command: Command): Silent {
  const program = { command, printed: '' };
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
  const program = silent(new Command(tree.name));
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
    throw usageError(error);
  }
}

/** Says in one line what commander says in two. */
function usageError({ message }: CommanderError): UsageError {
  const suggestion = /\n\(Did you mean (.*)\?\)$/;
  return new UsageError(message.replace(/^error: /, '').replace(suggestion, '; did you mean $1?'));
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
