/**
 * What the driver itself costs, as it is built for users: validation, queue, machine, promise, and
 * nothing of any hardware.
 */

import { systemClock } from '../../src/clock.ts';
import type { Device } from '../../src/index.ts';
import { BASE, InstantPort, bareTransaction } from './instant-port.ts';
import { loadLibrary } from './library.ts';
import { medians, percentile } from './stats.ts';

const WARM_UP = 20_000;
const REQUESTS = 20_000;
const ROUNDS = 9;

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** Microseconds; the medians of all rounds. */
export interface OwnTime {
  readonly p50: number;
  readonly p99: number;
  /** The same port calls without driver. */
  readonly bareP50: number;
  readonly bareP99: number;
}

/** Measures for some seconds; the library built here, or at another place. */
export async function measureOwnTime(libraryUrl?: string): Promise<OwnTime> {
  const { open } = await loadLibrary(libraryUrl);
  const port = new InstantPort();
  const device = await open({ base: BASE, port, bringUp: 'lazy' });
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
