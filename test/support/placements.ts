/**
 * The enumeration of where events can meet: a caller's request, its abort, close(), and a second
 * caller or an interrupt, each ahead of every step of bring-up and what follows. What may come of
 * a placement does not depend on the kind of interface.
 */

import { expect } from 'vitest';

import type { Clock } from '../../src/clock.ts';
import { bringUp } from '../../src/bmc/bring-up.ts';
import type { BmcAccess } from '../../src/bmc/bring-up.ts';
import type { Driver } from '../../src/driver/driver.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { bringUpOptions, echo, outcomeOf, send } from './rig.ts';

/** A BMC with a driver, as a placement needs them. */
export interface Stage {
  readonly driver: Driver;
  readonly access: BmcAccess;
  readonly bmc: {
    readonly executed: readonly { readonly netFn: number; readonly data: ArrayLike<number> }[];
    assertQuiet(): void;
  };
  /** The interrupt line fires; where there is none, nothing happens. */
  readonly fire?: () => void;
}

/** Builds a new one; the driver goes by `stepped`, and the BMC by `clock`. */
export type StageMaker = (clock: VirtualClock, stepped: Clock) => Stage;

/** An event happens ahead of a step of the event loop, or never. */
const NEVER = -1;

const ABORTED = 'REQUEST_ABORTED';
const CLOSED = 'DEVICE_CLOSED';

interface Placement {
  readonly request: number;
  readonly abort: number;
  readonly close: number;
  readonly second: number;
  /** It comes for nothing, or before its time. */
  readonly interrupt: number;
}

const NOTHING: Placement = {
  request: NEVER,
  abort: NEVER,
  close: NEVER,
  second: NEVER,
  interrupt: NEVER,
};

/** What a placement led to: the replies' data, or error codes. */
interface Ending {
  readonly first: unknown;
  readonly second: unknown;
  readonly isUp: boolean;
  readonly steps: number;
}

/** Calls `before(k)` ahead of the k-th callback of a virtual clock. */
function stepped(clock: VirtualClock, before: () => void): Clock {
  const wrap = (callback: () => void) => (): void => {
    before();
    callback();
  };
  return {
    now: () => clock.now(),
    turn: (callback) => clock.turn(wrap(callback)),
    timer: (delayMs, callback) => clock.timer(delayMs, wrap(callback)),
  };
}

async function live(newStage: StageMaker, placement: Placement): Promise<Ending> {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const sent: { first?: Promise<unknown>; second?: Promise<unknown> } = {};
  let step = 0;
  const act = (): void => {
    if (step === placement.request) {
      sent.first = codeOf(send(driver, echo(1), { signal: controller.signal }));
    }
    if (step === placement.abort) controller.abort();
    if (step === placement.close) driver.close();
    if (step === placement.interrupt) fire?.();
    if (step === placement.second) sent.second = codeOf(send(driver, echo(2)));
    step += 1;
  };
  const { driver, access, bmc, fire } = newStage(clock, stepped(clock, act));

  act();
  const up = bringUp(access, bringUpOptions(clock)).then(
    () => true,
    () => false,
  );
  const isUp = await clock.until(up);
  await clock.pass(3);
  // What is placed behind the last step happens to an idle driver.
  while (step <= lastOf(placement)) {
    act();
    await clock.pass(3);
  }
  const first = await clock.until(Promise.resolve(sent.first));
  const second = await clock.until(Promise.resolve(sent.second));
  const steps = step;

  driver.close();
  bmc.assertQuiet();
  expect(clock.pending).toBe(0);
  const echoes = bmc.executed.filter(({ netFn }) => netFn === 0x30).map(({ data }) => data[0]);
  expect(new Set(echoes).size, 'executed twice').toBe(echoes.length);
  return { first, second, isUp, steps };
}

function lastOf({ request, abort, close, second, interrupt }: Placement): number {
  return Math.max(request, abort, close, second, interrupt);
}

async function codeOf(promise: Promise<Reply>): Promise<unknown> {
  const outcome = await outcomeOf(promise);
  return Array.isArray(outcome) ? outcome : (outcome as { code: string }).code;
}

/** What may become of a request handed in at `at`, when it is aborted and the device closed. */
function permitted(payload: number, at: number, ends: Partial<Placement>): readonly unknown[] {
  const { abort = NEVER, close = NEVER } = ends;
  if (at === NEVER) return [undefined];
  // At the same step the abort comes after the request, as does close(); see `act`.
  const isAbortedBefore = abort !== NEVER && abort < at;
  const isClosedBefore = close !== NEVER && close < at;
  if (isClosedBefore) return [CLOSED];
  if (isAbortedBefore) return [ABORTED];
  const endings: unknown[] = [[payload]];
  if (abort !== NEVER) endings.push(ABORTED);
  if (close !== NEVER) endings.push(CLOSED);
  return endings;
}

/** Fails unless the placement ends as it may. */
async function judge(newStage: StageMaker, placement: Placement): Promise<void> {
  const { request, abort, close, second } = placement;
  const ending = await live(newStage, placement);
  const where = JSON.stringify(placement);
  // The second caller comes last within a step: behind close() at the same one.
  const isShut = close !== NEVER && close === second;
  expect(permitted(1, request, { abort, close }), where).toContainEqual(ending.first);
  expect(isShut ? [CLOSED] : permitted(2, second, { close }), where).toContainEqual(ending.second);
  if (close === NEVER) expect(ending.isUp, where).toBe(true);
}

/** Judges every placement of request, abort, close and one event more; says how many there are. */
export async function judgeAll(
  newStage: StageMaker,
  fourth: 'second' | 'interrupt',
): Promise<string> {
  const { steps } = await live(newStage, { ...NOTHING, request: 0 });
  const places = [NEVER, ...Array.from({ length: steps }, (_, step) => step)];
  let count = 0;
  for (const request of places) {
    for (const abort of places) {
      for (const close of places) {
        for (const at of places) {
          await judge(newStage, { ...NOTHING, request, abort, close, [fourth]: at });
          count += 1;
        }
      }
    }
  }
  expect(count).toBeGreaterThanOrEqual(10_000);
  return `${count} placements over ${steps} steps`;
}
