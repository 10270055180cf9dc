/**
 * A request that is aborted from within a register access: the machine is between two of its
 * states.
 */

import { expect, test } from 'vitest';

import { echo, outcomeOf, rig, send } from '../support/rig.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

/** More register cycles than one request makes. */
const CYCLES = 20;

const B_BUSY = 0x80;

test.each(Array.from({ length: CYCLES }, (_, cycle) => cycle))(
  'who aborts at register cycle %i is told at once, not at the deadline',
  async (at) => {
    const controller = new AbortController();
    const aborted = { atMs: -1 };
    const { clock, driver } = rig({
      responseMs: 1000,
      wrap: (port) =>
        new CyclePort(port, (cycle) => {
          if (cycle !== at) return;
          aborted.atMs = clock.now();
          controller.abort();
        }),
    });
    const { signal } = controller;

    const outcome = await clock.until(outcomeOf(send(driver, echo(1), { signal })));

    expect(outcome).toMatchObject({ code: 'REQUEST_ABORTED' });
    expect(clock.now()).toBe(aborted.atMs);
    await clock.pass(2000);
  },
);

test.each(Array.from({ length: CYCLES }, (_, cycle) => cycle))(
  'who aborts at cycle %i of a frame that had to wait is told whether it was sent',
  async (at) => {
    const controller = new AbortController();
    const state = { isBusy: true, cycle: 0 };
    const { clock, bmc, driver } = rig({
      wrap: (port) =>
        new CyclePort(
          new BentPort(port, (_, value) => (state.isBusy ? value | B_BUSY : value)),
          () => {
            if (state.isBusy) return;
            if (state.cycle === at) controller.abort();
            state.cycle += 1;
          },
        ),
    });
    const { signal } = controller;
    const sent = outcomeOf(send(driver, echo(1), { signal }));
    await clock.pass(50);
    state.isBusy = false;

    const outcome = (await clock.until(sent)) as { outcome?: string };

    const isExecuted = bmc.executed.length > 0;
    expect(isExecuted).toBe(outcome.outcome !== 'not-sent');
    expect(await clock.until(outcomeOf(send(driver, echo(2))))).toEqual([2]);
  },
);
