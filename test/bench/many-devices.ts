/**
 * One process that talks to many BMCs at once, each of which takes a millisecond for an answer: are
 * all answers right, and do time and memory grow with the number of devices and no faster?
 */

import { systemClock } from '../../src/clock.ts';
import type { Device } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { loadLibrary } from './library.ts';
import { formatTable } from './table.ts';
import { cpuMs, heapBytes } from './usage.ts';

const COUNTS: readonly number[] = [10, 100, 1000];
const WARM_UP_COUNTS = [10, 100] as const;
const REQUESTS = 100;
const ANSWER_MS = 1;

const FIRST_BASE = 0x1000;
const BLOCK_PORTS = 4;

/** A command of the manufacturer's, which these BMCs answer with what they were sent. */
const ECHO = { netFn: 0x30, cmd: 0x01 };

/** All devices together. */
export interface Crowd {
  readonly devices: number;
  readonly ms: number;
  readonly cpu_ms: number;
  /** In use while the devices are open and idle, beyond what was before. */
  readonly bytes: number;
  /** Answers that were not the one to the request. */
  readonly wrong: number;
}

/** Measures crowds of so many devices. */
export async function measureManyDevices(counts = COUNTS): Promise<Crowd[]> {
  // What is compiled and loaded once is not the devices' own.
  for (const count of WARM_UP_COUNTS) await measureCrowd(count);
  const crowds: Crowd[] = [];
  for (const count of counts) crowds.push(await measureCrowd(count));
  return crowds;
}

export function manyDevicesText(crowds: readonly Crowd[]): string {
  const rows = crowds.map(({ devices, ms, cpu_ms, bytes, wrong }) => {
    const requests = devices * REQUESTS;
    const cells = [ms.toFixed(0), ((cpu_ms * 1000) / requests).toFixed(2)];
    return [String(devices), ...cells, (bytes / devices / 1024).toFixed(1), String(wrong)] as const;
  });
  return formatTable([
    ['devices, 100 requests each', 'ms', 'CPU us a request', 'KiB a device', 'wrong'],
    ...rows,
  ]);
}

async function measureCrowd(count: number): Promise<Crowd> {
  const { open } = await loadLibrary();
  const bytes = heapBytes();
  const opening = Array.from({ length: count }, (_, index) => {
    const bmc = echoingBmc(FIRST_BASE + index * BLOCK_PORTS);
    return open({ base: bmc.base, port: bmc, bringUp: 'lazy' });
  });
  const devices = await Promise.all(opening);
  const openBytes = heapBytes() - bytes;

  const [usedMs, startMs] = [cpuMs(), systemClock.now()];
  const wrong = await Promise.all(devices.map((device, index) => exchange(device, index)));
  const ms = systemClock.now() - startMs;
  const crowd = { devices: count, ms, cpu_ms: cpuMs() - usedMs, bytes: openBytes };
  await Promise.all(devices.map((device) => device.close()));
  return { ...crowd, wrong: wrong.reduce((sum, of) => sum + of, 0) };
}

function echoingBmc(base: number): SimBmc {
  const bmc = new SimBmc({
    base,
    clock: systemClock,
    responseMs: ANSWER_MS,
    answer: ({ netFn, data }) => {
      // It remembers all it was told, which is for tests.
      bmc.executed.length = 0;
      return netFn === ECHO.netFn ? [0, ...data] : undefined;
    },
  });
  return bmc;
}

/** All requests of one device at once; how many answers were wrong. */
async function exchange(device: Device, index: number): Promise<number> {
  const rights = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, number) => {
      const data = Uint8Array.of(index >> 8, index & 0xff, number);
      const reply = await device.request({ ...ECHO, data });
      return reply.completionCode === 0 && Buffer.compare(reply.data, data) === 0;
    }),
  );
  return rights.filter((isRight) => !isRight).length;
}
