/**
 * A program that asks the BMC to echo one payload and prints what comes back, and then kills itself
 * so many port cycles after it has asked for the echo of another.
 */

import { Buffer } from 'node:buffer';

import { open } from './dist/index.js';
import { die, watchCycles } from './port-cycles.mjs';

const BASE = 0xce4;

const [cycles, own, other] = process.argv.slice(2).map(Number);

const bmc = await open({ base: BASE, bringUp: 'lazy' });
const { completionCode, data } = await bmc.request(echo(own));
console.log(Buffer.of(completionCode, ...data).toString('hex'));

let left = Infinity;
watchCycles(BASE, (isRung) => {
  if (isRung) left = cycles;
  else left -= 1;
  if (left === 0) die();
});
await bmc.request(echo(other));

function echo(payload) {
  return { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(payload, payload) };
}
