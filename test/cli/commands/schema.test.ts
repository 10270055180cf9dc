/** `ipmi-bt schema`. */

import { expect, test } from 'vitest';

import { SCHEMAS } from '../../../src/cli/schemas/all.ts';
import { INPUT_SCHEMAS } from '../../../src/cli/schemas/input.ts';
import { runCli } from '../../support/cli-run.ts';

test('it lists the names, and prints a schema by its name', async () => {
  const list = await runCli('schema');
  const one = await runCli('schema', 'chassis-status');

  expect(list).toMatchObject({ exit: 0, stderr: '' });
  expect(list.stdout.trim().split('\n')).toEqual(
    [...SCHEMAS, ...INPUT_SCHEMAS].map(({ name }) => name),
  );
  expect(JSON.parse(one.stdout)).toMatchObject({
    $id: 'ipmi-bt/chassis-status',
    properties: { schema: { const: 'ipmi-bt/chassis-status' }, power_on: { type: 'boolean' } },
    additionalProperties: false,
  });
});

test('it prints the schema of a file that a command reads', async () => {
  const { stdout } = await runCli('schema', 'lan-apply');

  expect(JSON.parse(stdout)).toMatchObject({
    $id: 'ipmi-bt/lan-apply',
    properties: { ipv4: { properties: { source: {} }, additionalProperties: false } },
  });
});

test('a name that there is not is refused', async () => {
  const { stderr, exit } = await runCli('schema', 'chasis');

  expect(exit).toBe(64);
  expect(stderr).toContain('there is no schema of that name; there are: error, raw');
});
