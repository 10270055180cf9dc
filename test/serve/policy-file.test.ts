/** The file of the policy: what it can say, and how a wrong one is told. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ConfigError } from '../../src/config-file.ts';
import { POLICY_FILE, readPolicy } from '../../src/serve/policy-file.ts';
import type { Grants } from '../../src/serve/policy.ts';
import { DENIED, FakeSystem, fakeFiles } from '../support/fake-files.ts';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'alice:x:1001:1001::/home/alice:/bin/sh',
  'prometheus:x:110:115::/:/usr/sbin/nologin',
  'broken:x::',
  '',
].join('\n');
const GROUP = ['root:x:0:', 'ipmi:x:60:alice,nobody-known', 'more:x:61:alice', '#:x', ''].join(
  '\n',
);

function read(text: string): Grants {
  return readPolicy(fakeFiles({ [POLICY_FILE]: text, '/etc/passwd': PASSWD, '/etc/group': GROUP }));
}

const READ = { kind: 'read' };

describe('the file', () => {
  test('need not be there: then only root has grants', () => {
    const { users, groups, groupsOf } = readPolicy(fakeFiles({}));

    expect([users.size, groups.size, groupsOf(1001)]).toEqual([0, 0, []]);
  });

  test('names users and groups by name or number, and what they may send', () => {
    const { users, groups } = read(`
      { "users": { "prometheus": ["read"], "1002": ["0x06/0x01", "4/45", "0x0a/*"], "alice": [] },
        "groups": { "ipmi": ["read", "0x00/0x02"], "7": [] } }`);

    expect([...users]).toEqual([
      [110, [READ]],
      [
        1002,
        [
          { kind: 'command', netFn: 0x06, cmd: 0x01 },
          { kind: 'command', netFn: 0x04, cmd: 0x2d },
          { kind: 'netFn', netFn: 0x0a },
        ],
      ],
      [1001, []],
    ]);
    expect([...groups]).toEqual([
      [60, [READ, { kind: 'command', netFn: 0x00, cmd: 0x02 }]],
      [7, []],
    ]);
  });

  test('may be empty, or have one part of the two', () => {
    expect([read('{}').users.size, read('{"groups":{"ipmi":["read"]}}').groups.size]).toEqual([
      0, 1,
    ]);
  });

  test('goes by the groups of /etc/passwd and /etc/group', () => {
    const { groupsOf } = read('{}');

    expect([1001, 110, 4242].map(groupsOf)).toEqual([[1001, 60, 61], [115], []]);
  });

  const RULE = '"read", or a command such as "0x06/0x01", or "0x04/*"';

  test.each([
    ['', '1: a value is expected here'],
    ['"users"', '1: the policy must be {...}'],
    ['{\n"user": {}}', '2: user is not one of users, groups'],
    ['{"users": {},\n "users": {}}', '2: "users" is there twice'],
    ['{"users": []}', '1: "users" must be {...}, with a name or number for each'],
    [
      '{"users": {\n\n"bob": []}}',
      '3: there is no user bob in /etc/passwd; its number can stand here',
    ],
    [
      '{"groups": {"wheel": []}}',
      '1: there is no group wheel in /etc/group; its number can stand here',
    ],
    ['{"users": {"root": []}}', '1: root may send every command; leave it out'],
    ['{"users": {"0": ["read"]}}', '1: root may send every command; leave it out'],
    ['{"users": {"4294967295": []}}', '1: user 4294967295 is above 4294967294'],
    ['{"users": {"alice": [],\n"1001": []}}', '2: users 1001 is there twice'],
    ['{"users": {"alice":\n"read"}}', `2: alice must have a list [...] of ${RULE}`],
    ['{"users": {"alice": [\n[]]}}', `2: ${RULE} is expected here`],
    ['{"users": {"alice": ["read",\n"write"]}}', `2: write must be ${RULE}`],
    ['{"users": {"alice": ["0x40/1"]}}', `1: 0x40/1 must be ${RULE}`],
    ['{"users": {"alice": ["6/256"]}}', `1: 6/256 must be ${RULE}`],
    ['{"users": {"alice": ["7/1"]}}', '1: 7/1: a network function of requests is even'],
    ['{"users": {"alice": ["*/*"]}}', `1: */* must be ${RULE}`],
    ['{"users": {"alice": [1]}}', `1: ${RULE} is expected here`],
    ['{"users": {"alice": ["read",]}}', '1: a value is expected here'],
    ['{"users": {"alice": true}}', `1: alice must have a list [...] of ${RULE}`],
    ['{"users": null}', '1: "users" must be {...}, with a name or number for each'],
    ['{"users": {"alice": ["read"}}', '1: , or ] is expected here'],
    ['{"users": {"alice": ["read"]}\n', '2: , or } is expected here'],
    ['{"users": {"alice"\n: ["read"]} x}', '2: , or } is expected here'],
    ['{"users" {}}', '1: "name": value is expected here'],
    ['{} {}', '1: nothing but spaces is expected here'],
    ['{"\\q": {}}', '1: a string has an escape, or a character, that JSON does not have'],
    ['[[[[[[]]]]]]', '1: too many brackets are open here'],
  ])('%j is wrong, and the error says where', (text, message) => {
    expect(() => read(text)).toThrow(new ConfigError(`${POLICY_FILE}:${message}`));
  });

  test.each([
    [{ uid: 1234 }, `${POLICY_FILE} belongs to user 1234`],
    [{ mode: 0o664 }, `other users may write to ${POLICY_FILE} (mode 664)`],
  ])('of another user, or that others may write, is not obeyed: %j', (ownership, reason) => {
    const files = new FakeSystem({ [POLICY_FILE]: '{}' }).own(POLICY_FILE, ownership);
    const remedy = 'chown it to root and chmod go-w it, and the folders above it';

    expect(() => readPolicy(files)).toThrow(
      new ConfigError(`${POLICY_FILE}: is not obeyed: ${reason}; ${remedy}`),
    );
  });

  test('that cannot be read is an error', () => {
    expect(() => readPolicy(fakeFiles({ [POLICY_FILE]: DENIED }))).toThrow(
      new ConfigError(`${POLICY_FILE}: cannot be read`),
    );
  });

  test('of any text gives grants or an error of its own', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"users"',
        '"groups"',
        '"alice"',
        '"read"',
        '"6/1"',
        '\n',
        '"',
      ],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (content) => {
        let outcome = 'read';
        try {
          read(content);
        } catch (error) {
          outcome = (error as Error).name;
        }
        expect(['read', 'ConfigError']).toContain(outcome);
      }),
    );
  });
});
