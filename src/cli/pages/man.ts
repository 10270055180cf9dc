/**
 * The manual pages: one of the program, and one of each command or family, from the specifications
 * that the help is made of.
 */

import { flagOf } from '../format.ts';
import { commandsOf } from '../lookup.ts';
import type { Family, Grammar, OptionSpec, Tree } from '../spec.ts';
import { item, pageHead, paragraphs, roffText } from './roff.ts';
import { section, subsection } from './roff.ts';

/** A page, by the name of its file. */
export interface ManualPage {
  readonly file: string;
  readonly text: string;
}

const FILES: Readonly<Record<string, string>> = {
  '/etc/ipmi-bt.json': 'the interface, where firmware does not describe it, or does so wrongly',
  '/etc/ipmi-bt-serve.json': 'what other users than root may send to ipmi-bt serve',
  '/run/ipmi-bt': 'the locks by which processes take turns',
  '/run/ipmi-bt-serve': 'the sockets of ipmi-bt serve',
  '/var/cache/ipmi-bt': 'records of sensors that were read before',
};

/** Returns all pages; `date` is that of the sources, or empty. */
export function manualPages(tree: Tree, date: string): readonly ManualPage[] {
  const source = `${tree.name} ${tree.version}`.trim();
  const single = tree.commands.filter(({ name }) => !name.includes(' '));
  const families = tree.families ?? [];
  const titleOf = (name: string) => ({ name: pageName(tree, name), date, source });
  return [
    page(tree.name, [...pageHead({ name: tree.name, date, source }, tree.help), ...whole(tree)]),
    ...single.map((spec) => {
      const title = titleOf(spec.name);
      return page(title.name, [...pageHead(title, spec.help), ...ofCommand(tree, spec)]);
    }),
    ...families.map((family) => {
      const title = titleOf(family.name);
      return page(title.name, [...pageHead(title, family.help), ...ofFamily(tree, family)]);
    }),
  ];
}

function page(name: string, lines: readonly string[]): ManualPage {
  return { file: `${name}.1`, text: `${lines.join('\n')}\n` };
}

/** The name of the page of a command or a family. */
function pageName({ name }: Tree, command: string): string {
  return `${name}-${command}`;
}

function whole(tree: Tree): readonly string[] {
  const { notes = '', options, exitCodes, families = [], commands } = tree;
  const single = commands.filter(({ name }) => !name.includes(' '));
  const named = [...single, ...families];
  return [
    ...section('SYNOPSIS', synopsis(`${tree.name} [options] <command>`)),
    ...section('DESCRIPTION', paragraphs(tree.help, notes)),
    ...section(
      'COMMANDS',
      named.flatMap(({ name, help }) => item(`${pageName(tree, name)}(1)`, help)),
    ),
    ...section('OPTIONS', [
      ...optionItems(options),
      ...item('-h, --help', 'show the help; that of a command behind its name'),
      ...item('-V, --version', 'print the version; with --verbose all that is known'),
    ]),
    ...section('EXAMPLES', examplesOf(tree, tree)),
    ...section('EXIT STATUS', exitItems(exitCodes)),
    ...section(
      'FILES',
      Object.entries(FILES).flatMap(([path, what]) => item(path, what)),
    ),
    ...seeAlso(named.map(({ name }) => pageName(tree, name))),
  ];
}

function ofCommand(tree: Tree, spec: Grammar): readonly string[] {
  const { notes = '', words = [], options, exitCodes } = spec;
  return [
    ...section('SYNOPSIS', synopsis(lineOf(tree, spec))),
    ...section('DESCRIPTION', paragraphs(sentence(spec.help), notes)),
    ...section(
      'ARGUMENTS',
      words.flatMap(({ name, help }) => item(name, help)),
    ),
    ...section('OPTIONS', [...optionItems(options), ...otherOptions(tree, options)]),
    ...section('EXAMPLES', examplesOf(tree, spec)),
    ...section('EXIT STATUS', exitItems(exitCodes)),
    ...seeAlso([tree.name]),
  ];
}

function ofFamily(tree: Tree, { name, help }: Family): readonly string[] {
  const commands = commandsOf(tree, name);
  return [
    ...section(
      'SYNOPSIS',
      commands.flatMap((spec, at) => [...(at > 0 ? ['.br'] : []), ...synopsis(lineOf(tree, spec))]),
    ),
    ...section('DESCRIPTION', paragraphs(sentence(help), othersHold(tree))),
    ...commands.flatMap((spec) =>
      section(spec.name.toUpperCase(), [
        ...paragraphs(sentence(spec.help), spec.notes ?? ''),
        ...(spec.words ?? []).flatMap((word) => item(word.name, word.help)),
        ...optionItems(spec.options),
        ...part('Examples', examplesOf(tree, spec)),
        ...part('Exit status', exitItems(spec.exitCodes)),
      ]),
    ),
    ...seeAlso([tree.name]),
  ];
}

function part(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : subsection(title, lines);
}

/** A line with its arguments, as the help has it. */
function lineOf({ name: program }: Tree, { name, words = [], options = {} }: Grammar): string {
  const hasOptions = Object.keys(options).length > 0;
  const parts = [program, name, ...(hasOptions ? ['[options]'] : [])];
  return [...parts, ...words.map((word) => word.name)].join(' ');
}

function synopsis(line: string): readonly string[] {
  return [`.B ${roffText(line)}`];
}

function optionItems(options: Grammar['options'] = {}): readonly string[] {
  return Object.entries(options).flatMap(([name, spec]) => item(...optionTexts(name, spec)));
}

function optionTexts(name: string, spec: OptionSpec): readonly [term: string, meaning: string] {
  const { value, help, choices, fallback } = spec;
  const term = value === undefined ? flagOf(name) : `${flagOf(name)} <${value}>`;
  const known = choices === undefined ? '' : ` (choices: ${choices.join(', ')})`;
  return [term, `${help}${known}${fallback === undefined ? '' : ` (default: ${fallback})`}`];
}

function otherOptions(tree: Tree, options: Grammar['options']): readonly string[] {
  return [...(options === undefined ? [] : ['.PP']), ...paragraphs(othersHold(tree))];
}

function othersHold({ name }: Tree): string {
  return `${name}(1) has the options that every command takes, and further exit codes.`;
}

function examplesOf({ name }: Tree, { examples = [] }: Grammar): readonly string[] {
  return examples.flatMap(({ line, help }) => item(`${name} ${line}`, help));
}

function exitItems(exitCodes: Grammar['exitCodes'] = {}): readonly string[] {
  return Object.entries(exitCodes).flatMap(([code, meaning]) => item(code, meaning));
}

function seeAlso(names: readonly string[]): readonly string[] {
  const pages = names.map((name) => `.BR ${roffText(name)} (1)`);
  return section('SEE ALSO', [pages.join(' ,\n')]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
