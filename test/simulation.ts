/**
 * A whole life of a device under faults, from one seed: what is planned, how it runs, and what may
 * come of it. The oracle is tight: it knows for each request which outcomes its faults permit.
 */

import { expect } from 'vitest';

import { IpmiError, open } from '../src/index.ts';
import type { Device, Reply } from '../src/index.ts';
import { FaultyBmc } from '../src/sim/faults.ts';
import type { CommandFault, Fault, RegisterFault } from '../src/sim/faults.ts';
import { SIM_DEVICE_ID } from '../src/sim/commands.ts';
import { Rng } from '../src/sim/rng.ts';
import { VirtualClock } from '../src/sim/virtual-clock.ts';

/** What a caller asks, and when. `change` is an echo that must not be executed twice. */
export interface PlannedRequest {
  readonly atMs: number;
  readonly kind: 'read' | 'change';
  readonly timeoutMs: number;
  readonly abortAfterMs: number | undefined;
}

/** Everything a run depends on. */
export interface Plan {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly requests: readonly PlannedRequest[];
  readonly responseMs: number;
  readonly showsBusy: boolean;
}

/** The time in which faults and requests begin. */
const BUSY_MS = 30_000;

/** Longer than all attempts of one request behind all others can take. */
const PATIENT_MS = 600_000;

/** Attempts a repeatable request may lose and must yet succeed: it is repeated twice. */
const LOSSES_ENDURED = 2;

/** One attempt at a BMC that did not say how long it takes. */
const ATTEMPT_MS = 6000;

const REQUESTS_AFTER = 20;

/** Sums of fractions of a millisecond are not exact. */
const ROUNDING_MS = 1e-6;

/** The plan of a seed: up to four faults, alone and mixed, and a dozen requests among them. */
export function planOf(seed: number): Plan {
  const rng = new Rng(seed);
  const faults = Array.from({ length: rng.integer(0, 4) }, () =>
    rng.chance(60) ? commandFault(rng) : registerFault(rng),
  );
  const requests = Array.from({ length: rng.integer(4, 14) }, () => plannedRequest(rng));
  return {
    seed,
    faults,
    requests: requests.toSorted((a, b) => a.atMs - b.atMs),
    responseMs: rng.pick([0, 1, 20, 400, 1500]),
    showsBusy: rng.chance(50),
  };
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
  switch (rng.integer(0, 5)) {
    case 0:
      return { kind: 'floats', value: rng.pick([0x00, 0xff]), ...spell };
    case 1:
      return { kind: 'busy', flapping: rng.chance(50), ...spell };
    case 2:
      return { kind: 'sticky', hits: rng.pick([2, 3, 5, 9, Infinity]), ...spell };
    case 3:
      return { kind: 'flips', ...spell };
    case 4:
      return { kind: 'hostBusy', ...spell, forMs: 0 };
    default:
      return { kind: 'reset', ...spell, forMs: 0 };
  }
}

function plannedRequest(rng: Rng): PlannedRequest {
  return {
    atMs: rng.integer(0, BUSY_MS),
    kind: rng.pick(['read', 'change']),
    timeoutMs: rng.chance(60) ? PATIENT_MS : rng.integer(1, 20_000),
    abortAfterMs: rng.chance(10) ? rng.integer(0, 8000) : undefined,
  };
}

/** The part of a device that callers use, so that a test can put a worse one in its place. */
type Requester = Pick<Device, 'request'>;

/**
 * Lives through the plan; throws when anything comes out that its faults do not permit. `worsen`
 * puts a driver between that breaks promises, to show that this is noticed.
 */
export async function live(
  plan: Plan,
  worsen: (device: Device) => Requester = (device) => device,
): Promise<void> {
  const clock = new VirtualClock();
  const { faults, seed, responseMs, showsBusy } = plan;
  const port = new FaultyBmc({ clock, faults, seed, responseMs, showsBusy });
  const device = await clock.until(openAtLast(port, clock));

  const requester = worsen(device);

  const running = plan.requests.map((request, index) => run({ request, index, requester, clock }));
  const results = await clock.until(Promise.all(running));
  const leftMs = port.calmFromMs - clock.now();
  if (leftMs > 0) await clock.pass(leftMs);
  results.forEach((result, index) => {
    judge(plan, { ...result, index });
  });

  await lastRequests(port, requester, clock);
  await device.close();
  await clock.pass(1);
  judgeExecutions(port);
  port.bmc.assertQuiet();
  expect(clock.pending, 'timers left').toBe(0);
}

/** Opens the device; where faults prevent it, again when they are over. */
async function openAtLast(port: FaultyBmc, clock: VirtualClock): Promise<Device> {
  const options = { base: port.bmc.base, port, clock, timeoutMs: 60_000 };
  for (;;) {
    try {
      return await open(options);
    } catch (error) {
      if (!(error instanceof IpmiError) || clock.now() > port.calmFromMs + 60_000) throw error;
      // The BMC was away for longer than the device waits for it: the next program tries again.
    }
  }
}

interface Running {
  readonly request: PlannedRequest;
  readonly index: number;
  readonly requester: Requester;
  readonly clock: VirtualClock;
}

interface Result {
  readonly outcome: Reply | IpmiError;
  readonly tookMs: number;
}

async function run({ request, index, requester, clock }: Running): Promise<Result> {
  await new Promise<void>((resolve) => {
    clock.timer(request.atMs - clock.now(), resolve);
  });
  const startMs = clock.now();
  const { timeoutMs, abortAfterMs } = request;
  const controller = new AbortController();
  const cancel =
    abortAfterMs === undefined ? undefined : clock.timer(abortAfterMs, () => controller.abort());
  try {
    const options = { timeoutMs, signal: controller.signal };
    const outcome = await requester.request(messageOf(request.kind, index), options);
    return { outcome, tookMs: clock.now() - startMs };
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    return { outcome: error, tookMs: clock.now() - startMs };
  } finally {
    cancel?.();
  }
}

function messageOf(kind: PlannedRequest['kind'], index: number) {
  if (kind === 'read') return { netFn: 0x06, cmd: 0x01 };
  return { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(0xa0, index, 0x0a) };
}

function payloadOf(kind: PlannedRequest['kind'], index: number): readonly number[] {
  return kind === 'read' ? SIM_DEVICE_ID : [0xa0, index, 0x0a];
}

function judge(plan: Plan, { outcome, tookMs, index }: Result & { readonly index: number }): void {
  const request = plan.requests[index];
  if (request === undefined) throw new Error('bug: a result without a request');
  const where = `request ${index} (${JSON.stringify(request)})`;
  expect(tookMs, `${where} took too long`).toBeLessThanOrEqual(request.timeoutMs + ROUNDING_MS);

  if (outcome instanceof IpmiError) judgeError(plan, request, outcome);
  else judgeReply(plan, payloadOf(request.kind, index), { where, reply: outcome });
}

function judgeReply(
  plan: Plan,
  payload: readonly number[],
  { where, reply }: { readonly where: string; readonly reply: Reply },
): void {
  const codes = plan.faults.flatMap((fault) => (fault.kind === 'code' ? [fault.code] : []));
  if (plan.faults.some(({ kind }) => kind === 'flips')) return;
  expect([0, ...codes], where).toContain(reply.completionCode);
  if (reply.completionCode !== 0) return;
  const isLonger = plan.faults.some((fault) => fault.kind === 'length' && fault.length > 3);
  const data = [...reply.data];
  expect(isLonger ? data.slice(0, payload.length) : data, where).toEqual(payload);
}

/** Which error each fault can cause; a time limit of its own can always cause a timeout. */
function judgeError(plan: Plan, request: PlannedRequest, error: IpmiError): void {
  const where = `${JSON.stringify(request)}: ${error.message}`;
  const permitted = ['BMC_UNRESPONSIVE', 'RESPONSE_MALFORMED'];
  const isImpatient = request.timeoutMs < PATIENT_MS;
  if (isImpatient) permitted.push('REQUEST_TIMEOUT');
  if (request.abortAfterMs !== undefined) permitted.push('REQUEST_ABORTED');
  expect(permitted, where).toContain(error.code);
  if (error.code === 'REQUEST_ABORTED' || isImpatient) return;

  expect(plan.faults.length, `${where}, without a fault`).toBeGreaterThan(0);
  if (request.kind === 'read') {
    const lost = plan.faults.reduce((sum, fault) => sum + attemptsLostTo(fault), 0);
    expect(lost, `${where}, though repeats endure that`).toBeGreaterThan(LOSSES_ENDURED);
  }
}

/** Most attempts of one request that a fault can spoil. */
function attemptsLostTo(fault: Fault): number {
  return 'forMs' in fault ? 1 + Math.floor(fault.forMs / ATTEMPT_MS) : 1;
}

/** When the faults are over, everything works. */
async function lastRequests(
  port: FaultyBmc,
  requester: Requester,
  clock: VirtualClock,
): Promise<void> {
  port.calm();
  for (let index = 0; index < REQUESTS_AFTER; index += 1) {
    const kind = index % 2 === 0 ? 'read' : 'change';
    const reply = await clock.until(requester.request(messageOf(kind, 100 + index)));
    expect([reply.completionCode, ...reply.data], `request ${index} after the last fault`).toEqual([
      0,
      ...payloadOf(kind, 100 + index),
    ]);
  }
}

/** No command that changes something was executed twice; 0xC0 says that it was not executed. */
function judgeExecutions(port: FaultyBmc): void {
  const counts = new Map<number, number>();
  for (const { netFn, data } of port.executed) {
    const [, index = -1] = data;
    if (netFn === 0x30) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  for (const [index, count] of counts) expect(count, `executions of change ${index}`).toBe(1);
}
