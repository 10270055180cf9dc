/** The scripts that start tools which need a newer Node than the package say so in one line. */

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

import { expect, test } from 'vitest';

import { readText } from '../support/source-code.ts';
import { offenders } from '../support/lists.ts';

const GUARD = 'test/support/node-version.mjs';
const MANIFEST = JSON.parse(readText('package.json')) as {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
};

/** Runs the guard in this Node, which says that it is another. */
function guard(version: string) {
  const disguise = `Object.defineProperty(process, 'version', { value: 'v${version}' });`;
  const script = `${disguise} await import(${JSON.stringify(resolve(GUARD))});`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

test.each(['18.20.8', '20.4.0', '20.18.3', '21.7.3', '22.11.0'])('%s is too old', (version) => {
  expect(guard(version)).toMatchObject({
    status: 1,
    stdout: '',
    stderr:
      `ipmi-bt: this is Node ${version}, the tests and checks need Node 20.19 or newer, ` +
      'or 22.12 or newer (the package: 20.19)\n',
  });
});

test.each(['20.19.0', '20.20.2', '22.12.0', '23.0.0', '24.1.0', '100.0.0'])(
  '%s is new enough',
  (version) => {
    expect(guard(version)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  },
);

test('every script that starts such a tool begins with the guard', () => {
  const tools = Object.entries(MANIFEST.scripts).filter(([, line]) =>
    /\b(vitest|eslint|stryker)\b/.test(line),
  );

  expect(tools.map(([name]) => name)).toEqual([
    ...['check', 'test', 'test:vm', 'mutation', 'soak:serve-vm'],
  ]);
  expect(offenders(tools, ([, line]) => !line.startsWith(`node ${GUARD} && `))).toEqual([]);
});

test('README says which Node the package needs, and which the tests', () => {
  const readme = readText('README.md').replaceAll('\n', ' ');

  expect(MANIFEST.engines.node).toBe('>=20.19');
  expect(readme).toContain('Requires Linux and Node 20.19 or newer');
  expect(readme).toMatch(/the tests, .* need Node 20\.19, 22\.12 or newer/);
});
