/** JSON with lines, beside JSON.parse. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { JsonError, membersOf, parseJson } from '../src/lined-json.ts';
import type { Json } from '../src/lined-json.ts';

/** The value as JSON.parse has it. */
function plain(value: Json): unknown {
  switch (value.kind) {
    case 'object':
      return Object.fromEntries(value.members.map((member) => [member.name, plain(member.value)]));
    case 'list':
      return value.values.map(plain);
    case 'string':
      return value.text;
    case 'other':
      return JSON.parse(value.raw);
  }
}

test('values are read as JSON.parse reads them, and kept as they are written', () => {
  const names = fc.string().filter((name) => name !== '__proto__');
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const list = fc.array(leaf, { maxLength: 4 });
  const object = fc.dictionary(names, fc.oneof(leaf, list), { maxKeys: 4, noNullPrototype: true });

  fc.assert(
    fc.property(fc.oneof(leaf, list, object), fc.constantFrom(0, 1), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const read = parseJson(` ${text}\n`);
      expect(plain(read)).toEqual(value);
      expect(read.raw).toBe(text);
    }),
  );
});

test('each value and member has its line', () => {
  const members = membersOf(parseJson('\n{"a":\n1,\n"b": [\n"c"]}'), 'it', ['a', 'b', 'd']);

  const [a, b] = [members.get('a'), members.get('b')];
  expect([a?.line, a?.value.line, a?.value.raw]).toEqual([2, 3, '1']);
  expect([b?.line, b?.value.line, b?.value.raw]).toEqual([4, 4, '[\n"c"]']);
  expect(members.get('d')).toBeUndefined();
});

test.each([
  ['{"a": 1,\n"a": 2}', 2, '"a" is there twice'],
  ['{"a": 1,\n"\u0007": 2}', 2, 'a string has an escape, or a character, that JSON does not have'],
  ['{"a": 1,\n"x": 2}', 2, 'x is not one of a, b'],
  ['\n[1]', 2, 'it must be {...}'],
  ['{"a": }', 1, 'a value is expected here'],
])('%j is wrong', (text, line, message) => {
  const read = (): unknown => membersOf(parseJson(text), 'it', ['a', 'b']);

  expect(read).toThrow(new JsonError(line, message));
  expect(read).toThrow(expect.objectContaining({ line }));
});
