/** A file of hosts that is a file, a pipe, a device without an end, or none. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { textOfFile } from '../../src/fleet/hosts-file.ts';
import { tempFolder } from '../temp-folder.ts';

const BYTES_MAX = 200_000;

test('a file and a pipe have their text', async () => {
  const [file, pipe] = ['file', 'pipe'].map((name) => join(tempFolder(), name)) as [string, string];
  const text = 'uv1\n'.repeat(BYTES_MAX / 4);
  writeFileSync(file, text);
  execFileSync('mkfifo', [pipe]);
  const reading = textOfFile(pipe, BYTES_MAX);
  execFileSync('sh', ['-c', 'cat "$0" >"$1" &', file, pipe], { stdio: 'ignore' });

  expect(await textOfFile(file, BYTES_MAX)).toBe(text);
  expect(await reading).toBe(text);
});

test('a signal ends the wait for a pipe into which nothing is written', async () => {
  const pipe = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const ending = new AbortController();
  const reading = textOfFile(pipe, BYTES_MAX, ending.signal);
  ending.abort();

  await expect(reading).rejects.toThrow(/abort/i);
});

test.each([
  ['/dev/zero', `/dev/zero is longer than ${BYTES_MAX} bytes`],
  ['/no/such', 'ENOENT'],
  ['/', 'EISDIR'],
])('%s cannot be read', async (path, told) => {
  await expect(textOfFile(path, BYTES_MAX)).rejects.toThrow(told);
});
