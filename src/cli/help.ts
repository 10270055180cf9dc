/**
 * What `--help` prints, from the tables of the grammar.
 */

import { HELP_OPTIONS } from './grammar.ts';
import type { AnyCommand, OptionSpec, OptionSpecs } from './grammar.ts';

/** The same on every terminal and in every pipe. */
const COLUMNS = 80;

type Row = readonly [label: string, text: string];

/** The help of the whole program. */
export function programHelp(
  description: string,
  globals: OptionSpecs,
  commands: Readonly<Record<string, AnyCommand>>,
): string {
  const rows = Object.entries(commands).map(([name, spec]): Row => [usage(name, spec), spec.help]);
  const { version, help } = HELP_OPTIONS;
  return [
    'Usage: ipmi-bt [options] <command>\n',
    `\n${description}\n`,
    section('Options', [
      ['-V, --version', version.help],
      ...optionRows(globals),
      ['-h, --help', help.help],
    ]),
    section('Commands', [...rows, ['help [command]', `${help.help} for a command`]]),
  ].join('');
}

/** The help of one command. */
export function commandHelp(name: string, spec: AnyCommand): string {
  const { help, words = [], options = {}, epilogue } = spec;
  return [
    `Usage: ipmi-bt ${usage(name, spec)}\n`,
    `\n${help}\n`,
    section(
      'Arguments',
      words.map((word): Row => [word.name.replace(/[^a-z]/g, ''), word.help]),
    ),
    section('Options', [...optionRows(options), ['-h, --help', HELP_OPTIONS.help.help]]),
    epilogue === undefined ? '' : `\n${epilogue}\n`,
  ].join('');
}

function usage(name: string, { words = [], options }: AnyCommand): string {
  return [
    name,
    ...(options === undefined ? [] : ['[options]']),
    ...words.map((word) => word.name),
  ].join(' ');
}

function optionRows(options: OptionSpecs): readonly Row[] {
  return Object.entries(options).map(([name, spec]) => [optionLabel(name, spec), optionText(spec)]);
}

function optionLabel(name: string, { value }: OptionSpec): string {
  return value === undefined ? `--${name}` : `--${name} <${value}>`;
}

function optionText({ help, choices, fallback }: OptionSpec): string {
  const notes = [
    ...(choices === undefined ? [] : [`choices: ${choices.join(', ')}`]),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
  ];
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
}

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([label]) => label.length));
  const indent = ' '.repeat(width + 4);
  const lines = rows.map(([label, text]) => {
    const folded = fold(text, COLUMNS - indent.length).join(`\n${indent}`);
    return `  ${label.padEnd(width)}  ${folded}\n`;
  });
  return `\n${title}:\n${lines.join('')}`;
}

/** Breaks a text into lines between its words. */
function fold(text: string, columns: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const line = lines[last] ?? '';
    if (line === '') lines[last] = word;
    else if (line.length + 1 + word.length <= columns) lines[last] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
