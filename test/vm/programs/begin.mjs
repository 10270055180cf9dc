/**
 * A program that tells the BMC, by an OEM command, when all of the files named are there. It makes
 * `/tmp/ready` when it waits for them, so that it need not be started then, which takes its time,
 * and `/tmp/begun` when it has told.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { open } from 'ipmi-bt';

const [base, cmd, ...paths] = process.argv.slice(2);

const bmc = await open({ base: Number(base) });
writeFileSync('/tmp/ready', '');
while (!paths.every((path) => existsSync(path))) await wait(20);
await bmc.request({ netFn: 0x30, cmd: Number(cmd) });
await bmc.close();
writeFileSync('/tmp/begun', '');
