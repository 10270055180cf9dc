/**
 * BMCs of the test's own with the faults that smoke checks are there for. They work at first, so
 * that a check finds its fault, and not the checks before it.
 */

import { ExternBmc } from '../qemu/extern-bmc.ts';
import type { BmcReply, ExternBmcOptions } from '../qemu/extern-bmc.ts';

const APP = 0x06;
const GET_DEVICE_ID = 0x01;
const GET_DEVICE_GUID = 0x08;
const SET_ENABLES = 0x2e;
const GET_ENABLES = 0x2f;

/** Not supported in present state. */
const NOT_IN_THIS_STATE = 0xd5;

/** Requests that it answers, more than the check `bring-up` sends. */
const WEDGES_AFTER = 40;

/** Get Device ID from one that it drops to the next, in which a check notices each. */
const DROPS_EVERY = 30;

/** Global Enables after a restart. */
const AFTER_RESTART = 0x08;

/** Answers no request any more, after so many. QEMU answers each with 0xC3, after 4 s. */
export function wedging(): ExternBmc {
  return withGuid({ plan: (_, index) => (index < WEDGES_AFTER ? {} : { drop: 'request' }) });
}

/** Drops a Get Device ID now and then, and answers the one after it. */
export function dropping(): ExternBmc {
  let asked = 0;
  return withGuid({
    plan: ({ netFn, cmd }) => {
      if (netFn !== APP || cmd !== GET_DEVICE_ID) return {};
      asked += 1;
      return asked % DROPS_EVERY === 0 ? { drop: 'request' } : {};
    },
  });
}

/** Answers 0xD5 to Get Device GUID, but to the first, which `bring-up-race` sends at rest. */
export function refusingAtStart(): ExternBmc {
  let asked = 0;
  return withGuid({
    plan: ({ netFn, cmd }) => {
      if (netFn !== APP || cmd !== GET_DEVICE_GUID) return {};
      asked += 1;
      return asked > 1 ? { completionCode: NOT_IN_THIS_STATE } : {};
    },
  });
}

/** Accepts that interrupts are enabled, and raises none. */
export function withDeadLine(): ExternBmc {
  const bmc = withGuid();
  let enables = AFTER_RESTART;
  bmc.handle(APP, SET_ENABLES, ({ data }) => {
    enables = data[0] ?? 0;
    return reply();
  });
  bmc.handle(APP, GET_ENABLES, () => reply(enables));
  return bmc;
}

function withGuid(options: ExternBmcOptions = {}): ExternBmc {
  const bmc = new ExternBmc(options);
  bmc.handle(APP, GET_DEVICE_GUID, () => reply(...Array(16).keys()));
  return bmc;
}

function reply(...data: readonly number[]): BmcReply {
  return { completionCode: 0, data: Uint8Array.from(data) };
}
