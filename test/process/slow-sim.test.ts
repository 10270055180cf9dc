/** The command line at a BMC slower than the time that is assumed of one: `--timeout` counts. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../support/cli-run.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Longer than the 6 s of an attempt, and less than the time that the simulated BMC declares. */
const SLOW = ['--sim', '--sim-delay', '6300', '--timeout', '60'];

test(
  'raw, exec and info wait for a BMC that takes longer than 6 s',
  { timeout: 300_000 },
  async () => {
    const script = join(tempFolder(), 'script');
    writeFileSync(script, 'raw 0x30 1 7\n');
    const [raw, exec, info] = await Promise.all([
      runCli(...SLOW, 'raw', '0x30', '1', '7'),
      runCli(...SLOW, 'exec', script),
      runCli(...SLOW, 'info'),
    ]);

    expect(raw).toEqual({ stdout: ' 07\n', stderr: SIM_LINE, exit: 0 });
    expect(exec).toEqual({ stdout: ' 07\n', stderr: SIM_LINE, exit: 0 });
    expect(info).toMatchObject({ stderr: SIM_LINE, exit: 0 });
    expect(info.stdout).toMatch(/Selftest +: passed/);
  },
);
