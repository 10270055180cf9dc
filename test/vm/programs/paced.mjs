/**
 * A program that sends so many requests, one every 10 ms, whether those before are answered or not.
 * Each has a payload of its own, which the BMC is to give back. Prints how many came back rightly
 * and the longest time in which none did. Makes `/tmp/opened.OWN` and waits for `/tmp/go`, to begin
 * together with others.
 */

import { Buffer } from 'node:buffer';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { open } from 'ipmi-bt';

const PACE_MS = 10;

/** On a machine that is too slow for the pace, most requests that wait for their answer. */
const UNANSWERED_MAX = 100;

const [own, count] = process.argv.slice(2).map(Number);

const bmc = await open({ base: 0xce4 });
writeFileSync(`/tmp/opened.${own}`, '');
while (!existsSync('/tmp/go')) await wait(PACE_MS);

const startMs = performance.now();
let answeredMs = startMs;
let longestGapMs = 0;
const asked = [];
for (let index = 0; index < count; index += 1) {
  await wait(Math.max(startMs + index * PACE_MS - performance.now(), 0));
  await asked[index - UNANSWERED_MAX];
  asked.push(ask(index));
}
const right = await Promise.all(asked);
const { retries, staleReplies, longTimeouts } = bmc.statistics();
await bmc.close();
console.log(
  JSON.stringify({
    right: right.filter(Boolean).length,
    longestGapMs: Math.round(longestGapMs),
    tookMs: Math.round(answeredMs - startMs),
    statistics: { retries, staleReplies, longTimeouts },
  }),
);

async function ask(index) {
  const payload = Uint8Array.of(own, index >> 8, index & 0xff);
  const { completionCode, data } = await bmc.request({ netFn: 0x30, cmd: 0x01, data: payload });
  const nowMs = performance.now();
  longestGapMs = Math.max(longestGapMs, nowMs - answeredMs);
  answeredMs = nowMs;
  return completionCode === 0 && Buffer.compare(data, payload) === 0;
}
