/**
 * `event-loop`: the longest time for which register accesses hold the event loop. It is taken from
 * the clock at the accesses of one turn, so that a slow port is told apart from a busy host. Behind
 * a BMC of 10 ms an answer the full run takes 1.5 s, and the quick one 0.3 s.
 */

import type { TraceSink } from '../../bt/trace-port.ts';
import type { Cancel, Clock } from '../../clock.ts';
import { decodeOrNothing } from '../../ipmi/codec.ts';
import { requestOf } from '../../ipmi/command.ts';
import { Support } from '../../ipmi/device-id.ts';
import { GET_FRU_INFO, READ_FRU } from '../../ipmi/fru.ts';
import type { FruInfo } from '../../ipmi/fru.ts';
import type { RequestInput } from '../../ipmi/requester.ts';
import type { Check, Means } from '../check.ts';
import { GET_DEVICE_ID, ask, has, reportTrouble, withDevice } from '../session.ts';
import type { Session } from '../session.ts';

/** Longer than this a program misses other work; the driver itself stops after 3 ms. */
const HOLD_MOST_MS = 20;

/**
 * One turn in so many that holds longer is the port; fewer, or one of a few, are a host that gave
 * the processor to another process, or to the garbage collector, meanwhile.
 */
const SLOW_ONE_IN = 10;

/** Accesses of a turn in which a frame is moved. */
const FRAME_BYTES = 8;

/** So many bytes every BMC reads of a FRU; the frame is then the longest of the check. */
const FRU_READ_BYTES = 64;

const US_PER_MS = 1000;

/** Bytes that a line of a trace stands for, of which some may be hidden. */
const HIDDEN = /\(\+?(\d+) bytes?\)$/;
const BYTE = /\b[0-9a-f]{2}\b/g;

export const EVENT_LOOP: Check = {
  id: 'event-loop',
  question: 'Do register accesses leave the event loop to other work?',
  risk: 'read-only',
  needs: ['bring-up'],
  limitSeconds: 60,
  run,
};

/** Accesses within one turn of the event loop. */
interface Burst {
  readonly fromMs: number;
  toMs: number;
  bytes: number;
}

/** Groups register accesses by the turn in which they are made. */
class Bursts implements TraceSink {
  readonly payload = false;
  /** The burst that held the loop longest. */
  longest: Burst | undefined;
  readonly #all: Burst[] = [];
  readonly #clock: Clock;
  #open: Burst | undefined;
  #cancel: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Turns in which a frame was moved, and those among them that held the loop too long. */
  get turns(): { readonly frames: number; readonly slow: number } {
    const frames = this.#all.filter(({ bytes }) => bytes >= FRAME_BYTES);
    const slow = frames.filter((burst) => lengthOf(burst) > HOLD_MOST_MS);
    return { frames: frames.length, slow: slow.length };
  }

  /** No further access is awaited. */
  end(): void {
    this.#cancel?.();
  }

  readonly write = (line: string): void => {
    const nowMs = this.#clock.now();
    const burst = this.#open ?? this.#begin(nowMs);
    burst.toMs = nowMs;
    burst.bytes += bytesIn(line);
    if (lengthOf(burst) >= lengthOf(this.longest)) this.longest = burst;
  };

  #begin(fromMs: number): Burst {
    const burst = { fromMs, toMs: fromMs, bytes: 0 };
    this.#open = burst;
    this.#all.push(burst);
    this.#cancel = this.#clock.turn(() => {
      this.#open = undefined;
    });
    return burst;
  }
}

function lengthOf(burst: Burst | undefined): number {
  return burst === undefined ? 0 : burst.toMs - burst.fromMs;
}

function bytesIn(line: string): number {
  const [, hidden] = HIDDEN.exec(line) ?? [];
  if (line.includes('0x')) return 1;
  return (line.slice('out BMC2HOST'.length).match(BYTE)?.length ?? 0) + Number(hidden ?? 0);
}

async function run(means: Means): Promise<void> {
  const { subject } = means;
  const bursts = new Bursts(subject.clock);
  try {
    await withDevice(means, { trace: bursts }, use);
  } finally {
    bursts.end();
  }
  if (bursts.longest !== undefined) tell(means, bursts, bursts.longest);
}

async function use(session: Session): Promise<void> {
  const { report, amount } = session.means;
  const area = await areaOf(session);
  if (area === 'trouble') return;
  const requests = [GET_DEVICE_ID, ...longRead(area)];
  const count = amount(50, 10);
  for (let sent = 0; sent < count; sent += 1) {
    for (const request of requests) {
      const exchange = await ask(session, request);
      if (exchange.kind === 'answer') continue;
      await reportTrouble(session, exchange, { where: `request ${sent + 1} of ${count}` });
      return;
    }
    report.progress((sent + 1) / count);
  }
}

/** The size of the FRU; undefined when there is none. */
async function areaOf(session: Session): Promise<FruInfo | undefined | 'trouble'> {
  if (!has(session, Support.FRU_INVENTORY)) return undefined;
  const exchange = await ask(session, requestOf(GET_FRU_INFO, 0));
  if (exchange.kind === 'answer') {
    return decodeOrNothing(GET_FRU_INFO.response, exchange.reply.data);
  }
  await reportTrouble(session, exchange, { where: 'Get FRU Inventory Area Info' });
  return 'trouble';
}

/** The longest reply that is sure to come, if there is a FRU. */
function longRead(area: FruInfo | undefined): readonly RequestInput[] {
  if (area === undefined || area.sizeBytes < FRU_READ_BYTES) return [];
  const count = FRU_READ_BYTES / (area.access.isByWords ? 2 : 1);
  return [requestOf(READ_FRU, { fruId: 0, offset: 0, count })];
}

function tell({ report }: Means, { turns }: Bursts, longest: Burst): void {
  const holdMs = lengthOf(longest);
  report.measure({ name: 'longest-hold', value: holdMs, unit: 'ms' });
  const accessUs = (holdMs * US_PER_MS) / Math.max(longest.bytes, 1);
  report.measure({ name: 'access', value: accessUs, unit: 'us' });
  if (holdMs <= HOLD_MOST_MS) return;
  const text =
    `${longest.bytes} register accesses in one turn of the event loop took ${holdMs.toFixed(1)} ms, ` +
    `${accessUs.toFixed(1)} us each, where a port takes 1 to 5 us; other work of the process waits ` +
    'meanwhile. Look for system management interrupts, a virtual machine, or a slow bus';
  const count = `; ${turns.slow} of ${turns.frames} turns were so long`;
  if (isPort(turns)) report.fail('bt-slow-port', text + count);
  else report.warn('bt-slow-port', text + count);
}

/** A BMC that answers at once leaves only a few turns, of which each has many exchanges. */
function isPort({ frames, slow }: Bursts['turns']): boolean {
  if (slow === 1 && frames > 1) return false;
  return slow * SLOW_ONE_IN >= frames;
}
