/** Lines of files that are longer than what is read at a time, or that have no end. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { readLines } from '../../src/cli/input.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Reads a text as lines. */
async function linesOf(text: string, lineMax = 100): Promise<readonly string[]> {
  const path = join(tempFolder(), 'a');
  writeFileSync(path, text);
  const lines: string[] = [];
  const take = (line: string): void => {
    lines.push(line);
  };
  const rest = await readLines(path, { lineMax, take });
  return [...lines, `rest ${rest}`];
}

test('lines come without their newline, and what follows the last is the rest', async () => {
  expect(await linesOf('a\n\nb\nc')).toEqual(['a', '', 'b', 'rest c']);
  expect(await linesOf('a\n')).toEqual(['a', 'rest ']);
  expect(await linesOf('')).toEqual(['rest ']);
});

test('lines and characters across two pieces are whole', async () => {
  const long = '\u20ac'.repeat(30_000);

  expect(await linesOf(`${long}\nb`, 40_000)).toEqual([long, 'rest b']);
});

test('a line that is too long is handed on once, and the next one is read', async () => {
  const lines = await linesOf(`${'x'.repeat(500_000)}\nb\n`, 70_000);

  expect(lines.slice(1)).toEqual(['b', 'rest ']);
  expect(lines[0]?.length).toBeGreaterThan(70_000);
  expect(lines[0]?.length).toBeLessThan(200_000);
});

test('a file that is not there is a mistake of the command line', async () => {
  const reader = { lineMax: 1, take: () => undefined };

  await expect(readLines('/nowhere', reader)).rejects.toThrow(UsageError);
  await expect(readLines('/proc', reader)).rejects.toThrow('/proc cannot be read: it is a folder');
});
