/**
 * The list of `npm run sabotage`: each fault can still be put into the code, the test that it names
 * is there, and docs/faults.md has its tables. Whether the tests notice them is not tried here.
 */

import { expect, test } from 'vitest';

import { FAULTS, TABLE_BEGINS, tables, withTables } from '../sabotage/list.ts';
import { sabotaged } from '../sabotage/sabotage.ts';
import { offenders } from '../support/lists.ts';
import { filesIn, readText } from '../support/source-code.ts';

const DOCUMENT = 'docs/faults.md';

test('there are faults of all layers, each once', () => {
  const words = FAULTS.map(({ what }) => what);
  const folders = new Set(FAULTS.map(({ file }) => file.split('/').slice(0, -1).join('/')));

  expect(FAULTS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(words).size).toBe(words.length);
  const layers = ['bt', 'driver', 'bmc', 'share', 'kernel', 'commands', 'serve', 'smoke'];
  const below = ['serve/cuse', 'serve/ipmidev', 'cli', 'cli/ipmitool'];
  for (const folder of ['native', ...[...layers, ...below].map((name) => `src/${name}`)]) {
    expect(folders).toContain(folder);
  }
});

test.each(FAULTS)('can be put into $file: $what', (fault) => {
  const source = readText(fault.file);

  expect(sabotaged(source, fault)).not.toBe(source);
});

test('a text that does not occur once is refused', () => {
  const fault = { ...{ what: 'a fault', file: 'a.ts', to: '', test: '', title: '' }, from: 'b' };

  expect(() => sabotaged('a', fault)).toThrow('"a fault": a.ts has 0 times "b"');
  expect(() => sabotaged('bb', fault)).toThrow('"a fault": a.ts has 2 times "b"');
  expect(sabotaged('abc', { ...fault, to: "$&$'" })).toBe("a$&$'c");
});

test('the tests that are named are there, and have a title', () => {
  const isAway = ({ test: path, title }: (typeof FAULTS)[number]): boolean =>
    title === '' || !filesIn('test').includes(path) || !readText(path).includes(title);

  expect(offenders(FAULTS, isAway)).toEqual([]);
});

test('docs/faults.md has the list (vitest run -u renews it)', async () => {
  const text = readText(DOCUMENT);

  expect(text).toContain(TABLE_BEGINS);
  await expect(withTables(text, tables())).toMatchFileSnapshot(`../../${DOCUMENT}`);
});
