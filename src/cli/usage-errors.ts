/**
 * Errors of commander as the command line tells them: in one line, and without a word that may be a
 * secret.
 */

import type { CommanderError } from 'commander';

import { UsageError, inCommand } from './args.ts';
import { flagOf } from './format.ts';
import { optionHint } from './hints.ts';
import type { Grammar } from './spec.ts';

/** The end of an error that names the word which was probably meant. */
export function didYouMean(word: string | undefined): string {
  return word === undefined ? '' : `; did you mean ${word}?`;
}

/** An unknown command that could be a misspelt name, in the words of commander. */
export const NAME = /^error: unknown command '[a-z-]{0,20}'/i;

/** Reads something; a mistake in it is told with the help of that name. */
export function inHelpOf<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw inCommand(error, name);
  }
}

/** A command with more options is not told with them. */
const OPTIONS_MAX = 8;

/** Says which arguments a command takes, and which options. */
function usageOf({ name, words = [], options = {} }: Grammar): string {
  const taken = words.length === 0 ? 'no arguments' : words.map((word) => word.name).join(' ');
  const flags = Object.entries(options).map(([option, { value }]) =>
    value === undefined ? flagOf(option) : `${flagOf(option)} <${value}>`,
  );
  const isShort = flags.length > 0 && flags.length <= OPTIONS_MAX;
  return `${name} takes ${taken}${isShort ? `, and the options ${flags.join(', ')}` : ''}`;
}

/** Says in one line what commander says in two. */
export function usageError({ code, message }: CommanderError, spec?: Grammar): UsageError {
  if (spec !== undefined && code === 'commander.excessArguments') {
    return new UsageError(`too many arguments: ${usageOf(spec)}`);
  }
  if (spec !== undefined && code === 'commander.missingArgument') {
    return new UsageError(`${message.replace(/^error: /, '')}: ${usageOf(spec)}`);
  }
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
export function wordlessError(
  error: CommanderError,
  spec: Grammar,
  args: readonly string[],
): UsageError {
  const { name } = spec;
  if (WORDLESS.includes(error.code)) return usageError(error, spec);
  const [, option] = /^error: option '(--[\w-]+)[^']*' argument /.exec(error.message) ?? [];
  if (option !== undefined) return new UsageError(`${option} has a value that it does not take`);
  const [, word] = /^error: unknown option '(.*?)'(\n|$)/s.exec(error.message) ?? [];
  const names = name.split(' ');
  const isNamed = names.every((part, at) => args[at] === part);
  const others = isNamed ? args.slice(names.length) : args;
  const at = others.findIndex((arg) => arg === word || arg.split('=', 1)[0] === word);
  const which = at === -1 ? 'one of the words' : `word ${at + 1}`;
  const text = `${which}, not counting ${name}, is an option that there is not`;
  const hint = optionHint(word ?? '');
  if (hint !== undefined) return new UsageError(`${text}: ${hint}`);
  const [, meant] = /\(Did you mean (.*)\?\)$/.exec(error.message) ?? [];
  return new UsageError(`${text}${didYouMean(meant)}`);
}
