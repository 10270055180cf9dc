/** The files of a smoke run: refused in time, put in place whole, read no further than needed. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import {
  baselineAt,
  outputFile,
  refuseOneFile,
  writeWhole,
} from '../../../src/cli/commands/smoke-files.ts';
import { baselineOf, baselineText } from '../../../src/smoke/baseline-file.ts';
import { recordOf } from '../../../src/smoke/record.ts';
import * as runs from '../../support/smoke-run.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const isRoot = process.getuid?.() === 0;

function messageOf(work: () => unknown): string {
  return String(thrownBy(work));
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

function write(path: string, text = 'new'): string | undefined {
  return writeWhole(outputFile('html', path), text);
}

/** Makes the FIFO `name` in a new folder. */
function fifo(): string {
  const path = join(tempFolder(), 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

describe('a file that is written', () => {
  test('is not made, and nothing is left beside it, before it has its text', () => {
    const folder = tempFolder();
    const file = outputFile('html', join(folder, 'a'));

    expect(readdirSync(folder)).toEqual([]);
    expect(writeWhole(file, 'text')).toBeUndefined();
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('text');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('keeps its mode, whatever the umask is, and a new one has that of the umask', () => {
    const folder = tempFolder();
    const [old, fresh] = [join(folder, 'old'), join(folder, 'fresh')];
    writeFileSync(old, 'long text');
    chmodSync(old, 0o666);

    expect([write(old), write(fresh)]).toEqual([undefined, undefined]);

    writeFileSync(join(folder, 'plain'), '');
    expect([modeOf(old), modeOf(fresh)]).toEqual(['666', modeOf(join(folder, 'plain'))]);
    expect(readFileSync(old, 'utf8')).toBe('new');
  });

  test.runIf(isRoot)('keeps its owner', () => {
    const path = join(tempFolder(), 'a');
    writeFileSync(path, '');
    chownSync(path, 65_534, 65_534);

    write(path);

    expect(statSync(path)).toMatchObject({ uid: 65_534, gid: 65_534 });
  });

  test('through a link is what the link leads to, and the link stays', () => {
    const [folder, target] = [tempFolder(), join(tempFolder(), 'target')];
    writeFileSync(target, 'old');
    symlinkSync(target, join(folder, 'link'));

    write(join(folder, 'link'));

    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder)).toEqual(['link']);
  });

  test('that cannot be put in place leaves nothing beside it', () => {
    const folder = tempFolder();
    const file = outputFile('html', join(folder, 'a'));
    mkdirSync(join(folder, 'a'));

    expect(writeWhole(file, 'text')).toMatch(/a is not written, and is as it was: it is a folder/);
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('an output is refused, and nothing is left, when it is', () => {
  test('a FIFO, which nobody reads', () => {
    expect(messageOf(() => outputFile('html', fifo()))).toMatch(
      /^UsageError: --html: .*fifo cannot be written: it is a FIFO, a device or a socket/,
    );
  });

  test.each(['/dev/null', '/dev/full', '/dev/zero'])('the device %s', (path) => {
    expect(messageOf(() => outputFile('save', path))).toMatch(/name a regular file$/);
  });

  test('a link to nothing', () => {
    const folder = tempFolder();
    symlinkSync('nowhere', join(folder, 'link'));

    expect(messageOf(() => outputFile('html', join(folder, 'link')))).toMatch(
      /link to nothing; name a/,
    );
    expect(readdirSync(folder)).toEqual(['link']);
  });

  test.runIf(isRoot)('a link of another user, or to a file of another user', () => {
    const [folder, target] = [tempFolder(), join(tempFolder(), 'target')];
    writeFileSync(target, 'secret');
    const [theirs, ours] = [join(folder, 'theirs'), join(folder, 'ours')];
    symlinkSync(target, theirs);
    lchownSync(theirs, 65_534, 65_534);

    const ofLink = messageOf(() => outputFile('html', theirs));
    symlinkSync(target, ours);
    const isFollowed = outputFile('html', ours).path;
    chownSync(target, 65_534, 65_534);
    const ofFile = messageOf(() => outputFile('html', ours));

    expect(isFollowed).toBe(realpathSync(target));
    expect(ofLink).toMatch(/it is a link, and the link or its file is of another user; name a/);
    expect(ofFile).toMatch(/it is a link, and the link or its file is of another user; name a/);
    expect(readFileSync(target, 'utf8')).toBe('secret');
  });

  test('standard output', () => {
    expect(messageOf(() => outputFile('html', '-'))).toMatch(/standard output has the report of/);
  });

  test('a folder that is not there', () => {
    const folder = tempFolder();

    expect(messageOf(() => outputFile('html', join(folder, 'a/')))).toMatch(/folder that is not/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('in a folder where no file can be made', () => {
    for (const path of ['/proc/self/status', '/proc/new']) {
      expect(messageOf(() => outputFile('html', path))).toMatch(
        /cannot be written: (E|its folder|this user)/,
      );
    }
  });
});

describe('two names of one file are refused:', () => {
  function refused(...names: readonly [string, string]): string {
    const [one, other] = names;
    return messageOf(() => {
      refuseOneFile([outputFile('html', one), outputFile('save', other)]);
    });
  }

  test('of a new one, of a link and its target, of two hard links', () => {
    const folder = tempFolder();
    const [a, hard, soft] = ['a', 'hard', 'soft'].map((name) => join(folder, name));
    if (a === undefined || hard === undefined || soft === undefined) throw new Error('three');
    mkdirSync(join(folder, 'sub'));
    symlinkSync(folder, join(folder, 'again'));
    const why = 'one would overwrite the other; name a file of its own';
    const same = `UsageError: --html and --save name the same file: ${why}`;

    expect(refused(a, join(folder, 'sub/../a'))).toBe(same);
    expect(refused(a, join(folder, 'again/a'))).toBe(same);
    writeFileSync(a, '');
    linkSync(a, hard);
    symlinkSync('a', soft);
    expect([refused(a, hard), refused(a, soft)]).toEqual([same, same]);
  });

  test('of no two that differ', () => {
    const folder = tempFolder();
    const files = ['a', 'b'].map((name) => outputFile('html', join(folder, name)));

    expect(new Set(files.map(({ identity }) => identity)).size).toBe(2);
    expect(() => {
      refuseOneFile(files);
    }).not.toThrow();
  });

  test('of the baseline, which even --save does not replace: a difference would be lost', () => {
    const path = join(tempFolder(), 'a.json');
    writeFileSync(path, baselineText(baselineOf(recordOf(runs.PASSING))));
    const read = baselineAt(path);

    for (const option of ['html', 'junit', 'save']) {
      expect(
        messageOf(() => {
          refuseOneFile([outputFile(option, path)], read);
        }),
      ).toBe(
        `UsageError: --baseline and --${option} name the same file: what the run is compared ` +
          'with would be lost; name a file of its own',
      );
    }
  });
});

describe('a baseline is refused, without a wait and without an end of reading, when it is', () => {
  test('a FIFO, which nobody writes', () => {
    expect(messageOf(() => baselineAt(fifo()))).toMatch(
      /^UsageError: --baseline: .*fifo cannot be read: it is a FIFO/,
    );
  });

  test.each(['/dev/zero', '/dev/null', '/dev/urandom'])('the device %s', (path) => {
    expect(messageOf(() => baselineAt(path))).toMatch(/cannot be read: it is a FIFO, a device/);
  });

  test('a folder', () => {
    expect(messageOf(() => baselineAt('/'))).toMatch(
      /\/ cannot be read: it is a folder; name a file$/,
    );
  });

  test('a file of a terabyte', () => {
    const path = join(tempFolder(), 'huge');
    writeFileSync(path, '{');
    truncateSync(path, 2 ** 40);

    expect(messageOf(() => baselineAt(path))).toMatch(/huge is too large: a baseline has at most/);
  });
});
