/** The parser, with commands made for the test. */

import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { flagOf } from '../../src/cli/format.ts';
import { readLine, wordsParser } from '../../src/cli/parser.ts';
import type { Grammar, Tree } from '../../src/cli/spec.ts';
import { greatest } from '../support/lists.ts';

const SEND = {
  name: 'send',
  help: 'send it',
  words: [
    { name: '<what>', help: 'what to send' },
    { name: '[more...]', help: 'and what else' },
  ],
  options: {
    count: { value: 'n', help: 'how often', fallback: '1' },
    keepGoing: { help: 'after a failure, too' },
  },
  notes: 'That is all.',
  examples: [{ line: 'send a --count 2', help: 'send it twice' }],
  exitCodes: { 0: 'it was sent', 64: 'it was not' },
} as const;

const SEND_USAGE = 'send takes <what> [more...], and the options --count <n>, --keep-going';

const LOOK: Grammar = {
  name: 'look',
  help: 'look at it',
  words: [{ name: '[where]', help: 'the place' }],
};

const TREE: Tree = {
  name: 'ipmi-bt',
  version: '1.2.3',
  help: 'It does things.',
  options: {
    base: { value: 'port', help: 'where' },
    way: { value: 'name', help: 'how', choices: ['one', 'other'], fallback: 'one' },
    pollMs: { value: 'ms', help: 'how often' },
    json: { help: 'as JSON' },
  },
  commands: [SEND, LOOK],
};

function read(...args: readonly string[]) {
  return readLine(TREE, args);
}

/** The command, its arguments and all of its options in one object. */
function values(...args: readonly string[]) {
  const line = read(...args);
  if (line.kind !== 'command') throw new Error(`no command, but ${line.kind}`);
  return { name: line.command.name, words: line.words, ...line.options, ...line.globals };
}

function text(...args: readonly string[]): string {
  const line = read(...args);
  if (line.kind !== 'text') throw new Error(`no text, but ${line.kind}`);
  return line.text;
}

function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const NOTHING_SAID = { base: undefined, way: 'one', pollMs: undefined, json: false };

test('options that are not there have their fallback, or nothing', () => {
  expect(values('look')).toEqual({ name: 'look', words: [], ...NOTHING_SAID });
  expect(values('send', 'a')).toMatchObject({ count: '1', keepGoing: false });
});

describe('options stand anywhere, their value behind them or behind an equals sign:', () => {
  const given = { base: '0xce4', way: 'other', json: true, count: '3' };

  test.each([
    ['--base 0xce4 --way other --json send --count 3 a b'],
    ['send a b --count=3 --json --way=other --base=0xce4'],
    ['--json send a --base 0xce4 b --way one --count 3 --way other'],
    ['--count 3 --json --way other --base 0xce4 send a b'],
  ])('%s', (line) => {
    expect(values(...line.split(' '))).toMatchObject({ name: 'send', words: ['a', 'b'], ...given });
  });
});

test('a value is no command, even if it has the name of one', () => {
  expect(values('--base', 'look', 'send', 'a')).toMatchObject({ name: 'send', base: 'look' });
  expect(values('--count', 'help', 'send', 'look')).toMatchObject({ words: ['look'] });
});

test('the name of an option is that of its flag', () => {
  expect(flagOf('pollMs')).toBe('--poll-ms');
  expect(values('look', '--poll-ms', '5')).toMatchObject({ pollMs: '5' });
  expect(values('send', 'a', '--keep-going')).toMatchObject({ keepGoing: true });
});

test('an empty value is one, and a value may begin with a dash or hold an equals sign', () => {
  expect(values('look', '--base=')).toMatchObject({ base: '' });
  expect(values('look', '--base', '-1')).toMatchObject({ base: '-1' });
  expect(values('look', '--base=a=b')).toMatchObject({ base: 'a=b' });
});

test('what follows -- is no option, and neither is a lone dash', () => {
  const words = ['-', '--json', '-x', '-1'];

  expect(values('send', '-', '--', '--json', '-x', '-1')).toMatchObject({ words, json: false });
  expect(values('--', 'send', '-', '--json', '-x', '-1')).toMatchObject({ words, json: false });
});

describe('is refused:', () => {
  test.each([
    [['fly'], "unknown command 'fly'"],
    [[''], "unknown command ''"],
    [['-'], "unknown command '-'"],
    [['toString'], "unknown command 'toString'"],
    [['help', 'fly'], "unknown command 'fly'"],
    [['fly', '--help'], "unknown command 'fly'"],
    [['fly', '--loud'], "unknown command 'fly'"],
    [['lok'], "unknown command 'lok'; did you mean look?"],
    [['--loud', 'look'], "unknown option '--loud'"],
    [['look', '--jsn'], "unknown option '--jsn'; did you mean --json?"],
    [['send', 'a', '--coun', '2'], "unknown option '--coun'; did you mean --count?"],
    [['look', '-x'], "unknown option '-x'"],
    [['look', '--toString'], "unknown option '--toString'"],
    [['look', '--count', '3'], "unknown option '--count'"],
    [['--loud'], "unknown option '--loud'"],
    [['look', '--base'], "option '--base <port>' argument missing"],
    [['look', '--json=yes'], "option '--json' takes no value"],
    [['look', '--way', 'third'], "option '--way <name>' takes one of: one, other"],
    [['look', '--way=hunter2'], "option '--way <name>' takes one of: one, other"],
    [['look', '-Whunter2'], "unknown option '-W'"],
    [['look', '--password=hunter2'], "unknown option '--password'"],
    [['look', '--json=hunter2'], "option '--json' takes no value"],
    [['look', '-json'], "unknown option '-json'; did you mean --json?"],
    [['look', '-json=hunter2'], "unknown option '-json'; did you mean --json?"],
    [['send'], `missing required argument 'what': ${SEND_USAGE}`],
    [['look', 'a', 'b'], 'too many arguments: look takes [where]'],
  ])('%j', (args, message) => {
    expect(refusal(() => read(...args))).toBe(message);
  });
});

test('asks for the version, wherever it stands', () => {
  expect(text('--version')).toBe('1.2.3\n');
  expect(text('send', '-V')).toBe('1.2.3\n');
});

test('asks for help, wherever it stands', () => {
  const program = text('--help');
  const send = text('send', '--help');

  expect(program).toMatch(/^Usage: ipmi-bt \[options\] <command>\n/);
  expect(send).toMatch(/^Usage: ipmi-bt send \[options\] <what> \[more\.\.\.\]\n/);
  expect([text('-h'), text('help'), text('help', '--json')]).toEqual([program, program, program]);
  for (const args of [
    ['help', 'send'],
    ['help', '--', 'send'],
    ['send', 'a', '-h'],
    ['--help', 'send'],
  ]) {
    expect(text(...args)).toBe(send);
  }
});

test('no command at all is nothing, with the help of the program', () => {
  expect(read()).toEqual({ kind: 'nothing', help: text('--help') });
  expect(read('--json')).toEqual({ kind: 'nothing', help: text('--help') });
});

test('the help of a command shows all that its specification has', () => {
  expect(text('send', '--help')).toBe(`Usage: ipmi-bt send [options] <what> [more...]

send it

Arguments:
  what          what to send
  more          and what else

Options:
  --count <n>   how often (default: 1)
  --keep-going  after a failure, too
  -h, --help    display help for command

That is all.

Examples:
  ipmi-bt send a --count 2
      send it twice

Exit codes:
  0    it was sent
  64   it was not
`);
});

test('the help of the program shows its options and commands, in 80 columns', () => {
  const far = { name: 'far', help: 'z '.repeat(60).trim() };
  const line = readLine({ ...TREE, commands: [SEND, LOOK, far] }, ['--help']);
  const help = line.kind === 'text' ? line.text : '';

  expect(help).toContain('  --way <name>           how (choices: "one", "other", default: one)\n');
  expect(help).toContain('  look [where]           look at it\n');
  expect(greatest(help.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(help.match(/\bz\b/g)).toHaveLength(60);
});

describe('a parser of one command', () => {
  const parse = wordsParser(SEND);

  test('reads its arguments and options, line after line', () => {
    expect(parse(['a', '--count', '2', 'b'])).toEqual({
      words: ['a', 'b'],
      options: { count: '2', keepGoing: false },
    });
    expect(parse(['c'])).toEqual({ words: ['c'], options: { count: '1', keepGoing: false } });
  });

  test.each([
    [['a', '--json'], "unknown option '--json'"],
    [['--help'], "unknown option '--help'"],
    [['-V'], "unknown option '-V'"],
    [[], `missing required argument 'what': ${SEND_USAGE}`],
  ])('refuses %j, and reads on', (args, message) => {
    expect(refusal(() => parse(args))).toBe(message);
    expect(parse(['a']).words).toEqual(['a']);
  });
});
