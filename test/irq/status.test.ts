/** The status of an interrupt, on hosts described in tables. */

import { describe, expect, test } from 'vitest';

import { irqStatus } from '../../src/irq/status.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { FREE, ISA, PCI, SLOT, UIO, boundTo } from '../support/irq-bench.ts';

describe('the status', () => {
  const line = '  6:      12        30   IO-APIC   6-edge      acme, ipmi-bt';
  const interrupts = (text: string) => ({
    '/proc/interrupts': `           CPU0       CPU1\n  0:  1  2  IO-APIC  2-edge timer\n${text}\n`,
  });
  const openers = {
    '/proc/self/ns/pid': { linkTo: 'pid:[4026531836]' },
    '/proc/7/fd/5': { linkTo: '/dev/uio0' },
    '/proc/7/comm': 'node\n',
  };

  test('tells driver, counts, and the processes that listen', () => {
    const table = {
      ...{ ...FREE, ...boundTo('ipmi_bt_uio'), ...openers, ...interrupts(line) },
      [`${UIO}/event`]: '42\n',
    };

    expect(irqStatus(ISA, fakeFiles(table))).toEqual({
      device: { bus: 'platform', device: 'IPI0001:00' },
      driver: 'ipmi_bt_uio',
      irq: 6,
      uio: '/dev/uio0',
      events: 42,
      line: { count: 42, text: 'IO-APIC 6-edge acme, ipmi-bt' },
      openers: ['pid 7 (node) has /dev/uio0 open'],
      way: { state: 'bound', driver: 'ipmi_bt_uio', uio: '/dev/uio0' },
      verdict: 'Interrupt 6 of 0xce4 comes to /dev/uio0 (ipmi_bt_uio).',
    });
  });

  test('takes the number of a PCI interrupt from the device', () => {
    const table = { ...FREE, [`${SLOT}/irq`]: '11\n' };

    expect(irqStatus({ ...PCI, irq: 10 }, fakeFiles(table)).irq).toBe(11);
  });

  test.each([
    ['there is no such line', '  16:   1   2   IO-APIC  6-edge acme'],
    ['the line is of words', '  6:   one   two   IO-APIC'],
  ])('has no count when %s', (_, text) => {
    expect(irqStatus(ISA, fakeFiles({ ...FREE, ...interrupts(text) })).line).toBeUndefined();
  });

  test('of a host of which nothing is seen says just that', () => {
    expect(irqStatus(ISA, fakeFiles({}))).toMatchObject({
      ...{ device: undefined, driver: '', uio: undefined, events: undefined },
      ...{ line: undefined, openers: [], way: { state: 'none' } },
    });
  });
});
