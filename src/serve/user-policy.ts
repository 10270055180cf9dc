/**
 * The policy for a program that passes on the requests of users that this host does not know, such
 * as those of a message server: by name, what each may send.
 *
 * @packageDocumentation
 */

import { readConfigFile } from '../config-file.ts';
import { systemFiles } from '../files.ts';
import type { Files } from '../files.ts';
import { JsonError, membersOf } from '../lined-json.ts';
import type { Json, Member } from '../lined-json.ts';
import { shownName } from '../shown.ts';
import type { Grant } from './policy.ts';
import { grantListOf } from './policy-file.ts';

export { deniedReason, isRead, reservedReason } from './policy.ts';
export type { Grant, Permission } from './policy.ts';
export type { Request } from '../ipmi/message.ts';

/** The grants of users by their names. */
export interface UserPolicy {
  readonly users: ReadonlyMap<string, readonly Grant[]>;
  /** The grants of every user that has none of its own. */
  readonly others: readonly Grant[];
}

/** Every user may send what only reads. */
export const READ_ONLY: UserPolicy = { users: new Map(), others: [{ kind: 'read' }] };

const SECTIONS = ['users', 'others'] as const;

/**
 * Reads a policy such as `{ "users": { "alice": ["read", "0x00/0x02"] }, "others": [] }`;
 * {@link READ_ONLY} without a file, and for "others" where that is not there. Throws a
 * `ConfigError`, also when another user than root and this process's own has written the file, or
 * could replace it.
 */
export function readUserPolicy(path: string): UserPolicy {
  return userPolicyIn(path, systemFiles);
}

/** The same of other files. */
export function userPolicyIn(path: string, files: Files): UserPolicy {
  return readConfigFile(path, files, policyOf) ?? READ_ONLY;
}

function policyOf(content: Json): UserPolicy {
  const members = membersOf(content, 'the policy', SECTIONS);
  const others = members.get('others');
  return {
    users: usersOf(members.get('users')),
    others: others === undefined ? READ_ONLY.others : grantListOf(others),
  };
}

function usersOf(section: Member | undefined): ReadonlyMap<string, readonly Grant[]> {
  if (section === undefined) return new Map();
  const { value } = section;
  if (value.kind !== 'object') {
    throw new JsonError(value.line, '"users" must be {...}, with a name for each');
  }
  const users = value.members.map((member) => [checkName(member), grantListOf(member)] as const);
  return new Map(users);
}

function checkName({ name, line }: Member): string {
  if (/^[\w-]+$/.test(name)) return name;
  throw new JsonError(line, `${shownName(name)} must have letters, digits, "-" and "_" only`);
}
