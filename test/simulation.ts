/**
 * A whole life of a device under faults: opened, asked, asked again when all is over, closed.
 */

import assert from 'node:assert/strict';

import { IpmiError, open } from '../src/index.ts';
import type { Device, OpenOptions } from '../src/index.ts';
import { FaultyBmc } from '../src/sim/faults.ts';
import { VirtualClock } from '../src/sim/virtual-clock.ts';
import { judge, judgeExecutions, messageOf, payloadOf } from './oracle.ts';
import type { Result } from './oracle.ts';
import type { Plan, PlannedRequest } from './plan.ts';

const REQUESTS_AFTER = 20;

/** What open() says of a BMC that is not there, or does not answer. */
const AWAY: readonly string[] = ['DEVICE_ABSENT', 'BMC_UNRESPONSIVE'];

/** The part of a device that callers use, so that a test can put a worse one in its place. */
type Requester = Pick<Device, 'request'>;

interface LiveOptions {
  /** Puts a driver between that breaks promises, to show that this is noticed. */
  readonly worsen?: (device: Device) => Requester;
  /** Is told every register access, a line each. */
  readonly trace?: (line: string) => void;
}

/** Lives through the plan; throws when anything comes of it that its faults do not permit. */
export async function live(
  plan: Plan,
  { worsen = (device) => device, trace }: LiveOptions = {},
): Promise<void> {
  const clock = new VirtualClock();
  const { faults, seed, responseMs, showsBusy } = plan;
  const port = new FaultyBmc({ clock, faults, seed, responseMs, showsBusy });
  const tracing = trace === undefined ? {} : { trace: { write: trace, payload: true } };
  const device = await clock.until(openAtLast({ port, clock, ...tracing }));
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
  assert.equal(clock.pending, 0, 'timers left');
}

/** Opens the device; where faults prevent it, again when they are over. */
async function openAtLast(
  options: Pick<OpenOptions, 'trace'> & { readonly port: FaultyBmc; readonly clock: VirtualClock },
): Promise<Device> {
  const { port, clock } = options;
  for (;;) {
    try {
      return await open({ ...options, base: port.bmc.base, timeoutMs: 60_000 });
    } catch (error) {
      const isAway = error instanceof IpmiError && AWAY.includes(error.code);
      if (!isAway || clock.now() > port.calmFromMs + 60_000) throw error;
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
    const told = [reply.completionCode, ...reply.data];
    assert.deepEqual(told, [0, ...payloadOf(kind, 100 + index)], `${index} after the last fault`);
  }
}
