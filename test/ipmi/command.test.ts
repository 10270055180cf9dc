/** Commands as values. */

import { expect, test } from 'vitest';

import { struct, u16, u8 } from '../../src/ipmi/codec.ts';
import { codeTextOf, requestOf, titleOf } from '../../src/ipmi/command.ts';
import type { Command } from '../../src/ipmi/command.ts';

const COMMAND: Command<{ readonly id: number }, number> = {
  netFn: 0x0a,
  cmd: 0x40,
  section: '§31.2',
  request: struct({ id: u16 }),
  response: u8,
  codes: { 0x80: 'the SEL is being erased' },
};

test('a request has the numbers of the command and the bytes of its arguments', () => {
  expect(requestOf(COMMAND, { id: 0x1234 }, 1)).toEqual({
    ...{ netFn: 0x0a, cmd: 0x40, lun: 1 },
    data: Uint8Array.of(0x34, 0x12),
  });
});

test('completion codes are told in the words of the command, and else in those of all', () => {
  expect(codeTextOf(COMMAND, 0x80)).toBe('0x80 (the SEL is being erased)');
  expect(codeTextOf(COMMAND, 0xc1)).toBe('0xc1 (Invalid command)');
});

test('its title has the name, the numbers and the section', () => {
  expect(titleOf(COMMAND)).toBe('Get SEL Info (netFn 0x0a cmd 0x40), §31.2');
});
