/**
 * Runs what the documents show: every code block of every one of them, and every example. Blocks
 * for hardware run in the guest (`test/vm`); the test command itself is run by `.ci/run`.
 */

import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { offenders } from '../support/lists.ts';
import { DOCUMENTS, codeBlocks, exchanges, promised } from '../support/markdown.ts';
import type { CodeBlock } from '../support/markdown.ts';

const run = promisify(execFile);

/** Kinds of blocks, and where each is run. */
const KINDS = {
  sh: 'the first of README by project/first-reader.test.ts; the test command, which has a mark, by .ci/run',
  'sh reader': 'project/first-reader.test.ts, in a copy',
  'console sim': 'here',
  'console hardware': 'in the guest',
  js: 'here',
  trace: 'here, against the driver',
  report: 'project/smoke-reports.test.ts, which makes each anew',
  'sh deb': 'vm/deb.test.ts, in a clean root',
  'sh ipmitool': 'process/ipmitool.test.ts, in a folder of its own',
  'sh recipe': 'project/smoke-recipes.test.ts, against the simulator',
  'bash recipe': 'there, in a harness',
  'yaml recipe': 'there, its steps',
  'ini recipe': 'there, its command',
  mermaid: 'nobody: generated, and compared by project/state-machine.test.ts',
  text: 'nobody: a drawing',
};

/** Long enough to install everything, or to delete it, on a host that does much else. */
const PATIENCE_MS = 600_000;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-readme-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  }, PATIENCE_MS);
  return folder;
}

function placeOf({ file, line }: CodeBlock): string {
  return `${file}:${line}`;
}

test('every code block is of a kind that somebody runs', () => {
  const unknown = codeBlocks().filter(({ info }) => !(info in KINDS));

  expect(unknown.map((block) => `${placeOf(block)} ${block.info}`)).toEqual([]);
});

test('every test that a document names is there', () => {
  const named = DOCUMENTS.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/`(?:test\/)?([\w/-]+\.test\.ts)`/g)].map(([, name]) => name ?? '');
  });

  expect(named.length).toBeGreaterThan(10);
  expect(offenders(named, (name) => !existsSync(join('test', name)))).toEqual([]);
});

test('every link of a document leads to a file', () => {
  const links = DOCUMENTS.flatMap((file) => {
    const found = readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g);
    return [...found].map(([, path = '']) => join(dirname(file), path));
  });

  expect(links.length).toBeGreaterThan(20);
  expect(offenders(links, (path) => !existsSync(path))).toEqual([]);
});

describe('sessions on the simulator print what they show', () => {
  const all = codeBlocks('console sim').flatMap((block) =>
    exchanges(block, '$').map((exchange) => ({ place: placeOf(block), ...exchange })),
  );

  test.each(all)('$place: $command', async ({ command, stdout }) => {
    const bin = temporaryFolder();
    symlinkSync(resolve('dist/cli.cjs'), join(bin, 'ipmi-bt'));
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };

    // A session shows failures, too: what counts is what it prints.
    const shell = await run('bash', ['-c', `${command} || true`], { env });

    expect(shell.stdout).toBe(stdout);
  });

  test('there are sessions', () => {
    expect(all.length).toBeGreaterThan(5);
  });
});

describe('programs print what their last comment says', () => {
  const blocks = codeBlocks('js').map((block) => [placeOf(block), block.text] as const);
  const examples = readdirSync('docs/examples').map((name) => {
    const file = join('docs/examples', name);
    return [file, readFileSync(file, 'utf8')] as const;
  });

  test.each([...blocks, ...examples])('%s', async (_, program) => {
    expect(promised(program)).not.toBe('');

    const { stdout } = await run('node', ['--input-type=module', '-e', program]);

    expect(stdout).toBe(promised(program));
  });
});

describe('the commands for a fresh clone', () => {
  const blocks = codeBlocks('sh');

  test('are two of README, the second of which CONTRIBUTING repeats', () => {
    const shown = blocks.map(({ file, text }) => `${file}: ${text.trimEnd()}`);

    expect(shown).toEqual([
      'README.md: npm ci && npx ipmi-bt --sim info',
      'README.md: npm ci && npm test',
      'CONTRIBUTING.md: npm ci && npm test',
    ]);
  });
});

describe('the test command', () => {
  /** What `.ci/test-command` says to two documents; by default the project's own. */
  async function commandOf(
    readme = readFileSync('README.md', 'utf8'),
    contributing = readFileSync('CONTRIBUTING.md', 'utf8'),
  ): Promise<{ readonly stdout: string; readonly stderr: string }> {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'README.md'), readme);
    writeFileSync(join(cwd, 'CONTRIBUTING.md'), contributing);
    const failed = (error: { stdout: string; stderr: string }) => error;
    return run('bash', [resolve('.ci/test-command')], { cwd }).catch(failed);
  }

  const marked = (command: string): string =>
    `# Title\n\n\`\`\`sh\nanother\n\`\`\`\n\n<!-- test-command -->\n\n\`\`\`sh\n${command}\n\`\`\`\n`;

  test('is found by its mark in README and CONTRIBUTING, and .ci/run runs it', async () => {
    expect(await commandOf()).toEqual({ stdout: 'npm ci && npm test\n', stderr: '' });
    expect(readFileSync('.ci/run', 'utf8')).toMatch(
      /^if ! test_command=\$\(\.ci\/test-command\);[^]*bash -c "\$test_command"/m,
    );
  });

  test('is found wherever it stands', async () => {
    const { stdout } = await commandOf(marked('npm test'), `\n${marked('npm test')}`);

    expect(stdout).toBe('npm test\n');
  });

  test('must be the same in both', async () => {
    const { stdout, stderr } = await commandOf(marked('npm test'), marked('npm run all'));

    expect(stdout).toBe('');
    expect(stderr).toBe(
      "README.md names the test command 'npm test', CONTRIBUTING.md 'npm run all'\n",
    );
  });

  test.each([
    ['no mark', '```sh\nnpm test\n```\n'],
    ['no block', '<!-- test-command -->\n'],
    ['a block of another kind', '<!-- test-command -->\n```text\nnpm test\n```\n'],
    ['words in between', '<!-- test-command -->\nSo:\n```sh\nnpm test\n```\n'],
    ['two marks', `${marked('npm test')}${marked('npm test')}`],
  ])('must be marked once, with its block behind the mark: %s', async (_, readme) => {
    const { stdout, stderr } = await commandOf(readme, marked('npm test'));

    expect(stdout).toBe('');
    expect(stderr).toBe(
      'README.md must have the line <!-- test-command --> once, and an sh block right behind it\n',
    );
  });
});

test('docs/bt-protocol.md shows the register cycles of a transaction as they are', async () => {
  const lines: string[] = [];
  const bmc = new SimBmc();
  const trace = { write: (line: string) => lines.push(line), payload: true };
  const device = await open({ base: bmc.base, port: bmc, bringUp: 'lazy', trace });
  lines.length = 0;

  await device.request({ netFn: 0x06, cmd: 0x01 });

  const [block] = codeBlocks('trace');
  // The sequence number is random.
  const seq = lines[2]?.slice(-5, -3) ?? '';
  const shown = lines.map((line) => line.replace(`18 ${seq} 01`, '18 00 01'));
  expect(shown.map((line) => line.replace(`1c ${seq} 01`, '1c 00 01')).join('\n')).toBe(
    block?.text.trimEnd(),
  );
  await device.close();
});
