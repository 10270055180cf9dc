/** Owners of the ports: none, the kernel's driver, another process, and ports that are refused. */

import { expect, test } from 'vitest';

import { IpmiError } from '../../../src/errors.ts';
import { OWNER } from '../../../src/smoke/checks/owner.ts';
import { FakeSubject, runCheck, slugsOf, verdictOf } from '../../support/fake-subject.ts';
import { BOUND, DEVICE, DRIVER, RECORD, UNBOUND } from '../../support/kernel-bench.ts';

test('ports that no driver has can be had', async () => {
  const subject = new FakeSubject({ table: UNBOUND });

  const told = await runCheck(OWNER, subject);

  expect(verdictOf(told)).toBe('pass');
  expect(subject.calls).toEqual(['take false']);
  expect(told.facts).toEqual({
    ports: '0xce4 0xce5 0xce6',
    'kernel-driver': 'none',
    'reserved-as': 'IPI0001:00',
    'other-processes': 'none',
    taken: 'nothing',
  });
});

test('the driver that has them is named, and what refuses them is let out', async () => {
  const refusal = new IpmiError('PORT_CLAIMED', 'the kernel driver ipmi_si has IPI0001:00');

  const told = await runCheck(OWNER, new FakeSubject({ table: BOUND, refuse: { take: refusal } }));

  expect(told.thrown).toBe(refusal);
  expect(told.facts).toMatchObject({ 'kernel-driver': 'ipmi_si', 'kernel-device': 'IPI0001:00' });
});

test.each([true, 'force'] as const)('takeover %s borrows them', async (takeover) => {
  const subject = new FakeSubject({ table: BOUND });
  const take = subject.take.bind(subject);
  subject.take = async (choice) => {
    await take(choice);
    subject.files.set(`${DEVICE}/driver`, undefined);
    subject.files.set(`${DRIVER}/IPI0001:00/params`, undefined);
  };

  const told = await runCheck(OWNER, subject, { takeover });

  expect(subject.calls).toEqual([`take ${takeover}`]);
  expect([verdictOf(told), told.facts['taken']]).toEqual(['pass', 'IPI0001:00 from ipmi_si']);
});

test('an interface that a killed process has left unbound is told', async () => {
  const record = '{"bus":"platform","device":"IPI0001:00","keep":false}\n';

  const told = await runCheck(OWNER, new FakeSubject({ table: { ...UNBOUND, [RECORD]: record } }));

  expect(slugsOf(told)).toEqual(['warning bt-left-behind']);
  expect(told.findings[0]).toMatch(/ipmi-bt release --base 0xce4$/);
});

test('ports that cannot be seen are said to be unknown', async () => {
  const told = await runCheck(OWNER, new FakeSubject());

  expect(told.facts['reserved-as']).toBe('unknown: /proc/ioports cannot be read');
});

test('a machine without an interface ends it', async () => {
  const absent = new IpmiError('DEVICE_ABSENT', 'no BT interface found');

  const told = await runCheck(OWNER, new FakeSubject({ refuse: { block: absent } }));

  expect([told.thrown, told.facts]).toEqual([absent, {}]);
});
