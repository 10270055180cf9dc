/**
 * One line for a command or an option that the program does not have: what to use instead, as far
 * as the program has that, or what was probably meant.
 */

import { IPMITOOL_ACTIONS, IPMITOOL_COMMANDS, IPMITOOL_OPTIONS } from './ipmitool-words.ts';
import type { Tree } from './spec.ts';

const RAW = 'raw';

/** Gives an interface back that a kernel driver has lost. */
const RELEASE = 'release';

/** Explains a command of `ipmitool`; undefined for other words, and for what the program has. */
export function commandHint(tree: Tree, word: string): string | undefined {
  if (has(tree, word) || !Object.hasOwn(IPMITOOL_COMMANDS, word)) return undefined;
  const instead = [...ownLines(tree, word), ...(has(tree, RAW) ? rawForms(word) : [])];
  const release = has(tree, RELEASE)
    ? `; ipmi-bt ${RELEASE} binds ipmi_si again where it was unbound`
    : '';
  return [
    ...(instead.length === 0 ? [] : [`use ${instead.join(', ')}`]),
    `use ipmitool ${word} with ipmi_si bound${release}`,
  ].join('; or ');
}

/** Explains an action of `ipmitool` that has another name here; undefined for any other. */
export function actionHint(family: string, action: string): string | undefined {
  const name = `${family} ${action}`;
  if (!Object.hasOwn(IPMITOOL_ACTIONS, name)) return undefined;
  return `use ${(IPMITOOL_ACTIONS[name] ?? []).join(', ')}`;
}

/** The raw commands behind a command of `ipmitool`, as they are typed, with their names. */
export function rawForms(word: string): readonly string[] {
  if (!Object.hasOwn(IPMITOOL_COMMANDS, word)) return [];
  const { raw = {} } = IPMITOOL_COMMANDS[word] ?? {};
  return Object.entries(raw).map(([words, name]) => `${RAW} ${words} (${name})`);
}

/** Explains an option of `ipmitool`, with or without its value right behind it, as in `-Iopen`. */
export function optionHint(option: string): string | undefined {
  if (option.startsWith('--')) return undefined;
  const letter = option.slice(0, 2);
  return Object.hasOwn(IPMITOOL_OPTIONS, letter) ? IPMITOOL_OPTIONS[letter] : undefined;
}

/** The command that differs in nothing but upper and lower case. */
export function sameInLowerCase(tree: Tree, word: string): string | undefined {
  const lower = word.toLowerCase();
  return lower !== word && has(tree, lower) ? lower : undefined;
}

function ownLines(tree: Tree, word: string): readonly string[] {
  const { lines = [] } = IPMITOOL_COMMANDS[word] ?? {};
  return lines.filter((line) =>
    tree.commands.some(({ name }) => `${line} `.startsWith(`${name} `)),
  );
}

function has(tree: Tree, command: string): boolean {
  return tree.commands.some(({ name }) => name === command);
}
