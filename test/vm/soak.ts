/**
 * `npm run soak:vm -- --minutes M`: in a guest, many processes use one interface and are killed,
 * stopped and told to end at random, from a seed that is printed. No reply may be wrong, the BMC
 * may have one request at a time, and in the end a fresh process is answered.
 */

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { ExternBmc } from '../qemu/extern-bmc.ts';
import { bootGuest } from './guest.ts';
import { GUEST_ROOT, programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const RESPONSE_MS = 5;
const MS_PER_MINUTE = 60_000;

/** Time to boot, and for the last ones to end. */
const MORE_MS = 300_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '15' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError(`--minutes ${values.minutes} is no number above 0`);
const seed = Number(values.seed ?? randomInt(2 ** 31));

const bmc = new ExternBmc({ plan: () => ({ delayMs: RESPONSE_MS }) });
const guest = await bootGuest({
  bmc,
  timeoutMs: minutes * MS_PER_MINUTE + MORE_MS,
  files: programFiles('crowd'),
  steps: stepsOf({ crowd: `node ${GUEST_ROOT}/crowd.mjs ${minutes * 60} ${seed}` }),
});
const { exitCode, stdout, stderr } = guest.step('crowd');
process.stdout.write(`seed ${seed}, ${minutes} minutes, overlaps at the BMC: ${bmc.overlaps}\n`);
process.stdout.write(`${stdout}${stderr}`);
const isRight = exitCode === 0 && bmc.overlaps === 0 && !stdout.includes('"wrong');
process.exitCode = isRight ? 0 : 1;
