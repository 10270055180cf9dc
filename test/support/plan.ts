/**
 * What happens in one life of a device: which faults of the BMC, which mishaps of the processes
 * that use it, and which requests among them. All of it comes from a seed, and stands there as
 * data, so that it can be written down and shrunk.
 */

import type { CommandFault, Fault, RegisterFault } from '../../src/sim/faults.ts';
import type { LineFault } from '../../src/sim/irq-line.ts';
import { Rng } from '../../src/sim/rng.ts';

/** What a caller asks, and when. `change` is an echo that must not be executed twice. */
export interface PlannedRequest {
  readonly atMs: number;
  readonly kind: 'read' | 'change';
  readonly timeoutMs: number;
  readonly abortAfterMs: number | undefined;
}

/** Something that the BMC has to say. */
export interface PlannedEvent {
  readonly atMs: number;
  readonly kind: 'event' | 'message';
}

/** What befalls the process that uses the device. */
export type Mishap =
  /** SIGKILL at the port cycle number `atCycle` after `atMs`; the next process takes over. */
  | { readonly kind: 'killed'; readonly atMs: number; readonly atCycle: number }
  /** It closes the device, whatever the BMC has of it, and ends; the next process takes over. */
  | { readonly kind: 'closed'; readonly atMs: number }
  /** SIGSTOP, and SIGCONT later. */
  | { readonly kind: 'stopped'; readonly atMs: number; readonly forMs: number }
  /** The clock is so much later at once. */
  | { readonly kind: 'leap'; readonly atMs: number; readonly byMs: number };

/** The interrupt line that the device has. */
export interface PlannedLine {
  /** A handler in the kernel acknowledges; else the line masks itself when it fires. */
  readonly ownsMask: boolean;
  readonly faults: readonly LineFault[];
}

/** Everything a run depends on. */
export interface Plan {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly mishaps: readonly Mishap[];
  /** What the BMC says of its BT interface. */
  readonly capabilities: readonly number[];
  readonly requests: readonly PlannedRequest[];
  /** Told to a listener; where there is none, the device has no listener. */
  readonly events: readonly PlannedEvent[];
  /** Undefined where the driver only polls. */
  readonly line: PlannedLine | undefined;
  readonly responseMs: number;
  readonly showsBusy: boolean;
  /** Reads in a row, in addition to the requests: the sequence numbers go round. */
  readonly burst: PlannedBurst | undefined;
  /**
   * The BMC answers with LUN 0 whatever it is asked, and changes go to LUN 1: the device has the
   * quirk `lun-zero-replies`.
   */
  readonly answersAtLunZero: boolean;
}

/** Reads, each sent when the one before was answered. */
export interface PlannedBurst {
  readonly atMs: number;
  readonly count: number;
}

/** The time in which faults and requests begin. */
export const BUSY_MS = 30_000;

const ATTENTION_SEED = 0x5a5_a71;
const LINE_SEED = 0x11_4e_0d;
const HOSTILE_SEED = 0x40_57_11;
const LUN_SEED = 0x10_4e_05;

/** Longer than all attempts of one request behind all others can take. */
export const PATIENT_MS = 1_800_000;

/** True and untrue: outstanding requests, input and output size, seconds, retries. */
const CAPABILITIES: readonly [readonly number[], ...(readonly number[])[]] = [
  [1, 0xff, 0xff, 10, 0],
  [1, 63, 63, 10, 1],
  [0, 64, 64, 0, 0],
  [9, 64, 64, 5, 2],
  [1, 0, 0, 255, 255],
  // Success, and nothing behind it.
  [],
];

/** Lives with an interrupt line, in a hundred. */
const LINE_PERCENT = 40;

/** Lives with a BMC that is worse than broken, in a hundred. */
const HOSTILE_PERCENT = 25;

/** Lives with a BMC that answers with LUN 0 only, in a hundred. */
const LUN_ZERO_PERCENT = 10;

/** Lives with a listener, in a hundred. */
const LISTENING_PERCENT = 30;

/** The plan of a seed: up to four faults, alone and mixed, and a dozen requests among them. */
export function planOf(seed: number): Plan {
  const rng = new Rng(seed);
  const faults = Array.from({ length: rng.integer(0, 4) }, () =>
    rng.chance(60) ? commandFault(rng) : registerFault(rng),
  );
  const requests = Array.from({ length: rng.integer(4, 14) }, () => plannedRequest(rng));
  const mishaps = rng.chance(30) ? [mishap(rng)] : [];
  const capabilities = rng.chance(30) ? rng.pick(CAPABILITIES) : CAPABILITIES[0];
  // A BMC that does not know the command says so.
  const refused: CommandFault = { kind: 'code', at: 0, code: 0xc1 };
  // Drawn apart, so that the rest of a plan is the same with and without.
  const attention = attentionOf(new Rng(seed + ATTENTION_SEED));
  const line = lineOf(new Rng(seed + LINE_SEED));
  const setsEnables = attention.events.length > 0 || line !== undefined;
  const hostile = hostileOf(new Rng(seed + HOSTILE_SEED));
  const answersAtLunZero = new Rng(seed + LUN_SEED).chance(LUN_ZERO_PERCENT);
  const refusals = rng.chance(5) ? [refused] : [];
  const responseMs = rng.pick([0, 1, 20, 400, 1500]);
  return {
    seed,
    faults: [...refusals, ...faults, ...attention.faults, ...hostile.faults].map((fault) =>
      answersAtLunZero ? noisy(fault) : fault,
    ),
    answersAtLunZero,
    events: attention.events,
    line,
    // A BMC that cannot be told to put its enables back is for other tests.
    mishaps: [
      ...mishaps,
      ...hostile.mishaps.filter(({ kind }) => kind !== 'closed' || !setsEnables),
    ],
    // A slow BMC would make the life too long.
    burst: responseMs <= 1 ? hostile.burst : undefined,
    capabilities,
    requests: requests.toSorted((a, b) => a.atMs - b.atMs),
    responseMs,
    showsBusy: rng.chance(50),
  };
}

/** With the quirk, a response whose LUN alone is wrong is one to take. */
function noisy(fault: Fault): Fault {
  return fault.kind === 'wrong' && fault.what === 'lun' ? { ...fault, what: 'netFn' } : fault;
}

function attentionOf(rng: Rng): Pick<Plan, 'events' | 'faults'> {
  if (!rng.chance(LISTENING_PERCENT)) return { events: [], faults: [] };
  const events = Array.from({ length: rng.integer(1, 20) }, () => plannedEvent(rng));
  return { events, faults: rng.chance(30) ? [attentionFault(rng)] : [] };
}

/** Responses without end, answers attempts late, numbers that are met again, short-lived owners. */
function hostileOf(rng: Rng): Pick<Plan, 'faults' | 'mishaps' | 'burst'> {
  if (!rng.chance(HOSTILE_PERCENT)) return { faults: [], mishaps: [], burst: undefined };
  const faults = Array.from({ length: rng.integer(1, 3) }, () => hostileFault(rng));
  const mishaps = Array.from({ length: rng.integer(0, 2) }, () => hostileMishap(rng));
  const burst = rng.chance(25) ? { atMs: rng.integer(0, BUSY_MS), count: 300 } : undefined;
  return { faults, mishaps, burst };
}

function hostileFault(rng: Rng): Fault {
  const at = rng.integer(0, 14);
  switch (rng.integer(0, 2)) {
    case 0:
      return {
        ...{ kind: 'flood', everyMs: rng.pick([0, 1, 20, 1000]) },
        ...{ fromMs: rng.integer(0, BUSY_MS), forMs: rng.pick([900, 9000, 60_000]) },
      };
    case 1:
      // One to three attempts of 6 or 11 s.
      return { kind: 'late', at, byMs: rng.pick([6500, 11_500, 13_000, 19_000, 25_000, 34_000]) };
    default:
      return { kind: 'metAgain', at };
  }
}

function hostileMishap(rng: Rng): Mishap {
  const atMs = rng.integer(0, BUSY_MS);
  return rng.chance(50)
    ? { kind: 'closed', atMs }
    : { kind: 'killed', atMs, atCycle: rng.integer(0, 60) };
}

function lineOf(rng: Rng): PlannedLine | undefined {
  if (!rng.chance(LINE_PERCENT)) return undefined;
  const faults = Array.from({ length: rng.integer(0, 2) }, () => lineFault(rng));
  return { ownsMask: rng.chance(50), faults };
}

function lineFault(rng: Rng): LineFault {
  const spell = { fromMs: rng.integer(0, BUSY_MS), forMs: rng.pick([900, 9000, Infinity]) };
  switch (rng.integer(0, 3)) {
    case 0:
      return { kind: 'lost', ...spell };
    case 1:
      return { kind: 'late', byMs: rng.pick([1, 150, 5000]), ...spell };
    case 2:
      return { kind: 'spurious', everyMs: rng.pick([1, 40, 700]), ...spell, forMs: 9000 };
    default:
      return { kind: 'endless', ...spell, forMs: 9000 };
  }
}

/** Some at the same time, and more than are read in a row. */
function plannedEvent(rng: Rng): PlannedEvent {
  const atMs = rng.pick([500, 5000, rng.integer(0, BUSY_MS)]);
  return { atMs, kind: rng.pick(['event', 'message']) };
}

function attentionFault(rng: Rng): RegisterFault {
  const kind = rng.pick(['stickyAttention', 'emptyEvents', 'endlessEvents'] as const);
  return { kind, fromMs: rng.integer(0, BUSY_MS), forMs: rng.pick([900, 9000, 60_000]) };
}

function commandFault(rng: Rng): CommandFault {
  const at = rng.integer(0, 14);
  switch (rng.integer(0, 6)) {
    case 0:
      return { kind: 'drop', at };
    case 1:
      return { kind: 'late', at, byMs: rng.pick([10, 900, 5500, 7000, 14_000]) };
    case 2:
      return { kind: 'twice', at };
    case 3:
      return { kind: 'stale', at };
    case 4:
      return { kind: 'wrong', at, what: rng.pick(['netFn', 'lun', 'seq', 'cmd']) };
    case 5:
      return { kind: 'code', at, code: rng.pick([0xc0, 0xc3, 0xd2]) };
    default:
      return { kind: 'length', at, length: rng.pick([0, 1, 2, 3, 0xff, 40]) };
  }
}

function registerFault(rng: Rng): RegisterFault {
  const spell = { fromMs: rng.integer(0, BUSY_MS), forMs: rng.pick([3, 50, 900, 3000, 9000]) };
  switch (rng.integer(0, 7)) {
    case 0:
      return { kind: 'floats', value: rng.pick([0x00, 0xff]), ...spell };
    case 6:
      return { kind: 'deaf', ...spell, forMs: rng.pick([50, 3000, 9000, 60_000]) };
    case 7:
      return { kind: 'untaken', ...spell };
    case 1:
      return { kind: 'busy', flapping: rng.chance(50), ...spell };
    case 2:
      return { kind: 'sticky', hits: rng.pick([2, 3, 5, 9, Infinity]), ...spell };
    case 3:
      return { kind: 'flips', ...spell };
    case 4:
      return { kind: 'hostBusy', ...spell, forMs: 0 };
    default:
      return rng.chance(50)
        ? { kind: 'reset', ...spell, forMs: 0 }
        : { kind: 'reset', ...spell, forMs: 0, atByte: rng.integer(1, 16) };
  }
}

function mishap(rng: Rng): Mishap {
  const atMs = rng.integer(0, BUSY_MS);
  switch (rng.integer(0, 2)) {
    case 0:
      return { kind: 'killed', atMs, atCycle: rng.integer(0, 60) };
    case 1:
      return { kind: 'stopped', atMs, forMs: rng.pick([200, 7000, 60_000]) };
    default:
      return { kind: 'leap', atMs, byMs: rng.pick([2000, 60_000, 3_600_000]) };
  }
}

/** A request of chance, within the time in which faults begin. */
export function plannedRequest(rng: Rng): PlannedRequest {
  return {
    atMs: rng.integer(0, BUSY_MS),
    kind: rng.pick(['read', 'change']),
    timeoutMs: rng.chance(60) ? PATIENT_MS : rng.integer(1, 20_000),
    abortAfterMs: rng.chance(10) ? rng.integer(0, 8000) : undefined,
  };
}

/** A restart in mid-frame waits for a frame that is long enough. */
export function endOf(fault: RegisterFault): number {
  return fault.kind === 'reset' && fault.atByte !== undefined
    ? Infinity
    : fault.fromMs + fault.forMs;
}
