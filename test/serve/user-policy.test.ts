/** The policy by names of users: what it can say, and how a wrong one is told. */

import { describe, expect, test } from 'vitest';

import { ConfigError } from '../../src/config-file.ts';
import { READ_ONLY, userPolicyIn } from '../../src/serve/user-policy.ts';
import type { UserPolicy } from '../../src/serve/user-policy.ts';
import { fakeFiles } from '../support/fake-files.ts';

const FILE = '/etc/ipmi-bt-agent.json';

function read(text: string): UserPolicy {
  return userPolicyIn(FILE, fakeFiles({ [FILE]: text }));
}

describe('the file', () => {
  test('need not be there: then everybody reads', () => {
    expect(userPolicyIn(FILE, fakeFiles({}))).toBe(READ_ONLY);
    expect(READ_ONLY).toEqual({ users: new Map(), others: [{ kind: 'read' }] });
  });

  test('names users, and what they and all others may send', () => {
    const { users, others } = read(
      '{ "users": { "alice": ["read", "0x00/0x02"], "bob-2": [] }, "others": ["0x0a/*"] }',
    );

    expect([...users]).toEqual([
      ['alice', [{ kind: 'read' }, { kind: 'command', netFn: 0x00, cmd: 0x02 }]],
      ['bob-2', []],
    ]);
    expect(others).toEqual([{ kind: 'netFn', netFn: 0x0a }]);
  });

  test('leaves the reading to the others unless it says otherwise', () => {
    expect([read('{}').others, read('{ "others": [] }').others]).toEqual([READ_ONLY.others, []]);
  });

  test.each([
    ['{ "users": [] }', '1: "users" must be {...}, with a name for each'],
    ['{ "users": {\n"a.b": [] } }', '2: a.b must have letters, digits, "-" and "_" only'],
    ['{ "users": { "a": ["write"] } }', '1: write must be "read", or a command'],
    ['{ "others": "read" }', '1: others must have a list [...] of "read", or a command'],
    ['{ "groups": {} }', '1: groups is not one of users, others'],
  ])('%s is refused with its line', (text, told) => {
    expect(() => read(text)).toThrow(ConfigError);
    expect(() => read(text)).toThrow(`${FILE}:${told}`);
  });
});
