/** `ipmi-bt dcmi`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('the power is printed in watts', async () => {
  const text = await runCli('--sim', 'dcmi', 'power');
  const json = await runCli('--sim', '--json', 'dcmi', 'power');

  expect(text.exit).toBe(0);
  expect(text.stdout).toContain('Instantaneous power reading         : 202 Watts\n');
  expect(expectObjects(json.stdout, 'dcmi-power')).toMatchObject([
    { available: true, reason: null, current_watts: 202, period_ms: 1000 },
  ]);
});

test('the capabilities are printed', async () => {
  const text = await runCli('--sim', 'dcmi', 'capabilities');
  const json = await runCli('--sim', '--json', 'dcmi', 'capabilities');

  expect(text.stdout).toContain('DCMI version                        : 1.5\n');
  expect(expectObjects(json.stdout, 'dcmi-capabilities')).toMatchObject([
    { power_management: true, sel_entries: 512, average_periods_seconds: [5, 60] },
  ]);
});
