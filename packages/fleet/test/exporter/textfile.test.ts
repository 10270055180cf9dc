/** The file for node_exporter. */

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect, test } from 'vitest';

import { writeTextfile } from '../../src/exporter/textfile.ts';
import { tempFolder } from '../temp-folder.ts';

test('replaces the file, which others may read, and leaves nothing else', async () => {
  const folder = tempFolder();
  const path = join(folder, 'ipmi.prom');
  writeFileSync(path, 'old', { mode: 0o600 });
  const { ino } = statSync(path);

  await writeTextfile(path, 'a 1\n');

  expect(readFileSync(path, 'utf8')).toBe('a 1\n');
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(statSync(path).ino).not.toBe(ino);
  expect(readdirSync(folder)).toEqual(['ipmi.prom']);
});

test('a folder that is not there is an error', async () => {
  await expect(writeTextfile(join(tempFolder(), 'no', 'a.prom'), '')).rejects.toThrow('ENOENT');
});

test('a pipe or a device is written to, and not replaced', async () => {
  const path = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    await writeTextfile(path, 'a 1\n');

    expect(statSync(path).isFIFO()).toBe(true);
    const bytes = Buffer.alloc(16);
    expect(bytes.toString('utf8', 0, readSync(reader, bytes))).toBe('a 1\n');
  } finally {
    closeSync(reader);
  }
});

test.each([
  ['a socket', ''],
  ['a pipe', ' | cat'],
  ['a file', ' > out; cat out; ls'],
])('/dev/stdout is standard output when that is %s', (_, rest) => {
  const module = pathToFileURL(join(import.meta.dirname, '../../src/exporter/textfile.ts')).href;
  const program = `import('${module}').then((it) => it.writeTextfile('/dev/stdout', 'a 1\\n'))`;
  const tsx = import.meta.resolve('tsx');
  const command = `"${process.execPath}" --import "${tsx}" -e "${program}"${rest}`;
  const printed = execFileSync('sh', ['-c', command], { cwd: tempFolder(), encoding: 'utf8' });

  expect(printed).toBe(rest.endsWith('ls') ? 'a 1\nout\n' : 'a 1\n');
});
