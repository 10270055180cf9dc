/** A caller who aborts from within a register access: the machine is between two of its states. */

import { expect, test } from 'vitest';

import { echo, outcomeOf, rig, send } from './rig.ts';
import { CyclePort } from './wraps.ts';

/** More register cycles than one request makes. */
const CYCLES = 20;

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
