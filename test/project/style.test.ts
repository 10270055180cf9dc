/**
 * Rules of CONTRIBUTING.md that lint cannot say. A pattern here that would match its own text is
 * spelt with a class of one character, such as `[x]yz`.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { describe, expect, test } from 'vitest';

import { badHabitsIn, commentsIn } from '../support/comments.ts';
import { offenders } from '../support/lists.ts';
import { ROOT, filesIn, readText } from '../support/source-code.ts';

const SOURCE = [...filesIn('src'), ...filesIn('packages/fleet/src')];
const NATIVE = filesIn('native');
const ADDON = NATIVE.filter((path) => !path.startsWith('native/uio/'));
const RELEASE = filesIn('packages/release');
const TESTS = [...filesIn('test'), ...filesIn('packages/fleet/test')];
const CODE = [...SOURCE, ...NATIVE, ...RELEASE, ...TESTS];
const WRITTEN = [...CODE, ...filesIn('docs'), ...topLevelFiles()];

/** Only the `#!` line of a program stands before the comment that begins a file. */
const DOC_COMMENT = /^(#!.*\n)?\/\*\*/;
const ANY_COMMENT = /^(#!.*\n)?(\/\*|\/\/|#)/;
const HEADERS: readonly (readonly [extensions: readonly string[], header: RegExp])[] = [
  [['.ts', '.mjs'], DOC_COMMENT],
  [['.c', '.cc', '.h', '.sh'], ANY_COMMENT],
];

/** Folders whose comments are free of the two habits; `src/` and `test/` are all of them. */
const PLAIN_COMMENTS: readonly string[] = ['src/', 'packages/'];

const UNNUMBERED = /[T]ODO(?!\(#\d+\))/;
const QUIRK = /QUIRK\(([\w-]+)\)/g;
const TITLE = /^ *test(?:\.each\(.*?\))?\(\s*(?:'(.*)'|"(.*)"|`(.*)`),/gm;
const COVERAGE_IGNORE = /\b(istanbul|c8|v8) ignore\b/;
const SWITCHED_OFF = /\b(test|it|describe)\.(skip|only|todo)\b/;
const WAITING = /\bset(Timeout|Interval)\(|Atomics\.wait\(|[n]ode:timers|sleep\([s]ystemClock/;

/** Places on the machine where this was written, which no reader has. */
const MACHINE = /(?<![\w.])[/](work|farm)\b|\.\.\/[s]hared\b|\.[l]ibrary\b|\b[i]ssue \d/i;

/** What follows `//`, or the `*` of a longer comment. */
const COMMENT = /(?:^\s*\*(?!\/)|\/\/|\/\*+)\s*(.*?)\s*(?:\*\/)?$/;

/** Statements, calls and ends of blocks; prose may well end in a semicolon. */
const STATEMENT = new RegExp(
  [
    /^(const|let|var|import|export|if|for|while|return|throw|await|case)\b.*[;{]$/,
    /^[\w.#[\]]+ [-+|&^*]?= .*;$/,
    /[\w)\]]\(.*\);$/,
    /(\)|=>|else|try|finally) \{$/,
    /^\}/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** Top-level entries, besides dotfiles. */
const TOP_LEVEL = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'binding.gyp',
  'docs',
  'native',
  'package-lock.json',
  'package.json',
  'packages',
  'src',
  'test',
];
const CONFIG = /^(tsconfig[a-z.]*\.json|[a-z-]+\.config\.[a-z]+)$/;

describe('every file begins with a comment that says what it is for', () => {
  test.each(HEADERS)('%j', (extensions, header) => {
    const headed = CODE.filter((path) => extensions.includes(extname(path)));

    expect(headed.length).toBeGreaterThan(0);
    expect(offenders(headed, (path) => !header.test(readText(path)))).toEqual([]);
  });

  test.each([
    '/** The queue. */\n',
    '/**\n * The queue.\n */\n',
    '#!/usr/bin/env node\n/** The command. */\n',
  ])('%j is one', (text) => {
    expect(text).toMatch(DOC_COMMENT);
  });

  test.each([
    '// A note.\n/** The queue. */\n',
    "import { open } from 'node:fs';\n/** The queue. */\n",
    '\n/** The queue. */\n',
    ' /** The queue. */\n',
    '// The queue.\n',
    '/* The queue. */\n',
    '#!/usr/bin/env node\n// A note.\n/** The command. */\n',
    '#!/usr/bin/env node\n',
    '',
  ])('%j is none', (text) => {
    expect(text).not.toMatch(DOC_COMMENT);
  });
});

describe('comments name the process, and say a sentence', () => {
  test('in the folders that are held to it', () => {
    const found = PLAIN_COMMENTS.flatMap((folder) => {
      const files = CODE.filter((path) => path.startsWith(folder) && /\.(ts|mjs)$/.test(path));
      const bad = files.flatMap((path) =>
        badHabitsIn(readText(path)).map((habit) => `${path}:${habit}`),
      );
      return files.length === 0 ? [`${folder}: no file`] : bad;
    });

    expect(found).toEqual([]);
  });

  test.each([
    ['/** Whether it is held. */', '1: begins with "Whether"'],
    ['\n/**\n * What a lock file holds.\n */', '2: begins with "What"'],
    ['interface A {\n  /** How often. */\n  b: 1;\n}', '2: begins with "How"'],
    ['/** Who may import whom. */', '1: begins with "Who"'],
    ['/** Who has it, or nobody. */', '1: begins with "Who"'],
    ['/** Whose turn it is. */', '1: begins with "Whose"'],
    ['open(); // Somebody removed it.', '1: a person, "Somebody"'],
    ['function ignore() {\n  // Nobody to tell.\n}', '2: a person, "Nobody"'],
    ['open(/* for anyone */);', '1: a person, "anyone"'],
    ['const text = `${/* whoever asks */ pid}`;', '1: a person, "whoever"'],
    ['/** The process who has it. */', '1: a person, "who"'],
  ])('found: %j', (code, habit) => {
    expect(badHabitsIn(code)).toContain(habit);
  });

  test.each([
    '/** True while it is held. */',
    '/** The lock tells how often the BMC was lost, and whose it is. */',
    '// What is left in the file is harmless.',
    "const text = '// who is there';",
    'const text = `/** Who ${pid} is. */`;',
    'const comment = /\\/\\* nobody/;',
    '/** The whole of it; any body of a function. */',
  ])('not found: %j', (code) => {
    expect(badHabitsIn(code)).toEqual([]);
  });

  test('all comments are seen once, wherever they stand', () => {
    const code = '#!/bin/x\n/** A. */\nf(/* b */ 1, // c\n  2); // d\n{\n  // e\n}\n// g\n';

    expect(commentsIn(code).map(({ line, text }) => `${line} ${text}`)).toEqual([
      '2 A.',
      '3 b',
      '3 c',
      '4 d',
      '6 e',
      '8 g',
    ]);
  });
});

test('what is left to do carries an issue number', () => {
  expect(matching(CODE, UNNUMBERED)).toEqual([]);
});

test('every quirk has a test of its name in whole/quirks.test.ts', () => {
  const quirks = SOURCE.flatMap((path) =>
    [...readText(path).matchAll(QUIRK)].map(([, name]) => name),
  );
  const titles = [...readText('test/whole/quirks.test.ts').matchAll(TITLE)].map((match) =>
    match.slice(1).join(''),
  );

  const untested = quirks.filter((name = '') => !titles.some((title) => title.includes(name)));
  expect(quirks).toContain('sticky-b2h');
  expect(untested).toEqual([]);
});

describe('commented-out code', () => {
  test('is not in src/', () => {
    const found = SOURCE.flatMap((path) =>
      readText(path)
        .split('\n')
        .filter((line) => isCommentedOut(line))
        .map((line) => `${path}: ${line}`),
    );

    expect(found).toEqual([]);
  });

  test.each([
    '// const port = open();',
    '  // this.#port.outb(this.#ctrl, 1);',
    '  value = 1; // value = 2;',
    '/* if (busy) { */',
    ' * return status;',
    '  //}',
  ])('is found in %j', (line) => {
    expect(isCommentedOut(line)).toBe(true);
  });

  test.each([
    '// If the BMC is busy; it may be so for long.',
    ' * for a log never loads it: importing pino costs half as much again as starting Node.',
    ' * executed: `not-sent`, it never reached the BMC;',
    'const port = open();',
    "const link = 'http://localhost/';",
  ])('is not seen in %j', (line) => {
    expect(isCommentedOut(line)).toBe(false);
  });
});

test('nothing of the driver is hidden from coverage', () => {
  const driver = SOURCE.filter((path) => path.startsWith('src/bt/'));

  expect(matching(driver, COVERAGE_IGNORE)).toEqual([]);
});

test('no test is switched off', () => {
  const tests = TESTS.filter((path) => path.endsWith('.test.ts'));

  expect(matching(tests, SWITCHED_OFF)).toEqual([]);
});

test('no test waits for real time to pass, except for QEMU', () => {
  const tests = TESTS.filter((path) => !/^test\/(qemu|vm|bench)\//.test(path));

  expect(matching(tests, WAITING)).toEqual([]);
});

test('nothing written names a place on the machine it was written on', () => {
  expect(matching(WRITTEN, MACHINE)).toEqual([]);
});

describe('native/', () => {
  test('knows nothing of the protocol, but for the kernel module', () => {
    expect(matching(ADDON, /\b(BT|BMC|frame)\b/)).toEqual([]);
  });

  test('has files of a page, and one of a page and a half for the kernel module', () => {
    const sources = NATIVE.filter((path) => path.endsWith('.c'));

    expect(offenders(ADDON, (path) => lineCount(path) > 120)).toEqual([]);
    expect(sources).toEqual(['native/uio/ipmi_bt_uio.c']);
    expect(offenders(sources, (path) => lineCount(path) > 170)).toEqual([]);
  });

  test('gives the kernel module one version', () => {
    const [, source] = /DRIVER_VERSION\s+"(.+)"/.exec(readText('native/uio/ipmi_bt_uio.c')) ?? [];
    const dkms = readText('native/uio/dkms.conf');
    const documented = readText('docs/interrupts.md');

    expect(dkms).toContain(`PACKAGE_VERSION="${source}"`);
    expect(documented).toContain(`dkms install ipmi-bt-uio/${source}`);
  });
});

test.skipIf(git() === undefined)('the top level holds what was agreed and nothing else', () => {
  const entries = new Set(
    (git() ?? '')
      .trimEnd()
      .split('\n')
      .map((path) => path.replace(/\/.*/, '')),
  );
  const others = [...entries].filter((entry) => !entry.startsWith('.') && !CONFIG.test(entry));

  expect(offenders(others, (entry) => !TOP_LEVEL.includes(entry))).toEqual([]);
});

function lineCount(path: string): number {
  return readText(path).split('\n').length - 1;
}

function matching(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.filter((path) => pattern.test(readText(path)));
}

function isCommentedOut(line: string): boolean {
  const [, comment = ''] = COMMENT.exec(line) ?? [];
  return STATEMENT.test(comment);
}

function topLevelFiles(): readonly string[] {
  // In a work tree of git's, .git is a file that says where the repository is.
  const others = ['package-lock.json', '.git'];
  const entries = readdirSync(ROOT).filter((name) => !others.includes(name));
  return entries.filter((name) => statSync(`${ROOT}${name}`).isFile());
}

/** The paths git knows; undefined in an unpacked archive. */
function git(): string | undefined {
  try {
    return execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return undefined;
  }
}
