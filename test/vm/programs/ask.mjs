/**
 * A program that sends so many requests, one after the other, of those in `questions.json` beside
 * it, over and over, and compares each reply with the one that stands there, completion code first.
 * Prints how many were right, and the others.
 */

import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';

import { open } from 'ipmi-bt';

const count = Number(process.argv[2]);
const questions = JSON.parse(readFileSync(new URL('questions.json', import.meta.url), 'utf8'));

const bmc = await open();
const wrong = [];
for (let index = 0; index < count; index += 1) {
  const { netFn, cmd, data, reply } = questions[index % questions.length];
  const answer = await bmc.request({ netFn, cmd, data: Uint8Array.from(data) });
  const got = [answer.completionCode, ...answer.data];
  if (Buffer.compare(Buffer.from(got), Buffer.from(reply)) !== 0) wrong.push({ index, got, reply });
}
const { retries, staleReplies, longTimeouts } = bmc.statistics();
await bmc.close();
const statistics = { retries, staleReplies, longTimeouts };
console.log(JSON.stringify({ right: count - wrong.length, wrong, statistics }));
