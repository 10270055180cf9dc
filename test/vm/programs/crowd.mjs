/**
 * Many processes that use one interface while they are killed, stopped and told to end at random.
 * Without a number it is the one that starts the others, for so many seconds and from a seed, and
 * prints what became of their requests; with one it is one of them, and sends requests, each with
 * a payload of its own that the BMC is to give back, until it is ended.
 */

import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { open } from 'ipmi-bt';

const PROCESSES = 5;
/** An emulated processor takes seconds to start Node: a process lives for half a minute. */
const GAP_MAX_MS = 10_000;
const STOPPED_MAX_MS = 1000;
const ENDINGS = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGSTOP'];

const [word, ...rest] = process.argv.slice(2);
if (word === 'one') await beOne(Number(rest[0]));
else await startAll(Number(word), Number(rest[0]));

/** Says `ready`, then a line for each request: `right`, `wrong`, or the code of its error. */
async function beOne(own) {
  const bmc = await open({ base: 0xce4, bringUp: 'lazy' });
  console.log('ready');
  for (let index = 0; ; index += 1) {
    const data = Uint8Array.of(own >> 8, own & 0xff, (index >> 8) & 0xff, index & 0xff);
    try {
      const reply = await bmc.request({ netFn: 0x30, cmd: 0x01, data });
      const isRight = reply.completionCode === 0 && Buffer.compare(reply.data, data) === 0;
      console.log(isRight ? 'right' : `wrong ${reply.completionCode} ${[...reply.data]}`);
    } catch (error) {
      console.log(error.code ?? String(error));
    }
  }
}

async function startAll(seconds, seed) {
  const random = randomOf(seed);
  const counts = { started: 0, ready: 0 };
  const children = [];
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    while (children.length < PROCESSES) start(children, counts);
    await wait(random() * GAP_MAX_MS);
    const child = children[Math.floor(random() * children.length)];
    const name = ENDINGS[Math.floor(random() * ENDINGS.length)];
    count(counts, name);
    child.kill(name);
    if (name !== 'SIGSTOP') continue;
    await wait(random() * STOPPED_MAX_MS);
    child.kill('SIGCONT');
  }
  for (const child of children) child.kill('SIGKILL');
  const bmc = await open({ base: 0xce4 });
  const { completionCode } = await bmc.request({ netFn: 0x06, cmd: 0x01 });
  await bmc.close();
  console.log(JSON.stringify({ ...counts, afterwards: completionCode }));
}

function start(children, counts) {
  counts.started += 1;
  const words = [fileURLToPath(import.meta.url), 'one', String(counts.started)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface({ input: child.stdout }).on('line', (line) => count(counts, line));
  createInterface({ input: child.stderr }).on('line', (line) => count(counts, `stderr: ${line}`));
  child.on('exit', () => children.splice(children.indexOf(child), 1));
  children.push(child);
}

function count(counts, name) {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** mulberry32. */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
