/**
 * Runs command lines of `ipmi-bt ipmitool` in this process, because a process of Node takes seconds
 * to start in a guest: `many-lines.js FILE BASE`. The file has the words of each line as JSON. Each
 * is told as `run-steps.sh` tells a step. `bundle.ts` makes one file of it.
 */

import { readFileSync, writeSync } from 'node:fs';

import { wayTo } from '../../../src/cli/ipmitool/way.ts';
import { systemClock } from '../../../src/clock.ts';
import { open } from '../../../src/index.ts';
import { runWords } from '../../support/ipmitool-ours.ts';

const LIMIT = { timeoutMs: 300_000 };

const [file = '', base = ''] = process.argv.slice(2);
const device = await open({ base: Number(base) });
const zone = process.env['TZ'];

for (const words of JSON.parse(readFileSync(file, 'utf8')) as string[][]) {
  const { exit, stdout, stderr } = await runWords(words, {
    requesterFor: (choices) => wayTo(device, choices, LIMIT),
    clock: systemClock,
  });
  // -Z has set it.
  if (zone === undefined) delete process.env['TZ'];
  writeSync(1, `${exit} ${stdout.length} ${stderr.length}\n`);
  writeSync(1, Buffer.from(stdout + stderr, 'latin1'));
}
await device.close();
