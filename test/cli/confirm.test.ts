/** The question before a change, on a terminal and without one. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { confirm } from '../../src/cli/confirm.ts';
import { ROOT } from '../support/source-code.ts';

const CLI = join(ROOT, 'dist', 'cli.cjs');

/** The characters that a terminal sends for Ctrl-C and Ctrl-D. */
const CTRL_C = '\x03';
const CTRL_D = '\x04';

const QUESTION = 'sel clear will erase all entries of the system event log; sel drain saves them';

/** Text on a terminal, and the exit code of its command. */
interface Shown {
  readonly text: string;
  readonly exit: number | null;
}

/** Runs `ipmi-bt` on a terminal of `script` (util-linux); `typed` is typed at the question. */
async function onTerminal(words: readonly string[], typed: string): Promise<Shown> {
  const command = `exec ${[process.execPath, CLI, ...words].join(' ')}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: 'pipe' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let [text, isTyped] = ['', false];
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (isTyped || !text.includes('[y/N]')) return;
    isTyped = true;
    child.stdin.write(typed);
  });
  const exit = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { text: text.replaceAll('\r', ''), exit };
}

test('--yes is an answer', async () => {
  expect(await confirm('It changes', { yes: true, globals: {} })).toBe(true);
});

test('on a terminal, it is asked', async () => {
  const { text, exit } = await onTerminal(['--sim', 'sel', 'clear'], 'y\n');

  expect(text).toContain(`${QUESTION}. Go on? [y/N] `);
  expect(text).toContain('The system event log is erased');
  expect(exit).toBe(0);
});

describe('nothing is sent', () => {
  test.each([
    ['any other answer than yes', '\n'],
    ['the end of the input (Ctrl-D)', CTRL_D],
  ])('after %s, which is no', async (_, typed) => {
    const { text, exit } = await onTerminal(['--sim', 'sel', 'clear'], typed);

    expect(text).toMatch(/\nipmi-bt: nothing was sent\n$/);
    expect(text).not.toContain('simulated');
    expect(exit).toBe(0);
  });

  test('after Ctrl-C, which ends the command as that signal does', async () => {
    const { text, exit } = await onTerminal(['--sim', 'sel', 'clear'], CTRL_C);

    expect(text).toMatch(
      /\nipmi-bt: REQUEST_ABORTED: ended by SIGINT at the question; nothing was sent\n$/,
    );
    expect(exit).toBe(130);
  });
});

describe('a command that makes settings as they are wanted', () => {
  const WORDS = ['--sim', 'user', 'set', '3', '--name', 'op'];

  test('shows what would change, asks, and sets it', async () => {
    const { text, exit } = await onTerminal(WORDS, 'y\n');

    expect(text).toMatch(
      /\nuser.users\[0\].name: "" -> op\nuser set will change user 3 of the BMC. Go on\?/,
    );
    expect(text).toContain('1 setting changed\n');
    expect(exit).toBe(0);
  });

  test('sets nothing after Ctrl-D or Ctrl-C', async () => {
    const declined = await onTerminal(WORDS, CTRL_D);
    const ended = await onTerminal(WORDS, CTRL_C);

    expect(declined.text).toMatch(/\nipmi-bt: nothing was set\n$/);
    expect(declined.exit).toBe(0);
    expect(ended.text).toMatch(/\nipmi-bt: REQUEST_ABORTED: .*; nothing was set\n$/);
    expect(ended.exit).toBe(130);
  });

  test('does not ask where all is as wanted', async () => {
    const { text, exit } = await onTerminal(['--sim', 'user', 'set', '3', '--disable'], 'y\n');

    expect(text).toMatch(/\nall is as wanted\n$/);
    expect(exit).toBe(0);
  });
});
