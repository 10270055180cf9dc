/**
 * The file that says what users and groups other than root may send: an object of "users" and
 * "groups", each an object of names or numbers with a list: `"ipmi": ["read", "0x00/0x02"]`.
 *
 * A file that is wrong is not half used: the error names the line. Members of a group are those of
 * /etc/passwd and /etc/group; for a group of another source, the process must have it as its own.
 */

import { readConfigFile } from '../config-file.ts';
import type { Files } from '../files.ts';
import { NETFN_MAX } from '../ipmi/commands.ts';
import { JsonError, membersOf } from '../lined-json.ts';
import type { Json, Member } from '../lined-json.ts';
import { shownName } from '../shown.ts';
import { NO_GRANTS } from './policy.ts';
import type { Grant, Grants } from './policy.ts';

export const POLICY_FILE = '/etc/ipmi-bt-serve.json';

const PASSWD_FILE = '/etc/passwd';
const GROUP_FILE = '/etc/group';

const SECTIONS = ['users', 'groups'] as const;

/** Largest uid or gid; the one above it means "none" to the kernel. */
const ID_MAX = 0xffff_fffe;

const COMMAND = /^(0x[\da-f]{1,2}|\d{1,2})\/(?:(0x[\da-f]{1,2}|\d{1,3})|\*)$/i;
const GRANT_RULE = '"read", or a command such as "0x06/0x01", or "0x04/*"';

/** Users and groups of this host, by name. */
interface Names {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  /** By uid. */
  readonly groupsOf: ReadonlyMap<number, readonly number[]>;
}

/**
 * Reads the policy; without a file, only root may send. Throws a `ConfigError`, also when
 * another user than root and this process's own has written the file, or could replace it.
 */
export function readPolicy(files: Files): Grants {
  return (
    readConfigFile(POLICY_FILE, files, (content) => grantsOf(content, namesOf(files))) ?? NO_GRANTS
  );
}

/** The extent of a policy, in words. */
export function grantsText({ users, groups }: Grants): string {
  if (users.size + groups.size === 0) return 'root alone';
  return `${users.size} users and ${groups.size} groups beside root (${POLICY_FILE})`;
}

function grantsOf(content: Json, names: Names): Grants {
  const members = membersOf(content, 'the policy', SECTIONS);
  const { groupsOf } = names;
  return {
    users: sectionOf(members.get('users'), 'users', names),
    groups: sectionOf(members.get('groups'), 'groups', names),
    groupsOf: (uid) => groupsOf.get(uid) ?? [],
  };
}

function sectionOf(
  section: Member | undefined,
  kind: (typeof SECTIONS)[number],
  names: Names,
): ReadonlyMap<number, readonly Grant[]> {
  const grants = new Map<number, readonly Grant[]>();
  if (section === undefined) return grants;
  const { value } = section;
  if (value.kind !== 'object') {
    throw new JsonError(value.line, `"${kind}" must be {...}, with a name or number for each`);
  }
  for (const member of value.members) {
    const id = idOf(member, kind, names);
    if (grants.has(id)) throw new JsonError(member.line, `${kind} ${id} is there twice`);
    grants.set(id, grantListOf(member));
  }
  return grants;
}

function idOf({ name, line }: Member, kind: (typeof SECTIONS)[number], names: Names): number {
  const isNumber = /^(?:0|[1-9]\d{0,9})$/.test(name);
  const id = isNumber ? Number(name) : names[kind].get(name);
  const noun = kind === 'users' ? 'user' : 'group';
  if (id === undefined) {
    const file = kind === 'users' ? PASSWD_FILE : GROUP_FILE;
    const text = `there is no ${noun} ${shownName(name)} in ${file}; its number can stand here`;
    throw new JsonError(line, text);
  }
  if (id > ID_MAX) throw new JsonError(line, `${noun} ${id} is above ${ID_MAX}`);
  if (kind === 'users' && id === 0) {
    throw new JsonError(line, 'root may send every command; leave it out');
  }
  return id;
}

/** The grants in the list of a member, such as `"alice": ["read"]`. */
export function grantListOf({ name, value }: Member): readonly Grant[] {
  if (value.kind !== 'list') {
    const text = `${shownName(name)} must have a list [...] of ${GRANT_RULE}`;
    throw new JsonError(value.line, text);
  }
  return value.values.map(grantOf);
}

function grantOf(value: Json): Grant {
  if (value.kind !== 'string') throw new JsonError(value.line, `${GRANT_RULE} is expected here`);
  const { text, line } = value;
  if (text === 'read') return { kind: 'read' };
  const match = COMMAND.exec(text);
  const netFn = Number(match?.[1]);
  const cmd = match?.[2];
  if (match === null || netFn > NETFN_MAX || Number(cmd ?? 0) > 0xff) {
    throw new JsonError(line, `${shownName(text)} must be ${GRANT_RULE}`);
  }
  if (netFn % 2 !== 0) {
    throw new JsonError(line, `${shownName(text)}: a network function of requests is even`);
  }
  return cmd === undefined
    ? { kind: 'netFn', netFn }
    : { kind: 'command', netFn, cmd: Number(cmd) };
}

/** The gid of a group, by its name or as digits; undefined when there is no such group. */
export function gidOf(group: string, files: Files): number | undefined {
  return /^\d{1,10}$/.test(group) ? Number(group) : namesOf(files).groups.get(group);
}

/** Reads the users and groups of this host; see passwd(5) and group(5). */
function namesOf(files: Files): Names {
  const users = new Map<string, number>();
  const groups = new Map<string, number>();
  const groupsOf = new Map<number, number[]>();
  const join = (uid: number | undefined, gid: number): void => {
    if (uid === undefined) return;
    groupsOf.set(uid, [...(groupsOf.get(uid) ?? []), gid]);
  };
  for (const [name = '', , uid = '', gid = ''] of entriesOf(files, PASSWD_FILE)) {
    users.set(name, Number(uid));
    join(Number(uid), Number(gid));
  }
  for (const [name = '', , gid = '', members = ''] of entriesOf(files, GROUP_FILE)) {
    groups.set(name, Number(gid));
    for (const member of members.split(',')) join(users.get(member), Number(gid));
  }
  return { users, groups, groupsOf };
}

/** The lines of a file whose third field is a number, in fields. */
function entriesOf(files: Files, path: string): readonly (readonly string[])[] {
  const lines = (files.readText(path) ?? '').split('\n').map((line) => line.split(':'));
  return lines.filter(([name = '', , id = '']) => name !== '' && /^\d+$/.test(id));
}
