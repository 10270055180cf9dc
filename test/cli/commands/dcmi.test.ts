/** `ipmi-bt dcmi`, in a process, on the simulated BMC. */

import { describe, expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
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

test('there need be no limit of the power', async () => {
  const text = await runCli('--sim', 'dcmi', 'power-limit');
  const json = await runCli('--sim', '--json', 'dcmi', 'power-limit');

  expect(text.exit).toBe(0);
  expect(text.stdout).toBe('Current Limit State                 : no limit is active\n');
  expect(expectObjects(json.stdout, 'dcmi-power-limit')).toMatchObject([
    { active: false, limit_watts: null, action: null },
  ]);
});

describe('dcmi power-limit', () => {
  const LIMIT = ['--watts', '500', '--action', 'log', '--correction', '2000', '--period', '5'];

  test('sets a limit, activates it, and prints it as it is then', async () => {
    const set = ['dcmi', 'power-limit', ...LIMIT, '--activate', '--yes'];

    const text = await runCli('--sim', ...set);
    const json = await runCli('--sim', '--json', ...set);

    expect([text.stderr, text.exit]).toEqual([SIM_LINE, 0]);
    expect(text.stdout).toBe(`Current Limit State                 : active
Exception actions                   : log
Power Limit                         : 500 Watts
Correction time                     : 2000 ms
Sampling period                     : 5 s
`);
    expect(expectObjects(json.stdout, 'dcmi-power-limit')).toMatchObject([
      { active: true, limit_watts: 500, action: 'log', correction_ms: 2000, period_seconds: 5 },
    ]);
  });

  test('sets a limit without activating it, and deactivates', async () => {
    const none = 'Current Limit State                 : no limit is active\n';

    expect(await runCli('--sim', 'dcmi', 'power-limit', ...LIMIT, '--yes')).toMatchObject({
      ...{ stdout: none, exit: 0 },
    });
    expect(await runCli('--sim', 'dcmi', 'power-limit', '--deactivate', '--yes')).toMatchObject({
      ...{ stdout: none, exit: 0 },
    });
  });

  test('that was never set is not activated', async () => {
    const { stdout, stderr, exit } = await runCli(
      ...['--sim', 'dcmi', 'power-limit', '--activate', '--yes'],
    );

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 1 });
    expect(stderr).toContain('0xd5');
  });

  test.each([
    [['--watts', '500'], 'it needs --action, --correction, --period as well'],
    [['--period', '5', '--yes'], 'it needs --watts, --action, --correction as well'],
    [['--watts', '0', ...LIMIT.slice(2)], '--watts is not a number from 1 to 65535'],
    [['--activate', '--deactivate'], '--activate and --deactivate exclude each other'],
    [['--action', 'explode'], '--action'],
    [
      [...LIMIT, '--activate'],
      'dcmi power-limit will set the limit of the power to 500 W with action log, and activate the limit. Confirm with --yes; nothing was sent',
    ],
  ])('refuses %j', async (words, message) => {
    const { stdout, stderr, exit } = await runCli('--sim', 'dcmi', 'power-limit', ...words);

    expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
    expect(stderr).toContain(message);
  });
});
