/** The file of a run that cannot be written any more, or is none. */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { RunStateError, RunWriteError, openRunState } from '../../src/fleet/run-state.ts';
import type { RunWish } from '../../src/fleet/run-state.ts';
import { answerOf } from './memory-transport.ts';
import { tempFolder } from '../temp-folder.ts';

const HOSTS = ['a', 'b', 'c'];

const WISH: RunWish = {
  ...{ question: { endpoint: 'raw', body: { netFn: 0, cmd: 4 } }, hosts: HOSTS },
  ...{ isAll: false, id: 'run-1', isIdGiven: false },
};

const resultOf = (host: string) => ({ host, delivery: answerOf(host), elapsedMs: 1 });

test('a file that cannot be written in mid-run takes no further result', async () => {
  const folder = join(tempFolder(), 'own');
  mkdirSync(folder);
  const state = await openRunState(join(folder, 'state'), WISH);
  state.record(resultOf('a'));
  await state.flush();
  rmSync(folder, { recursive: true });
  state.record(resultOf('b'));

  await expect(state.flush()).rejects.toThrow(RunWriteError);
  expect(() => {
    state.record(resultOf('c'));
  }).toThrow(
    `--resume ${join(folder, 'state')} cannot be written: ENOENT: no such file or directory; name a`,
  );
  expect(state.missing).toEqual(['c']);
});

test.each(['/dev/zero', '/proc'])('%s is no file of a run, and is not read', async (path) => {
  await expect(openRunState(path, WISH)).rejects.toThrow(
    new RunStateError(
      `--resume ${path} cannot be read: ${path} is no file, but a folder, a pipe or a device: name a regular file`,
    ),
  );
});
