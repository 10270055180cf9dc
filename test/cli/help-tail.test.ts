/** The end of a command's help: only the parts that the command has. */

import { expect, test } from 'vitest';

import { helpTail } from '../../src/cli/help-tail.ts';

const COMMAND = { name: 'send', help: 'send it' };

test('a command with nothing to add adds nothing', () => {
  expect(helpTail(COMMAND)).toBe('');
});

test('notes, examples and exit codes stand in this order, a blank line before each', () => {
  const examples = [
    { line: 'send a', help: 'send a' },
    { line: 'send b', help: 'send b' },
  ];
  const exitCodes = { 143: 'a signal ended it', 0: 'it was sent' };

  expect(helpTail({ ...COMMAND, notes: 'That is all.', examples, exitCodes })).toBe(`
That is all.

Examples:
  ipmi-bt send a
      send a
  ipmi-bt send b
      send b

Exit codes:
  0    it was sent
  143  a signal ended it`);
});

test('a part that is missing leaves no gap', () => {
  expect(helpTail({ ...COMMAND, exitCodes: { 0: 'it was sent' } })).toBe(`
Exit codes:
  0    it was sent`);
});
