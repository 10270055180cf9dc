/** The commands as they are: each is described whole, and its examples work. */

import { describe, expect, test } from 'vitest';

import { flagOf } from '../../src/cli/format.ts';
import { readLine } from '../../src/cli/parser.ts';
import { PROGRAM } from '../../src/cli/whole-run.ts';
import type { Grammar, OptionSpec, Tree } from '../../src/cli/spec.ts';
import { offenders } from '../support/lists.ts';
import { readText } from '../support/source-code.ts';

/** An option as the mistakes name it. */
interface Named {
  readonly of: string;
  readonly name: string;
  readonly spec: OptionSpec;
}

const COLUMNS = 80;

/** The exit codes of the two tables of docs/errors.md. */
function documentedExits(): ReadonlySet<number> {
  const rows = readText('docs/errors.md')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  const codes = cells.flatMap(([, first = '', , exit = '']) =>
    /^\[[A-Z_]+\]/.test(first) ? [exit] : first.split(', '),
  );
  return new Set(codes.filter((code) => /^\d+$/.test(code)).map(Number));
}

function optionsOf({ name: of, options = {} }: Grammar): readonly Named[] {
  return Object.entries(options).map(([name, spec]) => ({ of, name, spec }));
}

/** All that is wrong with the specifications of a program, one line each. */
function mistakes(tree: Tree): readonly string[] {
  const all: readonly Grammar[] = [tree, ...tree.commands];
  return [
    ...all.flatMap(({ name, help, words = [] }) => [
      ...(isOneLine(help) ? [] : [`${name}: help "${help}"`]),
      ...words
        .filter((word) => !isOneLine(word.help))
        .map((word) => `${name} ${word.name}: help "${word.help}"`),
    ]),
    ...all.flatMap(optionsOf).flatMap(optionMistakes),
    ...takingMistakes(all.flatMap(optionsOf)),
    ...all.flatMap((spec) => exampleMistakes(tree, spec)),
    ...all.flatMap(exitMistakes),
  ];
}

function isOneLine(text: string): boolean {
  return text.trim() !== '' && !text.includes('\n');
}

function optionMistakes({ of, name, spec }: Named): readonly string[] {
  const { help, value, choices = [], fallback } = spec;
  const where = `${of} ${flagOf(name)}`;
  return [
    ...(/^[a-z]+([A-Z][a-z]*)*(=[a-z]+)?$/.test(name) ? [] : [`${where}: name "${name}"`]),
    ...(isOneLine(help) ? [] : [`${where}: help "${help}"`]),
    ...(value === undefined && (choices.length > 0 || fallback !== undefined)
      ? [`${where}: choices without a value`]
      : []),
    ...(choices.length > 0 && fallback !== undefined && !choices.includes(fallback)
      ? [`${where}: fallback "${fallback}"`]
      : []),
  ];
}

/** Before the command is known, an option must take a value for all commands or for none. */
function takingMistakes(options: readonly Named[]): readonly string[] {
  return options
    .filter(({ name, spec }) =>
      options.some(
        (other) =>
          other.name === name && (other.spec.value === undefined) !== (spec.value === undefined),
      ),
    )
    .map(({ of, name }) => `${of} ${flagOf(name)}: takes a value elsewhere, or takes none`);
}

function exampleMistakes(tree: Tree, { name, examples = [] }: Grammar): readonly string[] {
  if (examples.length === 0) return [`${name}: no example`];
  return examples.flatMap(({ line, help }) => [
    ...(isOneLine(help) ? [] : [`${name}: example "${line}" without a word`]),
    ...parseMistakes(tree, name, line),
  ]);
}

function parseMistakes(tree: Tree, name: string, line: string): readonly string[] {
  try {
    const read = readLine(tree, line.split(' '));
    const isOwn = name === tree.name || (read.kind === 'command' && read.command.name === name);
    return isOwn ? [] : [`${name}: example "${line}" is for another command`];
  } catch (error) {
    return [`${name}: example "${line}": ${error instanceof Error ? error.message : ''}`];
  }
}

function exitMistakes({ name, exitCodes = {} }: Grammar): readonly string[] {
  const known = documentedExits();
  const codes = Object.keys(exitCodes).map(Number);
  const unknown = codes.filter((code) => !known.has(code));
  return [
    ...(codes.includes(0) ? [] : [`${name}: no exit code 0`]),
    ...unknown.map((code) => `${name}: exit code ${code} is not in docs/errors.md`),
  ];
}

test('every command is described whole, its examples parse, its exit codes are documented', () => {
  expect(mistakes(PROGRAM)).toEqual([]);
});

test('a command that is not is found', () => {
  const options = {
    'poll-ms': { help: '' },
    way: { value: 'name', help: 'how', choices: ['one'], fallback: 'two' },
    count: { help: 'is a flag here' },
  };
  const examples = [
    { line: 'poor a', help: '' },
    { line: 'raw 6 1', help: 'send it' },
  ];
  const poor = { name: 'poor', help: 'two\nlines', options, examples, exitCodes: { 5: 'no' } };

  const found = mistakes({ ...PROGRAM, commands: [...PROGRAM.commands, poor] });

  expect(found).toEqual([
    'poor: help "two\nlines"',
    'poor --poll-ms: name "poll-ms"',
    'poor --poll-ms: help ""',
    'poor --way: fallback "two"',
    'stats --count: takes a value elsewhere, or takes none',
    'watch --count: takes a value elsewhere, or takes none',
    'poor --count: takes a value elsewhere, or takes none',
    'poor: example "poor a" without a word',
    'poor: example "poor a": too many arguments: poor takes no arguments, and the options --poll-ms, --way <name>, --count',
    'poor: example "raw 6 1" is for another command',
    'poor: no exit code 0',
    'poor: exit code 5 is not in docs/errors.md',
  ]);
});

describe('the help fits in 80 columns:', () => {
  test.each(['', ...PROGRAM.commands.map(({ name }) => name)])('%s', (name) => {
    const line = readLine(PROGRAM, ['help', ...name.split(' ')].filter(Boolean));
    const lines = line.kind === 'text' ? line.text.split('\n') : [];

    expect(lines.length).toBeGreaterThan(5);
    expect(offenders(lines, ({ length }) => length > COLUMNS)).toEqual([]);
  });
});

test('docs/cli.md has a row for every option of the program, and a section for every command', () => {
  const text = readText('docs/cli.md');
  const rows = [...text.matchAll(/^\| `(--[a-z-]+(?:=[a-z]+)?)/gm)].map(([, flag]) => flag);
  const headings = [...text.matchAll(/^## (.*)/gm)].flatMap(([, names = '']) => names.split(', '));

  expect(rows).toEqual(Object.keys(PROGRAM.options ?? {}).map(flagOf));
  const sections = PROGRAM.commands.map(({ name }) => name.split(' ', 1).join(''));
  expect(headings).toEqual(expect.arrayContaining(sections));
});
