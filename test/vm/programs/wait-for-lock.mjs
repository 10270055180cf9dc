/** A program that has the interface open when another locks it, and asks for something then. */

import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { open } from 'ipmi-bt';

const bmc = await open({ base: 0xce4, bringUp: 'lazy', lockTimeoutMs: 500 });
writeFileSync('/tmp/opened', '');
while (!existsSync('/tmp/held')) await wait(10);
const { code, outcome, message } = await bmc.request({ netFn: 0x06, cmd: 0x01 }).catch((e) => e);
await bmc.close();
console.log(JSON.stringify({ code, outcome, message }));
