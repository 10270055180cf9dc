/**
 * What the driver itself costs, as it is built for users: validation, queue, machine, promise, and
 * nothing of any hardware.
 */

import { systemClock } from '../../src/clock.ts';
import type { Device, OpenOptions } from '../../src/index.ts';
import { BASE, InstantPort, bareTransaction } from './instant-port.ts';
import { medians, percentile } from './stats.ts';

const WARM_UP = 20_000;
const REQUESTS = 20_000;
const ROUNDS = 9;

/** As many as a program may queue, and more than it should. */
const AT_ONCE = 10_000;

/** The built library, in a string because the compiler may run before there is one. */
const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;

interface Library {
  readonly open: (options: OpenOptions) => Promise<Device>;
}

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** Microseconds; the medians of all rounds. */
export interface OwnTime {
  readonly p50: number;
  readonly p99: number;
  /** The same port calls without driver. */
  readonly bareP50: number;
  readonly bareP99: number;
  /** Per request, when the caller awaits each before the next. */
  readonly oneByOne: number;
  /** Per request, when the caller queues all at once. */
  readonly atOnce: number;
}

/** Measures for some seconds. */
export async function measureOwnTime(): Promise<OwnTime> {
  const { open } = (await import(LIBRARY)) as Library;
  const port = new InstantPort();
  const device = await open({ base: BASE, port, bringUp: 'lazy', queueMax: AT_ONCE });
  const body = new Uint8Array(255);
  await sampleRequests(device, WARM_UP);
  sampleBare(port, body, WARM_UP);

  const rounds: OwnTime[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = await sampleRequests(device, REQUESTS);
    const bare = sampleBare(port, body, REQUESTS);
    rounds.push({
      p50: percentile(ours, 50),
      p99: percentile(ours, 99),
      bareP50: percentile(bare, 50),
      bareP99: percentile(bare, 99),
      oneByOne: await spendOneByOne(device),
      atOnce: await spendAtOnce(device),
    });
  }
  await device.close();
  return medians(rounds);
}

async function sampleRequests(device: Device, count: number): Promise<Float64Array> {
  const samples = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const startMs = systemClock.now();
    await device.request(GET_DEVICE_ID);
    samples[index] = (systemClock.now() - startMs) * 1000;
  }
  return samples;
}

function sampleBare(port: InstantPort, body: Uint8Array, count: number): Float64Array {
  const samples = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const startMs = systemClock.now();
    bareTransaction(port, body);
    samples[index] = (systemClock.now() - startMs) * 1000;
  }
  return samples;
}

async function spendOneByOne(device: Device): Promise<number> {
  const startMs = systemClock.now();
  for (let index = 0; index < AT_ONCE; index += 1) await device.request(GET_DEVICE_ID);
  return ((systemClock.now() - startMs) * 1000) / AT_ONCE;
}

async function spendAtOnce(device: Device): Promise<number> {
  const startMs = systemClock.now();
  await Promise.all(Array.from({ length: AT_ONCE }, () => device.request(GET_DEVICE_ID)));
  return ((systemClock.now() - startMs) * 1000) / AT_ONCE;
}
