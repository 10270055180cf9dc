/** The attention bit: agreeing with the flags or stuck, and never touched. */

import { expect, test } from 'vitest';

import { IpmiError } from '../../../src/errors.ts';
import { ATTENTION } from '../../../src/smoke/checks/attention.ts';
import { SIM_EVENT } from '../../../src/sim/commands.ts';
import type { Executed } from '../../../src/sim/command-record.ts';
import { takeTotals } from '../../../src/smoke/ledger.ts';
import type { FakeMachine } from '../../support/fake-subject.ts';
import { FakeSubject, runCheck, slugsOf, verdictOf } from '../../support/fake-subject.ts';

const [GET_FLAGS, GET_ENABLES] = [0x31, 0x2f];

/** A BMC that answers one command like this, and all others as ever. */
function answering(cmd: number, ...answer: readonly number[]): FakeMachine {
  const bmc = {
    answer: (command: Executed) => (command.cmd === cmd ? answer : undefined),
  };
  return { bmc };
}

test('a BMC without events passes, and is only asked', async () => {
  const subject = new FakeSubject();

  const told = await runCheck(ATTENTION, subject);

  expect(verdictOf(told)).toBe('pass');
  expect(told.facts).toMatchObject({ 'sms-atn': false, 'message-flags': '0x00' });
  expect(subject.bmc.executed.map(({ cmd }) => cmd)).toEqual([GET_FLAGS, GET_ENABLES]);
  subject.bmc.assertQuiet();
});

test('an event that waits is told, and waits afterwards', async () => {
  const subject = new FakeSubject(answering(GET_ENABLES, 0, 0x0c));
  subject.bmc.raiseFlags(0x08);
  subject.bmc.raiseSmsAttention();

  const told = await runCheck(ATTENTION, subject);

  expect(verdictOf(told)).toBe('pass');
  expect(told.facts).toEqual({
    'sms-atn': true,
    'message-flags': '0x08 watchdog pre-timeout',
    'global-enables': '0x0c event message buffer, system event log',
  });
  subject.bmc.open(subject.clock);
  expect(subject.bmc.inb(subject.bmc.base) & 0x10).toBe(0x10);
  expect(SIM_EVENT.length).toBe(16);
});

test('a bit that is stuck without a flag fails, with the accesses', async () => {
  const subject = new FakeSubject();
  subject.bmc.fail('stickyAttention', { forMs: Infinity });

  const told = await runCheck(ATTENTION, subject);

  expect(verdictOf(told)).toEqual(['fail bt-attention-stuck']);
  expect(told.findings[0]).toMatch(/SMS_ATN stays 1 for 6 looks while the message flags are 0x00/);
  expect(told.evidence).toEqual([
    ...Array<string>(3).fill('in  BT_CTRL    0x10 SMS_ATN'),
    'Get Message Flags: 0x00',
    ...Array<string>(3).fill('in  BT_CTRL    0x10 SMS_ATN'),
  ]);
});

test('a bit that is set for a moment is none that is stuck', async () => {
  const subject = new FakeSubject();
  subject.bmc.fail('stickyAttention', { forMs: 100 });

  expect(verdictOf(await runCheck(ATTENTION, subject))).toBe('pass');
});

test('flags without the bit are a warning', async () => {
  const told = await runCheck(ATTENTION, new FakeSubject(answering(GET_FLAGS, 0, 0x02)));

  expect(slugsOf(told)).toEqual(['warning bt-event-lost']);
});

test.each([
  ['refuses the flags', answering(GET_FLAGS, 0xc1), 'warning bt-wrong-answer'],
  ['refuses the enables', answering(GET_ENABLES, 0xc1), 'warning bt-wrong-answer'],
  ['gives no flags', answering(GET_FLAGS, 0), 'fail bt-malformed'],
  ['gives no enables', answering(GET_ENABLES, 0), 'fail bt-malformed'],
])('a BMC that %s is told', async (_, machine, finding) => {
  expect(slugsOf(await runCheck(ATTENTION, new FakeSubject(machine)))).toEqual([finding]);
});

test('a BMC that does not answer is its own finding', async () => {
  const subject = new FakeSubject();
  subject.bmc.fail('silent', { forMs: Infinity });

  const { thrown } = await runCheck(ATTENTION, subject);

  expect(thrown).toBeInstanceOf(IpmiError);
});

test('a request that had to be repeated is told at the end of the run', async () => {
  const subject = new FakeSubject();
  subject.bmc.fail('drop');

  expect(verdictOf(await runCheck(ATTENTION, subject))).toBe('pass');
  expect(takeTotals(subject)).toMatchObject({ retries: 1 });
});
