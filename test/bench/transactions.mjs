/**
 * Get Device ID through the library, as many times as asked, and the same report as the C programs
 * beside it (`samples.h`): one JSON line. The arguments are the transactions to measure and those
 * to do before.
 */

import { performance } from 'node:perf_hooks';

import { open } from 'ipmi-bt';

const [count, warmUp] = process.argv.slice(2).map(Number);
const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Nearest rank. */
function percentile(sorted, percent) {
  return Math.round(sorted[Math.ceil((sorted.length * percent) / 100) - 1]);
}

const bmc = await open({ base: 0xce4, port: 'native' });
for (let index = 0; index < warmUp; index += 1) await bmc.request(GET_DEVICE_ID);

const samples = new Float64Array(count);
const startMs = cpuMs();
for (let index = 0; index < count; index += 1) {
  const sentMs = performance.now();
  const { completionCode } = await bmc.request(GET_DEVICE_ID);
  samples[index] = (performance.now() - sentMs) * 1e6;
  if (completionCode !== 0) throw new Error(`completion code ${completionCode}`);
}
const usedMs = cpuMs() - startMs;
await bmc.close();

samples.sort();
console.log(
  JSON.stringify({
    n: count,
    p50_ns: percentile(samples, 50),
    p99_ns: percentile(samples, 99),
    cpu_ms: usedMs,
    max_rss_kb: process.resourceUsage().maxRSS,
  }),
);
