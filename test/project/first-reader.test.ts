/**
 * Does what a first-time reader does, from README on, in a fresh copy of the project: all commands
 * in their order, as they stand, up to the first answers and up to a program in a project of the
 * reader's own.
 */

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { nonEmpty } from '../support/lists.ts';
import { codeBlocks, exchanges, promised } from '../support/markdown.ts';
import type { CodeBlock } from '../support/markdown.ts';
import { ROOT } from '../support/source-code.ts';

const run = promisify(execFile);

/** Long enough to install everything, or to delete it, on a host that does much else. */
const PATIENCE_MS = 600_000;

/** What a fresh clone does not have. */
const NOT_CLONED = ['node_modules', 'dist', 'lib', 'build', 'prebuilds', '.cache', '.git', 'site'];

const ENV = { ...process.env, npm_config_prefer_offline: 'true' };

/** The pages that the reader opens, one after the other: README leads to the second. */
const README = 'README.md';
const GUIDE = 'docs/library.md';

/** Blocks of one page, in their order. */
function blocksOf(file: string, info: string): readonly CodeBlock[] {
  return nonEmpty(codeBlocks(info).filter((block) => block.file === file));
}

/** The name of a file that the page has the reader save the program as, and its line to run it. */
function programOf(file: string): { readonly name: string; readonly line: string } {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const [, name = ''] = /[Ss]aved as `([\w.]+)`/.exec(text) ?? [];
  const [line = ''] = /\bnode [\w.]+(?=`)/.exec(text) ?? [];
  return { name, line };
}

describe('a first-time reader', () => {
  let folder = '';
  let clone = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-reader-'));
    clone = join(folder, 'ipmi-bt');
    const isCloned = (name: string): boolean => !NOT_CLONED.includes(name);
    for (const name of readdirSync(ROOT).filter(isCloned)) {
      cpSync(join(ROOT, name), join(clone, name), {
        recursive: true,
        filter: (path) => !path.slice(ROOT.length).includes('/node_modules'),
      });
    }
  }, PATIENCE_MS);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  }, PATIENCE_MS);

  /** Types it into a shell in that folder. */
  async function type(cwd: string, line: string) {
    return await run('bash', ['-e', '-c', line], { cwd, env: ENV });
  }

  test(
    'gets from README to the first answers',
    async () => {
      const [first] = blocksOf(README, 'sh');
      const sessions = blocksOf(README, 'console sim').flatMap((block) => exchanges(block, '$'));

      const installed = await type(clone, first?.text ?? 'false');

      expect(installed.stdout).toContain(sessions[0]?.stdout);
      expect(installed.stderr).toContain('simulated BMC (--sim): no hardware is touched');
      for (const { command, stdout } of nonEmpty(sessions)) {
        expect(await type(clone, command)).toMatchObject({ stdout });
      }
    },
    PATIENCE_MS,
  );

  test(
    'gets from README to a program that prints what it says, and to one in a project of its own',
    async () => {
      const [shown] = blocksOf(README, 'js');
      const { name, line } = programOf(README);
      writeFileSync(join(clone, name), shown?.text ?? '');
      expect((await type(clone, line)).stdout).toBe(promised(shown?.text ?? ''));
      rmSync(join(clone, name));

      expect(readFileSync(join(ROOT, README), 'utf8')).toContain(`](${GUIDE})`);
      const commands = blocksOf(GUIDE, 'sh reader').map(({ text }) => text);
      const ended = await type(clone, `${commands.join('\n')}\npwd`);
      const project = ended.stdout.trim().split('\n').at(-1) ?? '';
      expect(project).toBe(join(folder, 'my-project'));
      const [guided] = blocksOf(GUIDE, 'js');
      const guide = programOf(GUIDE);
      writeFileSync(join(project, guide.name), guided?.text ?? '');
      expect((await type(project, guide.line)).stdout).toBe(promised(guided?.text ?? ''));
    },
    PATIENCE_MS,
  );
});
