/**
 * What the BMC has to say in one life of a device, and what must become of it: each event arrives
 * exactly once, unless a fault hit the answer that carried it.
 */

import assert from 'node:assert/strict';

import type { BmcEvent } from '../../src/index.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import type { Fault, FaultyBmc } from '../../src/sim/faults.ts';
import type { Executed, SimResponse } from '../../src/sim/command-record.ts';
import { endOf } from './plan.ts';
import type { Plan, PlannedEvent } from './plan.ts';

const GET_MESSAGE = 0x33;
const READ_EVENT_MESSAGE_BUFFER = 0x35;

/** Where a response frame has its completion code, and the number of the event it carries. */
const COMPLETION_CODE = 4;
const PLACES: Readonly<Record<number, number>> = {
  [GET_MESSAGE]: COMPLETION_CODE + 2,
  [READ_EVENT_MESSAGE_BUFFER]: COMPLETION_CODE + 1 + 11,
};

/** An answer is looked for at least so often. */
const LOOK_MS = 1000;

/** BMC Global Enables after a reset. */
const ENABLES = 0x08;

/** An answer that carried an event. */
interface Handed {
  readonly number: number;
  /** Number of the command, and when it was asked. */
  readonly at: number;
  readonly atMs: number;
}

export class Events {
  readonly #plan: Plan;
  /** What the BMC took on; without being told to it keeps no event. */
  readonly #accepted = new Set<number>();
  readonly #handed: Handed[] = [];
  readonly #told = new Map<number, number>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** The BMC has something to say. */
  happen(bmc: FaultyBmc, { kind }: PlannedEvent, number: number): void {
    if (kind === 'message') bmc.bmc.addMessage([0, number]);
    const record = Array.from<number>(SIM_EVENT).with(11, number);
    if (kind === 'message' || bmc.bmc.addEvent(record)) this.#accepted.add(number);
  }

  /** The BMC answers; `at` is the number of the command. */
  answer({ cmd, atMs }: Executed, { frame }: SimResponse, at: number): void {
    if (frame[COMPLETION_CODE] !== 0) return;
    const number = frame[PLACES[cmd] ?? Infinity];
    if (number !== undefined) this.#handed.push({ number, at, atMs });
  }

  /** The listener is told. */
  tell(event: BmcEvent): void {
    const number = numberOf(event);
    this.#told.set(number, (this.#told.get(number) ?? 0) + 1);
  }

  /** Throws when something was lost or doubled that no fault hit, or is not as it was found. */
  judge({ bmc }: FaultyBmc): void {
    const { faults, mishaps } = this.#plan;
    // No checksum protects a frame: bits that flip in it are not seen.
    if (faults.some(({ kind }) => kind === 'flips')) return;
    for (const number of this.#accepted) {
      const count = this.#told.get(number) ?? 0;
      assert(count <= 1, `event ${number} was told ${count} times`);
    }
    const lost = [...this.#accepted].filter((number) => !this.#told.has(number));
    const kills = mishaps.filter(({ kind }) => kind === 'killed').length;
    // A process that is killed takes one answer along, and leaves changed what it has changed.
    const unexcused = lost.filter((number) => !this.#isExcused(number));
    assert(unexcused.length <= kills, `lost without a reason: ${unexcused.join(' ')}`);
    if (kills === 0) assert.equal(bmc.globalEnables, ENABLES, 'BMC Global Enables');
  }

  #isExcused(number: number): boolean {
    const handed = this.#handed.find((answer) => answer.number === number);
    const { faults, mishaps, responseMs } = this.#plan;
    // A BMC that restarts forgets what it had to say.
    if (handed === undefined) return faults.some(({ kind }) => kind === 'reset');
    const lookMs = handed.atMs + responseMs + LOOK_MS;
    // The answer to a process that is stopped waits, and a fault can hit it until then.
    const stop = mishaps.find(
      ({ kind, atMs }) => kind === 'stopped' && handed.atMs <= atMs && atMs <= lookMs,
    );
    const stoppedMs = stop !== undefined && 'forMs' in stop ? stop.forMs : 0;
    const endMs = lookMs + stoppedMs;
    const hits = (fault: Fault): boolean =>
      'at' in fault ? fault.at === handed.at : fault.fromMs <= endMs && handed.atMs <= endOf(fault);
    const isLeapt = mishaps.some(
      ({ kind, atMs }) => kind === 'leap' && handed.atMs <= atMs && atMs <= endMs,
    );
    return isLeapt || faults.some(hits);
  }
}

/** NaN for what the faults make up. */
function numberOf(event: BmcEvent): number {
  if (event.kind === 'message') return event.data[0] ?? NaN;
  if (event.kind !== 'event' || event.record.format !== 'sensor') return NaN;
  return event.record.sensorNumber;
}
