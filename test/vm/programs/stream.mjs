/**
 * A program that sends reads and echoes one after the other, all with default settings, and prints
 * what became of each. The reads are Get Device ID and Get SEL Entry, the latter with a record id
 * of its own, as each echo has a payload of its own.
 */

import { Buffer } from 'node:buffer';

import { open } from 'ipmi-bt';

const [base, count] = process.argv.slice(2).map(Number);

const startMs = performance.now();
const bmc = await open({ base });
const openMs = Math.round(performance.now() - startMs);
const ends = [];
for (let index = 0; index < count; index += 1) ends.push(await end(requestOf(index)));
await bmc.close();
console.log(JSON.stringify({ openMs, ends }));

/** A read, an echo, the other read, in turn: what happens to every fifth happens to each of them. */
function requestOf(index) {
  if (index % 3 === 0) return { netFn: 0x06, cmd: 0x01, data: new Uint8Array() };
  if (index % 3 === 1) return { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(0xec, 0x40, index) };
  return { netFn: 0x0a, cmd: 0x43, data: Uint8Array.of(0, 0, index, 0, 0, 0xff) };
}

async function end(request) {
  const { netFn, data } = request;
  const sent = { netFn, data: hex(data) };
  try {
    const reply = await bmc.request(request);
    return { ...sent, completionCode: reply.completionCode, reply: hex(reply.data) };
  } catch ({ code, outcome }) {
    return { ...sent, code, outcome };
  }
}

function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}
