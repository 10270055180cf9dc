/** Every kind of object that the program prints has a schema, and is as its schema says. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SCHEMAS } from '../../../src/cli/schemas/all.ts';
import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { offenders } from '../../support/lists.ts';
import { filesIn, readText, ROOT } from '../../support/source-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Kinds that need a kernel driver or an interrupt, and are checked by the tests in guests. */
const IN_GUESTS = ['claim', 'release', 'irq-bind', 'irq-unbind', 'irq-status'];

test('the code prints no kind without a schema', () => {
  const names = SCHEMAS.map(({ name }) => name);
  const printed = filesIn('src').flatMap((path) =>
    [...readText(path).matchAll(/jsonLine\('([a-z-]+)'/g)].map(([, name = '']) => name),
  );

  expect(printed.length).toBeGreaterThan(10);
  expect(offenders(printed, (name) => !names.includes(name))).toEqual([]);
  expect(offenders(IN_GUESTS, (name) => !names.includes(name))).toEqual([]);
});

const LOG = join(ROOT, 'test', 'fixtures', 'bt-race-2018.log');

describe('each is as its schema says:', () => {
  test.each<[string, readonly string[]]>([
    ['raw', ['--sim', 'raw', '6', '1']],
    ['error', ['--sim', 'raw', '7', '1']],
    ['info', ['--sim', 'info']],
    ['stats', ['--sim', 'stats', '--count', '3']],
    ['event', ['--sim', '--sim-events', '20', 'watch', '--count', '3']],
    ['reset', ['--sim', 'reset', '--warm', '--yes']],
    ['reset', ['--sim', 'reset', '--interface', '--yes']],
    ['locate', ['locate', '--explain']],
    ['smoke-list', ['smoke', '--list']],
  ])('%s', async (name, words) => {
    const { stdout } = await runCli('--json', ...words);

    expect(expectObjects(stdout, name).length).toBeGreaterThan(0);
  });

  test('trace-show, trace-replay', async () => {
    const file = join(tempFolder(), 'info.jsonl');
    await runCli('--sim', '--record', file, 'info');

    for (const action of ['show', 'replay']) {
      const { stdout } = await runCli('--json', 'trace', action, file);
      expect(expectObjects(stdout, `trace-${action}`)).toHaveLength(1);
    }
  });

  test('trace-kernel-log', async () => {
    const { stdout } = await runCli('--json', 'trace', 'kernel-log', LOG);

    expect(expectObjects(stdout, 'trace-kernel-log')).toHaveLength(1);
  });
});
