/** `ipmi-bt --json exec`: each object that a line prints has the number of the line. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('typed commands and raw ones, one object or several', async () => {
  const file = join(tempFolder(), 'lines');
  writeFileSync(file, 'raw 6 1\n\npower status\nsdr type temperature\ninfo\n');

  const { stdout, exit } = await runCli('--sim', '--json', 'exec', file);
  const objects = stdout.split('\n').slice(0, -1);

  expect(exit).toBe(0);
  expect(objects.map((text) => JSON.parse(text) as object)).toMatchObject([
    { schema: 'ipmi-bt/raw', line: 1 },
    { schema: 'ipmi-bt/power-status', line: 3 },
    { schema: 'ipmi-bt/sdr-record', line: 4 },
    { schema: 'ipmi-bt/sdr-record', line: 4 },
    { schema: 'ipmi-bt/info', line: 5 },
  ]);
  expect(expectObjects(`${objects.slice(2, 4).join('\n')}\n`, 'sdr-record')).toHaveLength(2);
});
