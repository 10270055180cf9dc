/** Naming hosts, and printing equal answers, beside Debian's clustershell. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { coalesce, gatheredText } from '../../src/fleet/coalesce.ts';
import { foldHosts, nodeset, readHosts } from '../../src/fleet/host-names.ts';
import { tempFolder } from '../temp-folder.ts';

const noProgram = (): Promise<string> =>
  Promise.reject(Object.assign(new Error('spawn nodeset ENOENT'), { code: 'ENOENT' }));

test('a list names each host once, in natural order', async () => {
  expect(await readHosts('uv10,uv2,,uv10', noProgram)).toEqual(['uv2', 'uv10']);
});

test('names of the same agent are one host', async () => {
  expect(await readHosts('a.b,A_B,c', noProgram)).toEqual(['A_B', 'c']);
});

test('a file has hosts, comments and ranges', async () => {
  const file = join(tempFolder(), 'hosts');
  writeFileSync(file, '# rack 1\nb c,d  # two\n\nuv[08-10,12]\n');

  expect(await readHosts(`@${file}`)).toEqual(['b', 'c', 'd', 'uv08', 'uv09', 'uv10', 'uv12']);
});

test('a file of ranges may be longer than the arguments that Linux passes to a program', async () => {
  const file = join(tempFolder(), 'hosts');
  const rack = 'x'.repeat(100);
  const ranges = Array.from({ length: 22_000 }, (_, at) => `${rack}${at}-[1-2]`);
  writeFileSync(file, ranges.join('\n'));

  expect(await readHosts(`@${file}`)).toHaveLength(2 * ranges.length);
});

test('a long file of ranges that are wrong is refused by a short error', async () => {
  const file = join(tempFolder(), 'hosts');
  writeFileSync(file, Array.from({ length: 20_000 }, (_, at) => `rack${at}-[2-1]`).join('\n'));

  await expect(readHosts(`@${file}`)).rejects.toThrow(
    /^nodeset does not expand rack0-\[2-1\] .{1,200}… \(20000 words\): .{1,200}$/,
  );
});

test('hosts with names of any length are folded', async () => {
  const rack = 'x'.repeat(240);
  const hosts = Array.from({ length: 2000 }, (_, at) => `${rack}${at}`);

  expect(await foldHosts(hosts)).toBe(`${rack}[0-1999]`);
});

test.each([
  ['uv[1-2]', 'uv[1-2] needs the program nodeset: install the Debian package clustershell, or'],
  ['-x', '"-x" is no name of a host'],
  ['a b;c', '"b;c" is no name of a host'],
  [',', '--hosts "," names no host: give names (a,b), a file'],
  ['', '--hosts "" names no host: give names (a,b), a file'],
  ['a[1-99999999]', 'a[1-99999999] names 99,999,999 hosts: a run has 100,000 at most'],
  ['r[1-1000]n[001-101]', 'r[1-1000]n[001-101] names 101,000 hosts: a run has 100,000 at most'],
  [
    'a[1-8_000_000]',
    'a[1-8_000_000] is no range of hosts: brackets may hold digits 0 to 9, spaces',
  ],
  ['b[1-2],a[+1-+300000]', 'b[1-2],a[+1-+300000] is no range of hosts: '],
  ['a[1-٩٩]', 'a[1-٩٩] is no range of hosts: '],
  ['@/dev/zero', 'the file of hosts cannot be read: /dev/zero is longer than 25400000 bytes'],
  ['a,ALL', '"ALL" is no name of a host: it means all hosts'],
  ['@/no/such', 'the file of hosts cannot be read: ENOENT'],
])('%s is refused without nodeset', async (text, message) => {
  await expect(readHosts(text, noProgram)).rejects.toThrow(message);
});

test('a range that is wrong is refused in the words of nodeset', async () => {
  await expect(readHosts('uv[3-1]')).rejects.toThrow('nodeset does not expand uv[3-1]: ');
});

test('a program that is missing is told as such, whatever it was to read', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = tempFolder();
  try {
    await expect(nodeset(['-e'], 'x\n'.repeat(1e6))).rejects.toThrow('spawn nodeset ENOENT');
  } finally {
    process.env['PATH'] = path;
  }
});

test('without nodeset a group is named by its hosts', async () => {
  expect(await foldHosts(['a1', 'a2'], noProgram)).toBe('a1,a2');
});

test('equal answers are printed as clush -b prints them', async () => {
  const texts: Readonly<Record<string, string>> = {
    ...{ n1: 'one\n', n2: 'two\nlines\n', n3: 'two\nlines\n', n10: 'one\n', m7: 'three\n' },
  };
  const script = `case %h in ${Object.entries(texts)
    .map(([host, text]) => `${host}) printf '${text.replaceAll('\n', '\\n')}';;`)
    .join(' ')} esac`;
  const args = ['-b', '-w', Object.keys(texts).join(','), '-R', 'exec', script];
  const theirs = execFileSync('clush', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  const groups = coalesce(new Map(Object.entries(texts)));
  expect(await gatheredText(groups, foldHosts)).toBe(theirs);
  expect(groups.map(({ hosts }) => hosts)).toEqual([['n1', 'n10'], ['n2', 'n3'], ['m7']]);
});

test('a signal ends nodeset', async () => {
  const ending = new AbortController();
  const running = readHosts('a[1-9]', nodeset, ending.signal);
  ending.abort();

  await expect(running).rejects.toThrow(/abort/i);
});
