/**
 * Ten thousand times Get Device ID through the library on real ports, one after the other and all
 * queued at once, and how late the event loop was meanwhile: one JSON line, medians of all rounds.
 */

import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';

import { open } from 'ipmi-bt';

import { percentile } from './percentile.mjs';

const REQUESTS = 10_000;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 7;
const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

function check({ completionCode }) {
  if (completionCode !== 0) throw new Error(`completion code ${completionCode}`);
}

async function oneByOne(bmc) {
  for (let index = 0; index < REQUESTS; index += 1) check(await bmc.request(GET_DEVICE_ID));
}

async function atOnce(bmc, turnsMs) {
  const requests = Array.from({ length: REQUESTS }, () => bmc.request(GET_DEVICE_ID));
  let isDone = false;
  let beganMs = performance.now();
  const turn = () => {
    turnsMs.push(performance.now() - beganMs);
    beganMs = performance.now();
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  for (const reply of await Promise.all(requests)) check(reply);
  isDone = true;
}

/** Microseconds a request. */
async function usOf(work) {
  const startMs = performance.now();
  await work();
  return ((performance.now() - startMs) * 1000) / REQUESTS;
}

const bmc = await open({ base: 0xce4, port: 'native', queueMax: REQUESTS });
const [singles, queued, turnsMs] = [[], [], []];
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
  if (round === 0) for (const warmUp of [singles, queued, turnsMs]) warmUp.length = 0;
  singles.push(await usOf(() => oneByOne(bmc)));
  queued.push(await usOf(() => atOnce(bmc, turnsMs)));
}
await bmc.close();
console.log(
  JSON.stringify({
    one_by_one_us: percentile(singles, 50),
    at_once_us: percentile(queued, 50),
    turn_p99_ms: percentile(turnsMs, 99),
  }),
);
