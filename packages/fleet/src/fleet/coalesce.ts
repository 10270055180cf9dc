/**
 * Equal answers of many hosts as one, in the layout of `clush -b`: a line of dashes, the hosts with
 * their number, a line of dashes, the text.
 */

/** Hosts with the same text. */
export interface Group {
  readonly hosts: readonly string[];
  readonly text: string;
}

/** Makes a short name of a set of hosts, such as `uv[001-400]`. */
export type Fold = (hosts: readonly string[]) => Promise<string>;

const RULE = '-'.repeat(15);

/** Numbers in names compare by value, so that `uv2` stands before `uv10`. */
const ORDER = new Intl.Collator('en', { numeric: true });

/** The natural order of host names, the same in every locale. */
export function byName(a: string, b: string): number {
  const natural = ORDER.compare(a, b);
  if (natural !== 0) return natural;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Groups the hosts by their text: the largest group first, equal ones by their first host. */
export function coalesce(texts: ReadonlyMap<string, string>): readonly Group[] {
  const groups = new Map<string, string[]>();
  for (const host of [...texts.keys()].sort(byName)) {
    const text = texts.get(host) ?? '';
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [host]);
    else group.push(host);
  }
  return [...groups]
    .map(([text, hosts]) => ({ hosts, text }))
    .sort((a, b) => b.hosts.length - a.hosts.length || byName(a.hosts[0] ?? '', b.hosts[0] ?? ''));
}

/** Prints the groups. */
export async function gatheredText(groups: readonly Group[], fold: Fold): Promise<string> {
  let printed = '';
  for (const { hosts, text } of groups) {
    const name = hosts.length === 1 ? hosts[0] : `${await fold(hosts)} (${hosts.length})`;
    const end = text === '' || text.endsWith('\n') ? '' : '\n';
    printed += `${RULE}\n${name}\n${RULE}\n${text}${end}`;
  }
  return printed;
}
