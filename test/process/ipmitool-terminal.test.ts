/** `ipmi-bt ipmitool` at a terminal, which `script` of util-linux makes. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { ROOT } from '../support/source-code.ts';

const CLI = join(ROOT, 'dist', 'cli.cjs');

const ENTER = '\r';
const UP = '\x1b[A';
const CONTROL_C = '\x03';
const CONTROL_D = '\x04';
/** Empties the line that is being typed. */
const CONTROL_U = '\x15';

const PASSWORD = 'very-5ecret';
const QUESTION = 'Password for user 2: ';
const PROMPT = 'ipmitool> ';

/** Runs it with these words at a terminal. */
function startAtTerminal(words: string) {
  const command = `${process.execPath} ${CLI} --sim ipmitool ${words}`;
  const args = ['--quiet', '--return', '--echo', 'always', '--command', command, '/dev/null'];
  const child = spawn('script', args, { env: { ...process.env, TERM: 'xterm' } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let screen = '';
  let seenTo = 0;
  let look: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    look();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      resolve(code);
    });
  });
  /** Resolves when the text is on the screen behind all that was waited for before. */
  const shown = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      look = () => {
        const at = screen.indexOf(text, seenTo);
        if (at < 0) return;
        seenTo = at + text.length;
        resolve();
      };
      look();
      void ended.then(() => {
        reject(new Error(`ended without "${text}": ${JSON.stringify(screen)}`));
      });
    });
  const type = (text: string): void => void child.stdin.write(text);
  return { shown, type, ended, screen: () => screen };
}

test('a password that is asked for is not shown, and is no line of the history', async () => {
  const { shown, type, ended, screen } = startAtTerminal('shell');
  await shown(PROMPT);
  type(`user set password 2${ENTER}`);
  await shown(QUESTION);
  type(`${PASSWORD}${ENTER}`);
  await shown(QUESTION);
  type(`${PASSWORD}${ENTER}`);
  await shown('Set User Password command successful (user 2)');
  await shown(PROMPT);
  type(UP);
  await shown('user set password 2');
  type(`${CONTROL_U}exit${ENTER}`);

  expect(await ended).toBe(0);
  expect(screen()).not.toContain(PASSWORD);
});

test('two passwords that differ are not set, and neither is shown', async () => {
  const { shown, type, ended, screen } = startAtTerminal('user set password 2');
  await shown(QUESTION);
  type(`${PASSWORD}1${ENTER}`);
  await shown(QUESTION);
  type(`${PASSWORD}2${ENTER}`);
  await shown('Two passwords are given, and nothing is sent.');

  expect(await ended).toBe(1);
  expect(screen()).not.toContain(PASSWORD);
});

test.each([
  { name: 'Ctrl-C', key: CONTROL_C, exit: 130, text: 'REQUEST_ABORTED' },
  { name: 'Ctrl-D', key: CONTROL_D, exit: 1, text: 'No password is given, and nothing is sent.' },
])('$name in place of a password sends nothing', async ({ key, exit, text }) => {
  const { shown, type, ended } = startAtTerminal('user test 2 16');
  await shown(QUESTION);
  type(key);
  await shown(text);

  expect(await ended).toBe(exit);
});
