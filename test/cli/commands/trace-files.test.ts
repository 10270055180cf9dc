/** The files of `trace` and `--record`: none is lost, left half, waited for or shown raw. */

import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SIM_LINE, runCli, startCli } from '../../support/cli-run.ts';
import { ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const RACE = join(ROOT, 'test/fixtures/bt-race-2018.log');
const CLI = join(ROOT, 'dist/cli.cjs');
const END = '(see ipmi-bt help trace)\n';
const READ = ['raw', '6', '1'];

/** Makes a recording; resolves to its path. */
async function recorded(): Promise<string> {
  const path = join(tempFolder(), 'recording.jsonl');
  const { exit } = await runCli('--sim', '--trace-payload', '--record', path, ...READ);
  expect(exit).toBe(0);
  return path;
}

/** Makes a FIFO. */
function fifo(): string {
  const path = join(tempFolder(), 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

describe('a FIFO', () => {
  test.each([
    [['--sim', '--sim-recording', 'FIFO', 'info']],
    [['trace', 'show', 'FIFO']],
    [['trace', 'kernel-log', 'FIFO']],
  ])('that is waited for leaves SIGTERM its effect: %j', async (words) => {
    const path = fifo();
    const run = startCli(...words.map((word) => (word === 'FIFO' ? path : word)));
    // A writer gets the FIFO as soon as the command has opened it to read.
    const writer = createWriteStream(path);
    onTestFinished(() => void writer.destroy());
    await new Promise((resolve) => writer.once('open', resolve));

    run.kill('SIGTERM');

    expect(await run.ended).toEqual({ stdout: '', stderr: '', exit: 'SIGTERM' });
  });

  test('is read to its end', async () => {
    const [path, text] = [fifo(), readFileSync(await recorded())];

    const run = startCli('--sim', '--sim-recording', path, ...READ);
    createWriteStream(path).end(text);

    expect((await run.ended).stdout).toMatch(/^ 20 01 02 35/);
  });
});

describe('a file of --record', () => {
  test('is not left empty when the interface is not opened', async () => {
    const path = join(tempFolder(), 'a');

    const first = await runCli('--base', '0xffff', '--record', path, ...READ);

    expect(first.exit).not.toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    [['--sim', '--record', '', ...READ], '--record'],
    [['--sim', '--sim-recording', '', ...READ], '--sim-recording'],
    [['trace', 'show', 'x', '--html', ''], '--html'],
    [['trace', 'show', ''], 'trace show'],
  ])('%j has an empty name', async (words, flag) => {
    const see = `(see ipmi-bt help ${words.includes('trace') ? 'trace' : 'raw'})`;
    const text = `${flag} needs the name of a file, and has an empty one: name a file ${see}\n`;

    expect(await runCli(...words)).toEqual({ stdout: '', stderr: `ipmi-bt: ${text}`, exit: 64 });
  });
});

test('show --html on a full disk leaves no file', async () => {
  const [path, folder] = [await recorded(), tempFolder()];
  const line = `trap '' XFSZ; ulimit -f 2; "$0" "$1" trace show "$2" --html "$3" 2>&1`;
  const words = [process.execPath, CLI, path, join(folder, 'a')];

  const out = execFileSync('bash', ['-c', `${line} || true`, ...words], { encoding: 'utf8' });

  expect(out).toContain('/a cannot be made: it becomes too large for the file system');
  expect(readdirSync(folder)).toEqual([]);
});

describe('a name with controls is told in quotes:', () => {
  const name = 'a\n\u001b[2J';
  const shown = String.raw`a\n\u001b[2J`;

  test.each([
    [['trace', 'show', `/nowhere/${name}`]],
    [['trace', 'kernel-log', `/nowhere/${name}`]],
    [['--sim', 'exec', `/nowhere/${name}`]],
    [['--sim', '--record', `/nowhere/${name}`, 'info']],
    [['--sim', '--sim-recording', `/nowhere/${name}`, 'info']],
    [['--sim', 'smoke', '--baseline', `/nowhere/${name}`]],
    [['--sim', 'smoke', '--only', 'host', '--html', `/nowhere/${name}`]],
    [[`--${name}`, 'info']],
  ])('%j', async (words) => {
    const { stderr } = await runCli(...words);

    const told = stderr.replace(SIM_LINE, '');
    expect(told).toContain(shown);
    expect(told).toMatch(/^[\x20-\x7e]+\n$/);
  });
});

describe('a file that is no text is named as what it is:', () => {
  const log = readFileSync(RACE);
  const utf16 = Buffer.from(`\ufeff${log.toString()}`, 'utf16le');

  test.each([
    ['kernel-log', gzipSync(log), 'compressed with gzip: make text of it first, with zcat'],
    ['show', gzipSync(log), 'compressed with gzip: make text of it first, with zcat'],
    ['kernel-log', utf16, 'UTF-16 text: make text of it first, with iconv -f UTF-16 -t UTF-8'],
  ])('%s', async (action, bytes, reason) => {
    const path = join(tempFolder(), 'log');
    writeFileSync(path, bytes);

    const file = await runCli('trace', action, path);
    const line = '"$0" "$1" trace "$2" - < "$3" 2>&1 || true';
    const piped = execFileSync('sh', ['-c', line, process.execPath, CLI, action, path]);

    const stderr = `ipmi-bt: ${path} cannot be read: it is ${reason} ${END}`;
    expect(file).toEqual({ stdout: '', stderr, exit: 64 });
    expect(piped.toString()).toBe(stderr.replace(path, 'standard input'));
  });

  test.each([
    ['exec', ['exec', 'FILE']],
    ['a recording', ['--sim-recording', 'FILE', 'info']],
    ['a baseline', ['smoke', '--baseline', 'FILE']],
  ])('%s', async (_, words) => {
    const path = join(tempFolder(), 'a');
    writeFileSync(path, gzipSync(log));

    const run = await runCli('--sim', ...words.map((word) => (word === 'FILE' ? path : word)));

    expect(run.exit).toBe(64);
    expect(run.stderr).toContain(`${path} cannot be read: it is compressed with gzip`);
  });
});

test('a log or a recording with CRLF, or with a mark of UTF-8, reads as without', async () => {
  const [log, recording] = [join(tempFolder(), 'log'), await recorded()];
  const changed = (path: string): string => {
    writeFileSync(
      `${path}.dos`,
      `\ufeff${readFileSync(path, 'utf8').replaceAll('\n', '\r\n')}\r\n`,
    );
    return `${path}.dos`;
  };
  writeFileSync(log, readFileSync(RACE, 'utf8').trimEnd());

  const [plainLog, plainRecording] = [
    await runCli('trace', 'kernel-log', log),
    await runCli('trace', 'show', recording),
  ];

  expect(plainLog.exit).toBe(0);
  expect(await runCli('trace', 'kernel-log', changed(log))).toEqual(plainLog);
  expect(await runCli('trace', 'show', changed(recording))).toEqual(plainRecording);
});
