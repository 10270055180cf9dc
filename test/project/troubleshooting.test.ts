/**
 * docs/troubleshooting.md is complete: it has every error code, exit code and message of the log
 * that the code has, and none that it does not have.
 */

import { expect, test } from 'vitest';

import { COMMON_EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { PROGRAM } from '../../src/cli/whole-run.ts';
import { EXIT_CODES } from '../../src/errors.ts';
import { offenders } from '../support/lists.ts';
import { logCalls } from '../support/log-messages.ts';
import { readText } from '../support/source-code.ts';

const TEXT = readText('docs/troubleshooting.md');

/** Files that log a text which is made elsewhere, and the texts. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  // Those of driver/interrupt, which has no log of its own.
  'src/device/system-interface.ts': [
    ...['interrupts do not come', 'interrupt line failed', 'interrupt line fires without end'],
  ],
  // And of users-of-ipmi-si.
  'src/kernel/takeover.ts': ['... loses the BMC until the interface is given back'],
};

/** The rows of the tables behind a heading, as cells. */
function rowsBehind(heading: string): readonly (readonly string[])[] {
  const [, behind = ''] = TEXT.split(`\n## ${heading}\n`);
  const [section = ''] = behind.split('\n## ');
  const rows = section.split('\n').filter((line) => /^\| (?!-)/.test(line));
  return rows
    .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
    .filter(([first]) => !/^(cause|code|exit|message)$/.test(first ?? ''));
}

test('every error code has a section, with at least one cause and what to do about each', () => {
  const codes = Object.keys(EXIT_CODES);
  const headings = [...TEXT.matchAll(/^## ([A-Z_]+)$/gm)].map(([, code]) => code);

  expect(headings).toEqual(codes);
  expect(offenders(codes, (code) => rowsBehind(code).length === 0)).toEqual([]);
  const rows = codes.flatMap(rowsBehind);
  expect(offenders(rows, (row) => row.length !== 2 || row.includes(''))).toEqual([]);
});

test('every code that the command has beside them is there', () => {
  const codes = [...readText('src/cli.ts').matchAll(/code: '([A-Z_]+)'/g)].map(([, code]) => code);
  const own = [...codes, 'NOT_FOUND'].map((code) => `\`${code ?? ''}\``);

  const documented = rowsBehind('Codes of the command alone').map(([code]) => code);
  expect([...documented].sort()).toEqual([...new Set(own)].sort());
  expect(readText('src/cli/failure.ts')).toContain("code: 'NOT_FOUND'");
});

test('every exit code is there', () => {
  const all = [COMMON_EXIT_CODES, ...PROGRAM.commands.map(({ exitCodes = {} }) => exitCodes)];
  const codes = [...all.flatMap(Object.keys), ...Object.values(EXIT_CODES).map(String)];
  const documented = rowsBehind('Exit codes').flatMap(([exits = '']) => exits.split(', '));

  const known = [...new Set(codes)].map(Number).sort((a, b) => a - b);
  expect(documented.map(Number)).toEqual(known);
});

test('every message of the log is there, and no other', () => {
  const calls = logCalls();
  const unknown = calls.filter(({ message }) => message === undefined);
  expect([...new Set(unknown.map(({ place }) => place))].sort()).toEqual(Object.keys(MADE).sort());

  const written = calls.flatMap(({ message }) => (message === undefined ? [] : [message]));
  const messages = [...written, ...Object.values(MADE).flat()].map((text) => `\`${text}\``);
  const documented = rowsBehind('Messages of the log').map(([message]) => message);
  expect([...documented].sort()).toEqual([...new Set(messages)].sort());
});

test.each([
  ['agent', ['agent', 'nats', 'interface']],
  ['exporter', ['exporter', 'interface', 'web']],
])('every message of ipmi-bt-%s is there, and no other', (name, folders) => {
  const calls = folders.flatMap((folder) => logCalls(`packages/fleet/src/${folder}`));
  const messages = calls.map(({ message }) => message);

  expect(messages).not.toContain(undefined);
  const documented = rowsBehind(`Messages of ipmi-bt-${name}`).map(([message]) => message);
  const written = messages.map((message) => `\`${message ?? ''}\``);
  expect([...documented].sort()).toEqual([...new Set(written)].sort());
});

test('the texts that are made elsewhere are in the code', () => {
  const code = ['src/driver/interrupt.ts', 'src/kernel/users-of-ipmi-si.ts'].map(readText).join('');

  const texts = Object.values(MADE).flat();
  expect(offenders(texts, (text) => !code.includes(text.replace('... ', ' ')))).toEqual([]);
});
