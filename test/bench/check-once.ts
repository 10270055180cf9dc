/**
 * One run of `bench:check`, in a process of its own: figures of the library at the given place, as
 * multiples of the same port calls without it, and of promises that nothing but settles.
 */

import { BASE, InstantPort } from './instant-port.ts';
import { loadLibrary } from './library.ts';
import { measureOwnTime } from './own-time.ts';
import { cpuMs } from './usage.ts';

const AT_ONCE = 5000;
const ROUNDS = 15;
const WARM_UP_ROUNDS = 5;

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

async function spend(work: () => Promise<unknown>): Promise<number> {
  let usedMs = 0;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const startMs = cpuMs();
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (round >= 0) usedMs += cpuMs() - startMs;
  }
  return usedMs;
}

async function nothing(): Promise<object> {
  await new Promise<void>((resolve) => {
    queueMicrotask(resolve);
  });
  return { data: new Uint8Array(11) };
}

const library = process.argv[2];
const { p50, p99, bareP50 } = await measureOwnTime(library);
const { open } = await loadLibrary(library);
const options = {
  base: BASE,
  port: new InstantPort(),
  bringUp: 'lazy',
  queueMax: AT_ONCE,
} as const;
const device = await open(options);
const queued = await spend(() => device.request(GET_DEVICE_ID));
const settled = await spend(nothing);
await device.close();
const ratios = { 'a request, p50': p50 / bareP50, 'a request, p99': p99 / bareP50 };
process.stdout.write(`${JSON.stringify({ ...ratios, '5,000 queued': queued / settled })}\n`);
