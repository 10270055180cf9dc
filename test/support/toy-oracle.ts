/**
 * What may come of a request to the toy BMC under the faults of a plan. It answers to all that its
 * handshake protects, so that nothing is let pass but what a fault that was there can cause.
 */

import assert from 'node:assert/strict';

import { IpmiError } from '../../src/index.ts';
import type { Reply } from '../../src/index.ts';
import { TURN_MS } from '../../src/sim/virtual-clock.ts';
import { messageOf, payloadOf } from './oracle.ts';
import { PATIENT_MS } from './plan.ts';
import type { PlannedRequest } from './plan.ts';
import type { ToyBmc, ToyCommand } from './toy-bmc.ts';
import type { ToyFault } from './toy-faults.ts';

/** A command that only reads is repeated so often after silence, or a missing answer. */
const ENDURED = 2;

const NODE_BUSY = 0xc0;
const ANSWER_MISSING = 0xc3;

/** Everything a life at the toy BMC depends on. */
export interface ToyPlan {
  readonly seed: number;
  readonly faults: readonly ToyFault[];
  readonly requests: readonly PlannedRequest[];
  readonly responseMs: number;
  readonly controlMs: number;
  readonly byteMs: number;
}

/** What became of a request. */
export interface ToyResult {
  readonly index: number;
  readonly outcome: Reply | IpmiError;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A request, and all there is to know of it. */
interface Case extends ToyResult {
  readonly plan: ToyPlan;
  readonly request: PlannedRequest;
  /** Its executions; of one that reads, all such executions of its time. */
  readonly executions: readonly (readonly [at: number, command: ToyCommand])[];
  readonly where: string;
}

/** Throws when a request came to an end that the plan does not permit. */
export function judgeToy(plan: ToyPlan, bmc: ToyBmc, result: ToyResult): void {
  const { index, outcome, fromMs, toMs } = result;
  const request = plan.requests[index];
  if (request === undefined) throw new Error('bug: a result without a request');
  const message = messageOf(request.kind, index);
  const executions = [...bmc.commands.entries()].filter(([, { netFn, data, atMs }]) => {
    if (netFn !== message.netFn) return false;
    return request.kind === 'change' ? data[1] === index : fromMs <= atMs && atMs <= toMs;
  });
  const where = `request ${index} (${JSON.stringify(request)})`;
  // No timer fires sooner than one turn of the event loop.
  assert(toMs - fromMs <= request.timeoutMs + TURN_MS, `${where} took ${toMs - fromMs} ms`);
  const one: Case = { ...result, plan, request, executions, where };
  if (outcome instanceof IpmiError) judgeError(one, outcome);
  else judgeReply(one, outcome);
}

function judgeReply(one: Case, { completionCode, data }: Reply): void {
  const { plan, request, where, index } = one;
  if (completionCode === 0) {
    assert.deepEqual([...data], payloadOf(request.kind, index), `the reply to ${where}`);
    return;
  }
  const given = hitting(one).filter((fault) => 'code' in fault && fault.code === completionCode);
  assert(given.length > 0, `${where}: no fault answers it with ${completionCode}`);
  if (!isPatient(request)) return;
  assert(completionCode !== NODE_BUSY, `${where} was not asked again, though it was refused`);
  const isEndured = completionCode === ANSWER_MISSING && plan.faults.length <= ENDURED;
  assert(request.kind === 'change' || !isEndured, `${where} was not asked again`);
}

function judgeError(one: Case, error: IpmiError): void {
  const { request, executions } = one;
  const where = `${one.where}: ${error.message}`;
  if (error.outcome === 'not-sent' && request.kind === 'change') {
    assert.equal(executions.length, 0, `${where}: it was sent`);
  }
  if (error.outcome === 'unknown' && request.kind === 'change' && !isDisturbed(one)) {
    assert(executions.length > 0, `${where}: it was not sent`);
  }
  if (error.code === 'REQUEST_ABORTED') {
    assert(request.abortAfterMs !== undefined, `${where}: it was not aborted`);
    return;
  }
  if (error.code === 'REQUEST_TIMEOUT') {
    assert(!isPatient(request), `${where}: it had all the time`);
    return;
  }
  assert.equal(error.code, 'BMC_UNRESPONSIVE', where);
  assert.equal(error.outcome, 'unknown', where);
  assert(hitting(one).length > 0, `${where}: no fault hit it`);
  assert(request.kind === 'change' || !isPatient(request), `${where}: it can be repeated`);
}

/** No command that changes something was executed twice; 0xC0 says that it was not executed. */
export function judgeToyExecutions(bmc: ToyBmc): void {
  const changes = bmc.executed.filter(({ netFn }) => netFn === 0x30).map(({ data }) => data[1]);
  assert.equal(new Set(changes).size, changes.length, `changes executed: ${changes.join()}`);
}

/** The faults of its executions, and those of the registers in its time. */
function hitting({ plan, executions, fromMs, toMs }: Case): readonly ToyFault[] {
  const ats = executions.map(([at]) => at);
  return plan.faults.filter((fault) =>
    'at' in fault
      ? ats.includes(fault.at)
      : fault.fromMs <= toMs && fromMs <= fault.fromMs + fault.forMs,
  );
}

/** True when a byte that was written may not have arrived. */
function isDisturbed(one: Case): boolean {
  return hitting(one).some((fault) => 'fromMs' in fault);
}

/** True when the request has more time than all faults of a plan together last. */
function isPatient({ timeoutMs }: PlannedRequest): boolean {
  return timeoutMs === PATIENT_MS;
}
