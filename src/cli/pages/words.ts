/**
 * The words that a shell can offer in each place of a command line, from the tree of commands. The
 * scripts of the shells are made of this, and need no other program when they run.
 */

import { flagOf } from '../format.ts';
import { actionsOf, commandsOf } from '../lookup.ts';
import { VERBOSE_FLAG, VERSION_FLAGS } from '../parser.ts';
import type { Grammar, OptionSpec, Tree, WordSpec } from '../spec.ts';

/** Placeholders of values and arguments that are files or folders. */
const PATHS: Readonly<Record<string, 'files' | 'folders'>> = {
  file: 'files',
  path: 'files',
  folder: 'folders',
};

/** The words for a place: files, folders, these names, or nothing that a shell could know. */
export type Offer =
  | { readonly kind: 'nothing' | 'files' | 'folders' }
  | { readonly kind: 'names'; readonly names: readonly string[] };

/** A name, and what it means. */
export interface Named {
  readonly name: string;
  readonly help: string;
}

/** An option by its flag; without a `value` it takes none. */
export interface OfferedOption extends Named {
  readonly value?: { readonly name: string; readonly offer: Offer };
}

/** An argument by its place. */
export interface OfferedWord extends Named {
  readonly offer: Offer;
  /** It and all that follow are of this kind. */
  readonly isRepeated: boolean;
}

/** A command, whose name is two words in a family. */
export interface OfferedCommand extends Named {
  readonly options: readonly OfferedOption[];
  readonly words: readonly OfferedWord[];
}

/** A family of commands, and the names of its actions. */
export interface OfferedFamily extends Named {
  readonly actions: readonly Named[];
}

/** Everything that can be offered. */
export interface Offers {
  readonly program: string;
  readonly options: readonly OfferedOption[];
  readonly commands: readonly OfferedCommand[];
  readonly families: readonly OfferedFamily[];
  /** The words that can stand first. */
  readonly first: readonly Named[];
  /** Every option, of whichever command, whose value can be the next word. */
  readonly taking: readonly string[];
}

/** The options that the parser adds to those of the tree. */
const OWN_OPTIONS: readonly Named[] = [
  { name: '--help', help: 'show the help' },
  { name: '-h', help: 'show the help' },
  ...VERSION_FLAGS.map((name) => ({ name, help: 'print the version' })),
  { name: VERBOSE_FLAG, help: 'with --version: also the build, and what can be used here' },
];

/** Returns what can be offered for a program. */
export function offersOf(tree: Tree): Offers {
  const families = (tree.families ?? []).map((family) => ({
    ...family,
    actions: actionsOf(tree, family.name).map((name, at) => ({
      name,
      help: commandsOf(tree, family.name)[at]?.help ?? '',
    })),
  }));
  const commands = tree.commands.map(commandOf);
  const single = commands.filter(({ name }) => !name.includes(' '));
  const options = [...optionsOf(tree), ...OWN_OPTIONS];
  const all: readonly OfferedOption[] = [options, ...commands.map((one) => one.options)].flat();
  const taking = all.flatMap(({ name, value }) => (value === undefined ? [] : [name]));
  return {
    program: tree.name,
    options,
    commands,
    families,
    first: [...single, ...families, { name: 'help', help: 'show the help of a command' }],
    taking: [...new Set(taking)],
  };
}

function commandOf(spec: Grammar): OfferedCommand {
  const { name, help, words = [] } = spec;
  return { name, help, options: optionsOf(spec), words: words.map(wordOf) };
}

function optionsOf({ options = {} }: Grammar): readonly OfferedOption[] {
  return Object.entries(options).map(([name, spec]) => optionOf(flagOf(name), spec));
}

function optionOf(name: string, { help, value, choices }: OptionSpec): OfferedOption {
  if (value === undefined) return { name, help };
  return { name, help, value: { name: value, offer: offerOf(value, choices) } };
}

function wordOf({ name, help, names }: WordSpec): OfferedWord {
  const bare = name.replace(/^[<[]|(\.\.\.)?[>\]]$/g, '');
  return { name: bare, help, offer: offerOf(bare, names), isRepeated: name.includes('...') };
}

function offerOf(placeholder: string, names: readonly string[] | undefined): Offer {
  if (names !== undefined) return { kind: 'names', names };
  return { kind: PATHS[placeholder] ?? 'nothing' };
}
