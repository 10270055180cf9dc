/** The types of the package in the project of a program that has no types of Node. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const PROGRAM = `
import { open } from 'ipmi-bt';
import type { Logger, OpenOptions, RequestOptions } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { FaultyBmc } from 'ipmi-bt/sim/faults';
import { SimIrqLine } from 'ipmi-bt/sim/irq-line';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { replay } from 'ipmi-bt/sim/replay';

const sim = new SimBmc();
await using bmc = await open({ base: sim.base, port: sim });
const reply = await bmc.request({ netFn: 0x06, cmd: 0x01 });
export const data: Uint8Array = reply.data;
for await (const event of bmc.events()) {
  const kind: 'event' | 'message' | 'watchdogPretimeout' | 'oem' = event.kind;
  if (kind === 'event') break;
}
export type { Logger, OpenOptions, RequestOptions };
export { FaultyBmc, SimIrqLine, VirtualClock, replay };
`;

test('need neither @types/node nor the types of browsers', { timeout: 300_000 }, () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'ipmi-bt'));
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022'], types: [], module: 'nodenext' },
    ...{ strict: true, skipLibCheck: false, noEmit: true },
  };
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['main.ts'] }),
  );
  writeFileSync(join(folder, 'main.ts'), PROGRAM);
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

  const run = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });

  expect({ stdout: run.stdout, status: run.status }).toEqual({ stdout: '', status: 0 });
});
