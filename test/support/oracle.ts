/**
 * What may come of a request under the faults of a plan. Tight: a command that only reads succeeds
 * if its time is longer than all faults together, and one that changes something fails only if a
 * fault hit it. The checks are plain assertions, so that a soak can run without a test runner.
 */

import assert from 'node:assert/strict';

import { IpmiError } from '../../src/index.ts';
import type { Reply } from '../../src/index.ts';
import { SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import type { Fault, FaultyBmc } from '../../src/sim/faults.ts';
import { TURN_MS } from '../../src/sim/virtual-clock.ts';
import { PATIENT_MS, endOf } from './plan.ts';
import type { Mishap, Plan, PlannedRequest } from './plan.ts';

/** A command that only reads is asked again so often after an answer that lacks the answer. */
const MISSING_ENDURED = 2;

const ANSWER_MISSING = 0xc3;

/** netFn of the changes: the simulator's echo. */
export const OEM = 0x30;

/** What became of a request. */
export interface Result {
  readonly index: number;
  /** Undefined when its process died. */
  readonly outcome: Reply | IpmiError | undefined;
  /** By the clock of its process. */
  readonly tookMs: number;
  /** By the clock of the world. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The command of a request; no two changes carry the same data. */
export function messageOf(kind: PlannedRequest['kind'], index: number) {
  if (kind === 'read') return { netFn: 0x06, cmd: 0x01 };
  return { netFn: OEM, cmd: 0x01, data: Uint8Array.of(0xa0, index, 0x0a) };
}

/** The data its reply carries. */
export function payloadOf(kind: PlannedRequest['kind'], index: number): readonly number[] {
  return kind === 'read' ? SIM_DEVICE_ID : [0xa0, index, 0x0a];
}

/** Throws when a request came to an end that the plan does not permit. */
export function judge(plan: Plan, bmc: FaultyBmc, result: Result): void {
  const request = plan.requests[result.index];
  if (request === undefined) throw new Error('bug: a result without a request');
  const where = `request ${result.index} (${JSON.stringify(request)})`;
  if (result.outcome === undefined) {
    assert(hasMishap(plan, 'killed'), `${where} died with nobody`);
    return;
  }
  // No timer fires sooner than one turn of the event loop.
  const mostMs = request.timeoutMs + timeLost(plan) + TURN_MS;
  assert(result.tookMs <= mostMs, `${where} took ${result.tookMs} ms`);

  if (result.outcome instanceof IpmiError) {
    judgeError({ plan, bmc, request, result, error: result.outcome });
  } else {
    judgeReply({ plan, bmc, request, result, reply: result.outcome });
  }
}

/** A request and all there is to know of it. */
interface Case {
  readonly plan: Plan;
  readonly bmc: FaultyBmc;
  readonly request: PlannedRequest;
  readonly result: Result;
}

function judgeReply({ plan, bmc, request, result, reply }: Case & { reply: Reply }): void {
  // No checksum protects a frame: bits that flip in its data are not seen.
  if (plan.faults.some((fault) => fault.kind === 'flips')) return;
  const { kind } = request;
  const { index } = result;
  const where = `the reply to ${kind} ${index}`;
  const { completionCode } = reply;
  if (completionCode !== 0) {
    const faults = kind === 'read' ? plan.faults : hitting(plan, bmc, result);
    const given = faults.filter((fault) => 'code' in fault && fault.code === completionCode);
    assert(given.length > 0, `${where} has a code nobody gave`);
    // Other faults may have taken the repeats that such an answer gets.
    const isEndured = completionCode !== ANSWER_MISSING || plan.faults.length <= MISSING_ENDURED;
    const isAskedAgain = kind === 'read' && isPatient(plan, request);
    assert(!isAskedAgain || !isEndured, `${where} was not asked for again`);
    return;
  }
  // Neither is a length byte that says more than was sent.
  const isLonger = plan.faults.some((fault) => fault.kind === 'length' && fault.length > 3);
  const payload = payloadOf(kind, index);
  const data = [...reply.data];
  assert.deepEqual(isLonger ? data.slice(0, payload.length) : data, payload, where);
}

function judgeError({ plan, bmc, request, result, error }: Case & { error: IpmiError }): void {
  const where = `request ${result.index} (${JSON.stringify(request)}): ${error.message}`;
  if (error.code === 'REQUEST_ABORTED') {
    assert(request.abortAfterMs !== undefined, `${where}: nobody aborted it`);
    return;
  }
  if (error.code === 'DEVICE_CLOSED') {
    assert(hasMishap(plan, 'closed'), `${where}: nobody closed it`);
    return;
  }
  const codes = ['BMC_UNRESPONSIVE', 'RESPONSE_MALFORMED', 'REQUEST_TIMEOUT'];
  assert(codes.includes(error.code), `${where}: not permitted`);
  if (!isPatient(plan, request)) return;

  assert(request.kind === 'change', `${where}: though it had all the time`);
  assert(error.code !== 'REQUEST_TIMEOUT', `${where}: though it had all the time`);
  assert(error.outcome !== 'not-sent', `${where}: though it could have been sent`);
  const isHit = hasMishap(plan, 'leap') || hitting(plan, bmc, result).length > 0;
  assert(isHit, `${where}: though no fault hit it`);
}

/** Whether the request has more time than all faults of a plan together last. */
function isPatient(plan: Plan, { timeoutMs }: PlannedRequest): boolean {
  return timeoutMs - timeLost(plan) >= PATIENT_MS / 2;
}

/** Time that passes for a process in which it cannot do anything. */
function timeLost({ mishaps }: Plan): number {
  return mishaps.reduce((sum, mishap) => {
    switch (mishap.kind) {
      case 'killed':
      case 'closed':
        return sum;
      case 'stopped':
        return sum + mishap.forMs;
      case 'leap':
        return sum + mishap.byMs;
    }
  }, 0);
}

function hasMishap({ mishaps }: Plan, kind: Mishap['kind']): boolean {
  return mishaps.some((mishap) => mishap.kind === kind);
}

/** The faults that can have spoilt a change: those of its command, and those of its time. */
function hitting({ faults }: Plan, bmc: FaultyBmc, result: Result): readonly Fault[] {
  const { index, fromMs, toMs } = result;
  const ats = [...bmc.bmc.executed.entries()].flatMap(([at, { netFn, data }]) =>
    netFn === OEM && data[1] === index ? [at] : [],
  );
  return faults.filter((fault) =>
    'at' in fault ? ats.includes(fault.at) : fault.fromMs <= toMs && fromMs <= endOf(fault),
  );
}

/** No command that changes something was executed twice; 0xC0 says that it was not executed. */
export function judgeExecutions(port: FaultyBmc): void {
  const counts = new Map<string, number>();
  for (const { netFn, data } of port.executed) {
    const change = data.join(' ');
    if (netFn === OEM) counts.set(change, (counts.get(change) ?? 0) + 1);
  }
  for (const [index, count] of counts) assert.equal(count, 1, `executions of change ${index}`);
}
