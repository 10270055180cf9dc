/** Names of commands, for people. */

import { expect, test } from 'vitest';

import { commandName, commandText } from '../../src/ipmi/command-names.ts';

test.each([
  [0x06, 0x01, 'Get Device ID (netFn 0x06 cmd 0x01)'],
  [0x06, 0x36, 'Get BT Interface Capabilities (netFn 0x06 cmd 0x36)'],
  [0x0a, 0x43, 'Get SEL Entry (netFn 0x0a cmd 0x43)'],
  [0x30, 0x01, 'netFn 0x30 cmd 0x01'],
  [0x06, 0xff, 'netFn 0x06 cmd 0xff'],
])('netFn %i cmd %i is %s', (netFn, cmd, text) => {
  expect(commandText(netFn, cmd)).toBe(text);
});

test('a command of an OEM has no name', () => {
  expect(commandName(0x2e, 0x01)).toBeUndefined();
});
