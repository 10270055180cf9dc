/**
 * A program that first sees to it that it gets its own answers, whatever the process before it left
 * behind, and then becomes such a process: it opens the interface, sends one request and closes
 * it, but kills itself behind port cycle K of that. Prints its answers, and the number of cycles
 * when there are fewer than K.
 */

import { Buffer } from 'node:buffer';

import { open } from './dist/index.js';
import { die, watchCycles } from './port-cycles.mjs';

const BASE = 0xce4;
const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const GLOBAL_ENABLES = { netFn: 0x06, cmd: 0x2f };

const lastCycle = Number(process.argv[2]);

const next = await open({ base: BASE, bringUp: 'lazy' });
const answers = [];
for (const request of [DEVICE_ID, GLOBAL_ENABLES]) {
  const { completionCode, data } = await next.request(request);
  answers.push(Buffer.of(completionCode, ...data).toString('hex'));
}
const { retries, staleReplies } = next.statistics();
await next.close();
console.log(JSON.stringify({ answers, retries, staleReplies }));

let cycles = 0;
watchCycles(BASE, () => {
  cycles += 1;
  if (cycles === lastCycle) die();
});
const bmc = await open({ base: BASE });
await bmc.request(DEVICE_ID);
await bmc.close();
console.log(JSON.stringify({ cycles }));
