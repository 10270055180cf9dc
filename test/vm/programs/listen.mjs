/**
 * A program that listens to the BMC's events while it sends so many requests, ten at a time, each
 * with a payload of its own, which the BMC is to give back. Ends when no event has come for 2 s.
 * Prints the numbers of the events as they came, and how many payloads came back rightly.
 */

import { Buffer } from 'node:buffer';
import { setTimeout as wait } from 'node:timers/promises';

import { open } from 'ipmi-bt';

const AT_ONCE = 10;
const QUIET_MS = 2000;

const count = Number(process.argv[2]);
const numbers = [];
let toldMs = performance.now();

const bmc = await open({ base: 0xce4 });
bmc.on('event', ({ record }) => {
  toldMs = performance.now();
  numbers.push((record.raw[14] << 8) | record.raw[15]);
});
let right = 0;
for (let index = 0; index < count; index += AT_ONCE) {
  const all = await Promise.all(Array.from({ length: AT_ONCE }, (_, place) => ask(index + place)));
  right += all.filter(Boolean).length;
}
while (performance.now() - toldMs < QUIET_MS) await wait(100);

const { events, eventsMissed, staleReplies, longTimeouts } = bmc.statistics();
await bmc.close();
const statistics = { events, eventsMissed, staleReplies, longTimeouts };
console.log(JSON.stringify({ numbers, right, statistics }));

async function ask(index) {
  const payload = Uint8Array.of(1, index >> 8, index & 0xff);
  const { completionCode, data } = await bmc.request({ netFn: 0x30, cmd: 0x01, data: payload });
  return completionCode === 0 && Buffer.compare(data, payload) === 0;
}
