/**
 * What may come of a request under the faults of a plan. Tight: it knows for each fault which
 * outcomes it permits, and that what repeats endure must succeed. Its checks are plain assertions,
 * so that a soak can run without a test runner.
 */

import assert from 'node:assert/strict';

import { IpmiError } from '../src/index.ts';
import type { Reply } from '../src/index.ts';
import { SIM_DEVICE_ID } from '../src/sim/commands.ts';
import type { Fault, FaultyBmc } from '../src/sim/faults.ts';
import { TURN_MS } from '../src/sim/virtual-clock.ts';
import { PATIENT_MS } from './plan.ts';
import type { Plan, PlannedRequest } from './plan.ts';

/** Attempts a repeatable request may lose and must yet succeed: it is repeated twice. */
const LOSSES_ENDURED = 2;

/** One attempt at a BMC that did not say how long it takes. */
const ATTEMPT_MS = 6000;

/** What became of a request, and how long it took. */
export interface Result {
  readonly outcome: Reply | IpmiError;
  readonly tookMs: number;
}

/** The command of a request; no two changes carry the same data. */
export function messageOf(kind: PlannedRequest['kind'], index: number) {
  if (kind === 'read') return { netFn: 0x06, cmd: 0x01 };
  return { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(0xa0, index, 0x0a) };
}

/** The data its reply carries. */
export function payloadOf(kind: PlannedRequest['kind'], index: number): readonly number[] {
  return kind === 'read' ? SIM_DEVICE_ID : [0xa0, index, 0x0a];
}

/** Throws when a request came to an end that the plan does not permit. */
export function judge(
  plan: Plan,
  { outcome, tookMs, index }: Result & { readonly index: number },
): void {
  const request = plan.requests[index];
  if (request === undefined) throw new Error('bug: a result without a request');
  const where = `request ${index} (${JSON.stringify(request)})`;
  // No timer fires sooner than one turn of the event loop.
  assert(tookMs <= request.timeoutMs + TURN_MS, `${where} took ${tookMs} ms`);

  if (outcome instanceof IpmiError) judgeError(plan, request, outcome);
  else judgeReply(plan, { kind: request.kind, index }, outcome);
}

function judgeReply(
  plan: Plan,
  { kind, index }: { readonly kind: PlannedRequest['kind']; readonly index: number },
  reply: Reply,
): void {
  // No checksum protects a frame: bits that flip in its data are not seen.
  if (plan.faults.some((fault) => fault.kind === 'flips')) return;
  const where = `the reply to ${kind} ${index}`;
  if (reply.completionCode !== 0) {
    const codes = plan.faults.flatMap((fault) => (fault.kind === 'code' ? [fault.code] : []));
    assert(codes.includes(reply.completionCode), `${where} has a code nobody gave`);
    assert(kind === 'change' || !isEnduredBy(plan), `${where} was not asked for again`);
    return;
  }
  // Neither is a length byte that says more than was sent.
  const isLonger = plan.faults.some((fault) => fault.kind === 'length' && fault.length > 3);
  const payload = payloadOf(kind, index);
  const data = [...reply.data];
  assert.deepEqual(isLonger ? data.slice(0, payload.length) : data, payload, where);
}

/** Which error each fault can cause; a time limit of its own can always cause a timeout. */
function judgeError(plan: Plan, request: PlannedRequest, error: IpmiError): void {
  const where = `${JSON.stringify(request)}: ${error.message}`;
  const permitted = ['BMC_UNRESPONSIVE', 'RESPONSE_MALFORMED'];
  const isImpatient = request.timeoutMs < PATIENT_MS;
  if (isImpatient) permitted.push('REQUEST_TIMEOUT');
  if (request.abortAfterMs !== undefined) permitted.push('REQUEST_ABORTED');
  assert(permitted.includes(error.code), `${where}: not permitted`);
  if (error.code === 'REQUEST_ABORTED' || isImpatient) return;

  assert(plan.faults.length > 0, `${where}: without a fault`);
  assert(request.kind === 'change' || !isEnduredBy(plan), `${where}: though repeats endure that`);
}

/** Whether a command that is repeated must succeed under all faults of the plan at once. */
function isEnduredBy({ faults }: Plan): boolean {
  return faults.reduce((sum, fault) => sum + attemptsLostTo(fault), 0) <= LOSSES_ENDURED;
}

/** Most attempts of one request that a fault can spoil. */
function attemptsLostTo(fault: Fault): number {
  return 'forMs' in fault ? 1 + Math.floor(fault.forMs / ATTEMPT_MS) : 1;
}

/** No command that changes something was executed twice; 0xC0 says that it was not executed. */
export function judgeExecutions(port: FaultyBmc): void {
  const counts = new Map<number, number>();
  for (const { netFn, data } of port.executed) {
    const [, index = -1] = data;
    if (netFn === 0x30) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  for (const [index, count] of counts) assert.equal(count, 1, `executions of change ${index}`);
}
