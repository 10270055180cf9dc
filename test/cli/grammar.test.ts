/** How a command line is read, whatever the commands are. */

import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { readLine } from '../../src/cli/grammar.ts';
import { commandHelp, programHelp } from '../../src/cli/help.ts';

const GLOBALS = {
  base: { value: 'port', help: 'where' },
  way: { value: 'name', help: 'how', choices: ['one', 'other'], fallback: 'one' },
  json: { help: 'as JSON' },
} as const;

const COMMANDS = {
  send: {
    help: 'send it',
    words: [
      { name: '<what>', help: 'what to send' },
      { name: '[more...]', help: 'and what else' },
    ],
    options: { count: { value: 'n', help: 'how often', fallback: '1' } },
    epilogue: 'That is all.',
  },
  look: { help: 'look at it', words: [{ name: '[where]', help: 'the place' }] },
} as const;

function read(...args: readonly string[]) {
  return readLine(args, GLOBALS, COMMANDS);
}

function refusal(...args: readonly string[]): string {
  try {
    read(...args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const NOTHING_SAID = { base: undefined, way: 'one', json: false };

test('options that are not there have their fallback, or nothing', () => {
  expect(read('look')).toEqual({ kind: 'command', name: 'look', words: [], values: NOTHING_SAID });
});

describe('options stand anywhere, their value behind them or behind an equals sign:', () => {
  const values = { base: '0xce4', way: 'other', json: true, count: '3' };

  test.each([
    ['--base 0xce4 --way other --json send --count 3 a b'],
    ['send a b --count=3 --json --way=other --base=0xce4'],
    ['--json send a --base 0xce4 b --way one --count 3 --way other'],
  ])('%s', (line) => {
    const words = ['a', 'b'];

    expect(read(...line.split(' '))).toEqual({ kind: 'command', name: 'send', words, values });
  });
});

test('an empty value is one, and a value may begin with a dash or hold an equals sign', () => {
  expect(read('look', '--base=')).toMatchObject({ values: { base: '' } });
  expect(read('look', '--base', '-1')).toMatchObject({ values: { base: '-1' } });
  expect(read('look', '--base=a=b')).toMatchObject({ values: { base: 'a=b' } });
});

test('what follows -- is no option, and neither is a lone dash', () => {
  expect(read('send', '-', '--', '--json', '-x', '-1')).toMatchObject({
    words: ['-', '--json', '-x', '-1'],
    values: { json: false },
  });
});

describe('is refused:', () => {
  test.each([
    [['fly'], "unknown command 'fly'"],
    [['toString'], "unknown command 'toString'"],
    [['help', 'fly'], "unknown command 'fly'"],
    [['--loud', 'look'], "unknown option '--loud'"],
    [['look', '-x'], "unknown option '-x'"],
    [['look', '-1'], "unknown option '-1'"],
    [['look', '--toString'], "unknown option '--toString'"],
    [['look', '--count', '3'], "unknown option '--count'"],
    [['--loud'], "unknown option '--loud'"],
    [['look', '--base'], '--base needs its <port>'],
    [['look', '--json=yes'], '--json takes no value'],
    [['look', '--way', 'third'], '--way "third" is not one of one, other'],
    [['send'], "missing required argument 'what'"],
    [['look', 'a', 'b'], "too many arguments for 'look': 2; it takes 1 argument"],
  ])('%j', (args, message) => {
    expect(refusal(...args)).toBe(message);
  });
});

test('asks for the version or for help, wherever it stands', () => {
  expect(read('send', '-V')).toEqual({ kind: 'version' });
  expect(read('--version')).toEqual({ kind: 'version' });
  expect(read('-h')).toEqual({ kind: 'help', of: undefined });
  expect(read('send', '--help')).toEqual({ kind: 'help', of: 'send' });
  expect(read('help')).toEqual({ kind: 'help', of: undefined });
  expect(read('help', 'look')).toEqual({ kind: 'help', of: 'look' });
});

test('no command at all is nothing', () => {
  expect(read('--json')).toEqual({ kind: 'nothing' });
});

test('the help of a command shows its words, options, choices and fallbacks', () => {
  expect(commandHelp('send', COMMANDS.send)).toBe(`Usage: ipmi-bt send [options] <what> [more...]

send it

Arguments:
  what  what to send
  more  and what else

Options:
  --count <n>  how often (default: 1)
  -h, --help   display help

That is all.
`);
});

test('the help of the program shows its options and commands, in 80 columns', () => {
  const far = { help: 'z '.repeat(60).trim() };

  const help = programHelp('It does things.', GLOBALS, { ...COMMANDS, far });

  expect(help).toContain('  --way <name>   how (choices: one, other; default: one)\n');
  expect(help).toContain('  look [where]                     look at it\n');
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(help.match(/\bz\b/g)).toHaveLength(60);
});
