/** What is remembered of the answers of a BMC, and what is asked for again. */

import { describe, expect, test } from 'vitest';

import { Identity, askIdentity } from '../../src/bmc/identity.ts';
import { IpmiError } from '../../src/errors.ts';
import type { Requester } from '../../src/ipmi/requester.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { rig } from '../support/rig.ts';

const QUESTIONS = 4;

/** A BMC that answers like this, and the commands that it was asked. */
function answering(answer: (cmd: number) => readonly number[]) {
  const asked: number[] = [];
  const requester: Requester = {
    request: ({ cmd }) => {
      asked.push(cmd);
      const [completionCode = 0, ...data] = answer(cmd);
      return Promise.resolve({ completionCode, data: Uint8Array.from(data) });
    },
  };
  return { asked, requester };
}

function bench() {
  const { access, clock } = rig();
  return { clock, identity: new Identity({ access, clock, attemptMs: undefined }) };
}

test('the data of a reply that is a refusal is no answer', async () => {
  const { requester } = answering(() => [0xc1, ...Array.from({ length: 16 }, (_, at) => at + 1)]);

  const { identity, answered } = await askIdentity(requester, {
    clock: new VirtualClock(),
    answers: {},
  });

  const nothing = { deviceId: undefined, selfTest: undefined };
  expect(identity).toEqual({ ...nothing, systemGuid: undefined, deviceGuid: undefined });
  expect(answered).toBe(QUESTIONS);
});

describe('is asked for again:', () => {
  test('what was answered by a BMC that was lost meanwhile', async () => {
    const { clock, identity } = bench();
    let isForgotten = false;
    const { asked, requester } = answering(() => {
      if (!isForgotten) identity.forget();
      isForgotten = true;
      return [0x00];
    });

    await clock.until(identity.learn(requester, {}));
    await clock.until(identity.learn(requester, {}));
    expect(asked).toHaveLength(2 * QUESTIONS);
    await clock.until(identity.learn(requester, {}));
    expect(asked).toHaveLength(2 * QUESTIONS);
  });

  test('what there was no time for, however often', async () => {
    const { clock, identity } = bench();
    let left = 0;
    const { asked, requester } = answering(() => {
      left -= 1;
      if (left >= 0) return [0x00, ...Array.from({ length: 16 }, (_, at) => at + 1)];
      throw new IpmiError('REQUEST_TIMEOUT', 'no time', { outcome: 'unknown' });
    });
    // There is time for one question each time.
    for (let times = 0; times < QUESTIONS; times += 1) {
      left = 1;
      await clock.until(identity.learn(requester, {}));
    }

    expect(asked).toHaveLength(QUESTIONS + 3);
    const { deviceGuid } = await clock.until(identity.learn(requester, {}));
    expect(deviceGuid).toBe('100f0e0d-0c0b-0a09-0807-060504030201');
    expect(asked).toHaveLength(QUESTIONS + 3);
  });
});

test.each([
  ['an interface that has none', { hasCapabilities: false }],
  ['no interface, as over a server', undefined],
])('capabilities are not asked of %s', async (_, others) => {
  const { access, bmc, clock } = rig();
  const parts = { clock, attemptMs: undefined };
  const own = others === undefined ? undefined : { ...access, ...others };
  const identity = new Identity({ ...parts, access: own });
  await clock.until(identity.learnCapabilities());

  expect([identity.capabilities, bmc.executed]).toEqual([undefined, []]);
});
