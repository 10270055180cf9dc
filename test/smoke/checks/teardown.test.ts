/** What a run leaves: nothing, or each thing that it can leave. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../../src/errors.ts';
import type { SimBmc } from '../../../src/sim/bmc.ts';
import { TEARDOWN } from '../../../src/smoke/checks/teardown.ts';
import { FakeSubject, runCheck, slugsOf, verdictOf } from '../../support/fake-subject.ts';

test('a run that leaves nothing passes, and has given back', async () => {
  const subject = new FakeSubject();

  const told = await runCheck(TEARDOWN, subject);

  expect(verdictOf(told)).toBe('pass');
  expect([subject.calls, told.facts]).toEqual([['give back'], { 'bt-ctrl': '0x00', left: 0 }]);
  expect(subject.bmc.executed).toEqual([]);
});

describe('what is left fails:', () => {
  test.each([
    [
      'a response',
      (bmc: SimBmc): void => {
        bmc.leaveResponse([0x1c, 1, 1, 0]);
      },
    ],
    [
      'H_BUSY',
      (bmc: SimBmc): void => {
        bmc.leaveHostBusy();
      },
    ],
  ])('%s', async (_, leave) => {
    const subject = new FakeSubject();
    leave(subject.bmc);

    const told = await runCheck(TEARDOWN, subject);

    expect(verdictOf(told)).toEqual(['fail bt-left-behind']);
    expect(told.evidence[0]).toMatch(/^in {2}BT_CTRL {4}0x(08 B2H_ATN|40 H_BUSY)$/);
    expect(subject.calls).toEqual(['give back']);
  });

  test('each leftover, and a driver that does not come back, all of them told', async () => {
    const refusal = new IpmiError('BMC_UNRESPONSIVE', 'IPI0001:00 was not given back to ipmi_si');
    const leftovers = ['/dev/port is still open', 'the process 7 has not ended'];

    const told = await runCheck(
      TEARDOWN,
      new FakeSubject({ leftovers, refuse: { giveBack: refusal } }),
    );

    expect(told.findings).toEqual([
      'fail bt-left-behind: BMC_UNRESPONSIVE: IPI0001:00 was not given back to ipmi_si',
      ...leftovers.map((text) => `fail bt-left-behind: ${text}`),
    ]);
  });
});

test.each([
  ['a BMC that is busy for ever', 'busy', 'warning bt-busy-stuck'],
  ['a BMC that is away', 'floats', 'warning bt-absent'],
] as const)('%s is a warning here, and what was taken is given back', async (_, kind, finding) => {
  const subject = new FakeSubject();
  subject.bmc.fail(kind, { forMs: Infinity });

  expect(slugsOf(await runCheck(TEARDOWN, subject))).toEqual([finding]);
  expect(subject.calls).toEqual(['give back']);
});

test('a mistake in giving back is one of the check', async () => {
  const bug = new TypeError('bug');

  const told = await runCheck(TEARDOWN, new FakeSubject({ refuse: { giveBack: bug } }));

  expect(told.thrown).toBe(bug);
});
