/** Commands and options of ipmitool, and typing errors, with the program's own commands. */

import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { parseLine } from '../../src/cli/commands/exec-lines.ts';
import { parseRaw } from '../../src/cli/commands/raw.ts';
import { commandHint } from '../../src/cli/hints.ts';
import {
  IPMITOOL_ACTIONS,
  IPMITOOL_COMMANDS,
  IPMITOOL_OPTIONS,
} from '../../src/cli/ipmitool-words.ts';
import { flagOf } from '../../src/cli/format.ts';
import { readLine } from '../../src/cli/parser.ts';
import { PROGRAM } from '../../src/cli/whole-run.ts';
import type { Tree } from '../../src/cli/spec.ts';
import { nonEmpty, offenders } from '../support/lists.ts';

const WORDS = Object.keys(IPMITOOL_COMMANDS);

/** The program, and a command of that name besides. */
function withCommand(name: string): Tree {
  return { ...PROGRAM, commands: [...PROGRAM.commands, { name, help: 'is there now' }] };
}

function refusal(line: string, tree: Tree = PROGRAM): string {
  try {
    readLine(tree, line.split(' '));
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const OR = 'with ipmi_si bound; ipmi-bt release binds ipmi_si again where it was unbound';

describe('an operator who types a command of ipmitool is told what to use:', () => {
  test.each([
    [
      'pef info',
      "unknown command 'pef': use raw 0x04 0x10 (Get PEF Capabilities); " +
        `or use ipmitool pef ${OR}`,
    ],
    [
      'bmc reset cold',
      "unknown command 'bmc': use mc info, mc selftest, mc enables, watchdog get, mc reset cold; " +
        `or use ipmitool bmc ${OR}`,
    ],
    ['shell', `unknown command 'shell': use exec -; or use ipmitool shell ${OR}`],
    ['sunoem', `unknown command 'sunoem': use ipmitool sunoem ${OR}`],
    ['--json help pef', /^unknown command 'pef': use raw 0x04 0x10 /],
    ['-I open pef', "unknown option '-I': ipmi-bt uses BT of this server, without network"],
    ['-Phunter2 pef list', "unknown option '-P': ipmi-bt talks to the BMC of this server"],
    ['-Ilanplus pef', "unknown option '-I': ipmi-bt uses BT of this server"],
    [
      'raw 6 1 -H bmc7',
      'word 3, not counting raw, is an option that there is not: ipmi-bt talks to the BMC of this server',
    ],
    ['-I open sdr list', "unknown option '-I': ipmi-bt uses BT of this server"],
    ['sdr elist', /^unknown action 'elist': use sdr list$/],
    ['chassis power', /^unknown action 'power': use power status, power on, /],
    ['-v raw 6 1', "unknown option '-v': more is printed with --trace or --log-level debug"],
  ])('%s', (line, message) => {
    if (typeof message === 'string') expect(refusal(line).startsWith(message)).toBe(true);
    else expect(refusal(line)).toMatch(message);
  });

  test.each(WORDS)('%s, in one line', (word) => {
    expect(refusal(word)).toMatch(new RegExp(`^unknown command '${word}': use .*ipmi_si`));
    expect(refusal(word)).not.toContain('\n');
  });
});

describe('when the program has the command, the hint is gone:', () => {
  test.each(WORDS)('%s', (word) => {
    expect(commandHint(withCommand(word), word)).toBeUndefined();
    expect(readLine(withCommand(word), [word])).toMatchObject({ command: { name: word } });
  });

  test('and so is the advice to use what the program does not have', () => {
    const commands = PROGRAM.commands.filter(({ name }) => name === 'stats');

    expect(commandHint({ ...PROGRAM, commands }, 'bmc')).toBe(
      'use ipmitool bmc with ipmi_si bound',
    );
  });
});

test('what a hint names can be typed', () => {
  for (const { raw = {}, lines = [] } of nonEmpty(Object.values(IPMITOOL_COMMANDS))) {
    for (const words of Object.keys(raw)) parseRaw(words.replaceAll('N', '1').split(' '), '0');
    const kinds = lines.map((line) => readLine(PROGRAM, line.split(' ')).kind);
    expect(kinds).toEqual(lines.map(() => 'command'));
  }
  const flags = [PROGRAM, ...PROGRAM.commands].flatMap(({ options = {} }) =>
    Object.keys(options).map(flagOf),
  );
  const named = Object.values(IPMITOOL_OPTIONS).flatMap((text) => text.match(/--[a-z-]+/g) ?? []);
  expect(named.length).toBeGreaterThan(5);
  expect(offenders(named, (flag) => !flags.includes(flag))).toEqual([]);
});

test('so can each line that stands for an action, and no action that is explained is there', () => {
  const lines = nonEmpty(Object.values(IPMITOOL_ACTIONS)).flat();
  const kinds = lines.map((line) => readLine(PROGRAM, line.split(' ')).kind);
  const names = PROGRAM.commands.map(({ name }) => name);

  expect(kinds).toEqual(lines.map(() => 'command'));
  expect(offenders(Object.keys(IPMITOOL_ACTIONS), (name) => names.includes(name))).toEqual([]);
});

test('a word of ipmitool in a script of exec is told as on the command line', () => {
  expect(() => parseLine(1, 'pef info', PROGRAM)).toThrow(
    "unknown command 'pef': use raw 0x04 0x10 (Get PEF Capabilities)",
  );
  expect(() => parseLine(1, 'open', PROGRAM)).toThrow(
    /^the line does not begin with the name of a command$/,
  );
});

describe('a typing error is told with what was meant:', () => {
  test.each([
    ['rwa 6 1', "unknown command 'rwa'; did you mean raw?"],
    ['RAW 6 1', "unknown command 'RAW'; did you mean raw?"],
    ['locat', "unknown command 'locat'; did you mean locate?"],
    ['--bse 0xce4 raw 6 1', "unknown option '--bse'; did you mean --base?"],
    ['--bse=0xce4 raw 6 1', "unknown option '--bse'; did you mean --base?"],
    ['-base 0xce4 raw 6 1', "unknown option '-base'; did you mean --base?"],
    ['--lum 1 raw 6 1', "unknown option '--lum'; did you mean --lun?"],
    [
      'raw 6 1 --retires 2',
      'word 3, not counting raw, is an option that there is not; did you mean --retries?',
    ],
    ['reset --could --yes', "unknown option '--could'; did you mean --cold?"],
    ['toString', "unknown command 'toString'"],
    ['-q raw 6 1', "unknown option '-q'"],
    ['xyzzy', "unknown command 'xyzzy'"],
  ])('%s', (line, message) => {
    expect(refusal(line)).toBe(message);
  });
});
