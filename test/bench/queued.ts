/**
 * Ten thousand requests queued at once: how fast they drain beside one at a time, what the event
 * loop has of it meanwhile, and what memory is left in use. Over ports that cost nothing, which is
 * the hardest case for the queue; over a bus whose accesses take what LPC's take; and beside both
 * promises alone, without ports and driver.
 */

import { systemClock } from '../../src/clock.ts';
import type { PortIo } from '../../src/port/port.ts';
import { BarePromises } from './bare-promises.ts';
import { BusPort } from './bus-port.ts';
import { BASE, InstantPort } from './instant-port.ts';
import { loadLibrary } from './library.ts';
import { medians, percentile } from './stats.ts';
import { formatTable } from './table.ts';
import type { Row } from './table.ts';
import { cpuMs, heapBytes } from './usage.ts';

/** As many as a program may queue, and more than it should. */
const REQUESTS = 10_000;

const WARM_UP_ROUNDS = 9;
const ROUNDS = 15;

/** One access on LPC is commonly said to take a microsecond. */
const LPC_MS = 0.001;

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** What one round takes. */
interface Round {
  /** Microseconds of processor time a request, when the caller awaits each before the next. */
  readonly one_by_one_us: number;
  /** The same, when the caller queues all at once. */
  readonly at_once_us: number;
}

/** Medians of all rounds. */
export interface Drain extends Round {
  /** How late the event loop was, ninety-nine times of a hundred, while the queue drained. */
  readonly loop_p99_ms: number;
  /** Bytes still in use after all rounds, beyond those before. */
  readonly left_bytes: number;
}

export interface Queued {
  readonly instant: Drain;
  readonly bus: Drain;
  readonly promises: Drain;
}

/** Answers requests: one that is awaited before the next, and one among many. */
interface Asked {
  readonly ask: () => Promise<unknown>;
  readonly queue: () => Promise<unknown>;
}

export async function measureQueued(): Promise<Queued> {
  const promises = new BarePromises();
  return {
    instant: await measureDevice(new InstantPort()),
    bus: await measureDevice(new BusPort(new InstantPort(), LPC_MS)),
    promises: await measure({ ask: () => promises.ask(), queue: () => promises.queue() }),
  };
}

export function queuedText({ instant, bus, promises }: Queued): string {
  const row = (label: string, of: (drain: Drain) => string): Row => [
    label,
    ...[instant, bus, promises].map((drain) => of(drain)),
  ];
  return formatTable([
    ['10,000 requests', 'ports at once', 'ports 1 us', 'promises alone'],
    row('one at a time, CPU us each', (drain) => drain.one_by_one_us.toFixed(2)),
    row('all queued at once, CPU us each', (drain) => drain.at_once_us.toFixed(2)),
    row('what queueing adds, CPU us each', (drain) =>
      (drain.at_once_us - drain.one_by_one_us).toFixed(2),
    ),
    row('throughput, queued / one at a time', (drain) =>
      (drain.one_by_one_us / drain.at_once_us).toFixed(2),
    ),
    row('event-loop delay p99, ms', (drain) => drain.loop_p99_ms.toFixed(2)),
    row('memory kept, KiB', (drain) => (drain.left_bytes / 1024).toFixed(1)),
  ]);
}

async function measureDevice(port: PortIo): Promise<Drain> {
  const { open } = await loadLibrary();
  const device = await open({ base: BASE, port, bringUp: 'lazy', queueMax: REQUESTS });
  const ask = (): Promise<unknown> => device.request(GET_DEVICE_ID);
  const drain = await measure({ ask, queue: ask });
  await device.close();
  return drain;
}

async function measure(asked: Asked): Promise<Drain> {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await measureRound(asked);
  const turnsMs: number[] = [];
  const atRestBytes = heapBytes();
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(asked, turnsMs));
  const left_bytes = heapBytes() - atRestBytes;
  return { ...medians(rounds), loop_p99_ms: percentile(turnsMs, 99), left_bytes };
}

async function measureRound(asked: Asked, turnsMs: number[] = []): Promise<Round> {
  const oneByOneMs = await spend(() => oneByOne(asked));
  const atOnceMs = await spend(() => atOnce(asked, turnsMs));
  const us = (ms: number): number => (ms * 1000) / REQUESTS;
  return { one_by_one_us: us(oneByOneMs), at_once_us: us(atOnceMs) };
}

async function spend(work: () => Promise<void>): Promise<number> {
  const startMs = cpuMs();
  await work();
  return cpuMs() - startMs;
}

async function oneByOne({ ask }: Asked): Promise<void> {
  for (let index = 0; index < REQUESTS; index += 1) await ask();
}

async function atOnce({ queue }: Asked, turnsMs: number[]): Promise<void> {
  const requests = Array.from({ length: REQUESTS }, () => queue());
  // From now on: queueing in one go is the caller's own time.
  const stop = timeTurns(turnsMs);
  await Promise.all(requests);
  stop();
}

/** Adds how long each turn of the event loop takes, until it is stopped. */
function timeTurns(turnsMs: number[]): () => void {
  let beganMs = systemClock.now();
  let cancel = systemClock.turn(next);
  function next(): void {
    const nowMs = systemClock.now();
    turnsMs.push(nowMs - beganMs);
    beganMs = nowMs;
    cancel = systemClock.turn(next);
  }
  return () => {
    cancel();
  };
}
