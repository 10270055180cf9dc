/** `ipmi-bt --record FILE smoke` as a process: what is in the file, and when there is none. */

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { runCli, startCli } from '../support/cli-run.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A bring-up that never ends: the BMC answers after an hour. */
const NEVER = ['--sim-delay', '3600000', '--only', 'bring-up'];

test('it has each device that the run opens, one behind the other', async () => {
  const file = join(tempFolder(), 'smoke.jsonl');

  const { exit } = await runCli(
    '--sim',
    '--record',
    file,
    'smoke',
    '--only',
    'bring-up',
    '--quick',
  );
  const shown = await runCli('trace', 'show', file);

  expect([exit, shown.exit]).toEqual([0, 0]);
  const heads = readFileSync(file, 'utf8').match(/"schema":"ipmi-bt\/recording"/g) ?? [];
  // The checks that bring-up needs open one more or less than itself.
  expect(heads.length).toBeGreaterThanOrEqual(5);
  expect(shown.stdout.match(/Get Device ID/g)?.length).toBeGreaterThanOrEqual(5);
});

test('a run that a signal ends leaves a recording that can be shown', async () => {
  const file = join(tempFolder(), 'smoke.jsonl');
  const run = startCli('--sim', '--record', file, 'smoke', '--json', ...NEVER);
  await run.printed('"name":"bring-up"');

  run.kill('SIGINT');
  const { exit } = await run.ended;
  const shown = await runCli('trace', 'show', file);

  expect([exit, shown.exit, shown.stderr]).toEqual([130, 0, '']);
  expect(shown.stdout).toContain('#1 Get BT Interface Capabilities');
});

describe('a run that is refused leaves no file, so that it can be typed again:', () => {
  test('because of a report that cannot be written', async () => {
    const folder = tempFolder();
    const record = ['--record', join(folder, 'a')];

    const { exit } = await runCli('--sim', ...record, 'smoke', '--html', join(folder, 'no', 'b'));

    expect([exit, readdirSync(folder)]).toEqual([64, []]);
  });

  test('because the baseline is of another machine', async () => {
    const folder = tempFolder();
    const [record, baseline] = [join(folder, 'a'), join(folder, 'b')];
    const saved = await runCli('--sim', 'smoke', '--only', 'host', '--save', baseline);
    const other = ['--sim', '--base', '0x2e4', '--record', record];

    const { exit } = await runCli(...other, 'smoke', '--baseline', baseline);

    expect([saved.exit, exit, readdirSync(folder)]).toEqual([0, 64, ['b']]);
  });

  test.each(['--html', '--junit', '--save'])('because %s names the same file', async (option) => {
    const folder = tempFolder();
    const file = join(folder, 'a');

    const { exit, stderr } = await runCli('--sim', '--record', file, 'smoke', option, file);

    const why = `--record and ${option} name the same file: one would overwrite the other`;
    expect(stderr).toContain(`ipmi-bt: ${why}; name a file of its own`);
    expect([exit, readdirSync(folder)]).toEqual([64, []]);
  });

  test('and a file that is there stays', async () => {
    const file = join(tempFolder(), 'a');
    writeFileSync(file, 'old');

    const { exit, stdout } = await runCli('--sim', '--record', file, 'smoke', '--only', 'host');

    expect([exit, stdout, readFileSync(file, 'utf8')]).toEqual([64, '', 'old']);
  });
});
