/** Files of wanted settings. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { checkWanted, readApplyFile } from '../../src/cli/apply-file.ts';
import { UsageError } from '../../src/cli/args.ts';
import { tempFolder } from '../support/temp-folder.ts';

function fileOf(content: string): string {
  const path = join(tempFolder(), 'wanted.json');
  writeFileSync(path, content);
  return path;
}

const SECRET = {
  name: 'key',
  troubleOf: () => undefined,
  valueOf: (secret: Uint8Array) => Buffer.from(secret).toString(),
};

test('a file is read as JSON, over several lines', async () => {
  const file = await readApplyFile(fileOf('{\n  "ipv4": { "source":\n"dhcp" }\n}\n'));

  expect(file.content).toEqual({ ipv4: { source: 'dhcp' } });
});

describe('a file that is not JSON is told by the place, and not by what stands there:', () => {
  test.each(['{ "password": "hunter2", }', 'hunter2', '{"password": hunter2}', ''])(
    '%j',
    async (content) => {
      const path = fileOf(content);

      await expect(readApplyFile(path)).rejects.toThrow(
        new RegExp(`^${path} is not JSON(, at character \\d+)?$`),
      );
    },
  );
});

test('a file without end is refused', async () => {
  await expect(readApplyFile('/dev/zero')).rejects.toThrow(
    '/dev/zero is too long for wanted settings',
  );
});

test('a secret is read from the file that is named, seen from the first one', async () => {
  const file = await readApplyFile(fileOf('{ "keyFile": "key", "id": 1 }'));
  const other = await readApplyFile(fileOf('{ "id": 1 }'));
  writeFileSync(join(tempFolder(), 'key'), 'elsewhere');

  expect(() => file.withSecret(file.content, 'some', SECRET)).toThrow(
    /^some.keyFile: .*there is no such file/,
  );
  expect(other.withSecret(other.content, 'some', SECRET)).toEqual({ id: 1 });
  expect(other.withSecret('text', 'some', SECRET)).toBe('text');
});

test('an absolute path is taken as it is', async () => {
  const key = join(tempFolder(), 'key');
  writeFileSync(key, 'hunter2\n', { mode: 0o600 });
  const file = await readApplyFile(fileOf(JSON.stringify({ keyFile: key })));

  expect(file.withSecret(file.content, 'some', SECRET)).toEqual({ key: 'hunter2' });
});

test('a mistake in a file is one of the command line, and a bug stays one', () => {
  const failing = (error: Error) => () =>
    checkWanted(() => {
      throw error;
    }, {});

  expect(failing(new RangeError('lan.mac is wrong'))).toThrow(new UsageError('lan.mac is wrong'));
  expect(failing(new Error('bug'))).toThrow(new Error('bug'));
  expect(checkWanted((wanted) => wanted, 5)).toBe(5);
});

describe('a setting that stands twice in one object is refused, because one would be dropped:', () => {
  test.each([
    ['{ "id": 1, "id": 2 }', 'id stands twice in one object, at character 12'],
    ['{ "a": { "id": 1, "\\u0069d": 2 } }', 'id stands twice in one object, at character 19'],
    ['[{ "a": "{", "a\\n": 1 }, { "a\\n": [], "a\\n": 2 }]', '"a\\n" stands twice in one object'],
  ])('%s', async (content, reason) => {
    const path = fileOf(content);

    await expect(readApplyFile(path)).rejects.toThrow(`${path}: ${reason}`);
  });

  test('in two objects it may', async () => {
    const content = '{ "id": 1, "a": [{ "id": "id\\":" }, { "id": 2 }], "b": { "id": 3 } }';

    expect((await readApplyFile(fileOf(content))).content).toEqual(JSON.parse(content));
  });
});
