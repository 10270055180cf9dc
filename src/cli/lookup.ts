/** Finds the words of a line that name a command, before its options are read. */

import { flagOf } from './format.ts';
import type { Family, Grammar, Tree } from './spec.ts';

/** The family of that name. */
export function familyOf(tree: Tree, word: string | undefined): Family | undefined {
  return tree.families?.find(({ name }) => name === word);
}

/** The command of that name, which is two words in a family. */
export function commandNamed<Spec extends Grammar>(
  tree: Tree<Spec>,
  word: string | undefined,
): Spec | undefined {
  return tree.commands.find(({ name }) => name === word);
}

/** The commands of a family. */
export function commandsOf(tree: Tree, family: string): readonly Grammar[] {
  return tree.commands.filter(({ name }) => name.startsWith(`${family} `));
}

/** The words that may stand behind the name of a family. */
export function actionsOf(tree: Tree, family: string): readonly string[] {
  return commandsOf(tree, family).map(({ name }) => name.slice(family.length + 1));
}

/** Says which they are. */
export function actionsText(tree: Tree, family: string): string {
  return `${family} takes one of: ${actionsOf(tree, family).join(', ')}`;
}

/** The command's word; undefined when there is none. */
export function commandWord(tree: Tree, args: readonly string[]): string | undefined {
  const at = commandAt(args, tree);
  return at === undefined ? undefined : args[at];
}

/** Finds the command's word from `from` on; it may stand behind options, its own ones included. */
export function commandAt(args: readonly string[], tree: Tree, from = 0): number | undefined {
  for (let at = from; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return at + 1 < args.length ? at + 1 : undefined;
    if (!arg.startsWith('-') || arg === '-') return at;
    if (takesNext(arg, tree)) at += 1;
  }
  return undefined;
}

/** True for an option whose value is the next word, whichever command it belongs to. */
export function takesNext(arg: string, { options, commands }: Tree): boolean {
  const specs = [options, ...commands.map((command) => command.options)];
  return specs.some((some = {}) =>
    Object.entries(some).some(([name, { value }]) => value !== undefined && flagOf(name) === arg),
  );
}
