/**
 * Echoes through the library, one after the other, as `ipmi-clients pace` sends them: through a
 * server's socket or on the ports. The arguments are that way (`serve`, `ports`), how many are
 * measured after as many that are not, and the milliseconds that the BMC is to take.
 */

import { performance } from 'node:perf_hooks';

import { open } from 'ipmi-bt';

import { percentile } from './percentile.mjs';

const [via, ...numbers] = process.argv.slice(2);
const [count, delayMs] = numbers.map(Number);
const request = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(1, delayMs, 0, 0, 0, 0, 0, 0) };

/** Times of the requests, microseconds. */
async function pace(bmc) {
  const times = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const startMs = performance.now();
    const { completionCode, data } = await bmc.request(request);
    times[index] = (performance.now() - startMs) * 1e3;
    if (completionCode !== 0 || data.length !== 8) throw new Error(`no echo: ${completionCode}`);
  }
  return times;
}

const bmc = await open({ base: 0xce4, via });
await pace(bmc);
const times = await pace(bmc);
await bmc.close();
const [p50, p99] = [50, 99].map((percent) => Math.round(percentile(times, percent)));
console.log(`p50_us=${p50} p99_us=${p99}`);
