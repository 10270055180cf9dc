/**
 * Get Device ID through the library, as many times as asked, and the same report as the C programs
 * beside it (`samples.h`): one JSON line. The arguments are the transactions to measure and those
 * to do before.
 */

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

import { open } from 'ipmi-bt';

import { percentile } from './percentile.mjs';

const [count, warmUp] = process.argv.slice(2).map(Number);
const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** Ticks of /proc/stat: 100 a second on x86. */
const TICK_MS = 10;

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What all processors have been busy with: programs, the kernel's threads, its interrupts. */
function busyMs() {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user, nice, system, , , irq, softirq, steal] = line.match(/\d+/g).map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}

const samples = new Float64Array(Math.max(count, warmUp));

/** The same function warms up and measures, so that V8 has compiled it by then. */
async function transact(bmc, times) {
  for (let index = 0; index < times; index += 1) {
    const sentMs = performance.now();
    const { completionCode } = await bmc.request(GET_DEVICE_ID);
    samples[index] = (performance.now() - sentMs) * 1e6;
    if (completionCode !== 0) throw new Error(`completion code ${completionCode}`);
  }
}

const bmc = await open({ base: 0xce4, port: 'native' });
await transact(bmc, warmUp / 2);
await transact(bmc, warmUp / 2);

const startBusyMs = busyMs();
const startMs = cpuMs();
await transact(bmc, count);
const usedMs = cpuMs() - startMs;
const machineMs = busyMs() - startBusyMs;
await bmc.close();

const measured = samples.subarray(0, count);
console.log(
  JSON.stringify({
    n: count,
    p50_ns: Math.round(percentile(measured, 50)),
    p99_ns: Math.round(percentile(measured, 99)),
    cpu_ms: usedMs,
    machine_ms: machineMs,
    max_rss_kb: process.resourceUsage().maxRSS,
  }),
);
