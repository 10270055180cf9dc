/** The registers by themselves: sound ones, and each fault that the check exists for. */

import { describe, expect, test } from 'vitest';

import type { PortIo } from '../../../src/port/port.ts';
import { REGISTERS } from '../../../src/smoke/checks/registers.ts';
import type { FakeMachine } from '../../support/fake-subject.ts';
import { FakeSubject, runCheck, slugsOf, verdictOf } from '../../support/fake-subject.ts';
import { nonEmpty } from '../../support/lists.ts';
import { BentPort } from '../../support/wraps.ts';

const [CTRL, FIFO, INTMASK] = [0xce4, 0xce5, 0xce6];

/** A port at which values are bent: `bend(port, value, read number of that port)`. */
function bent(bend: (port: number, value: number, count: number) => number): FakeMachine {
  const counts = new Map<number, number>();
  return {
    wrap: (inner) =>
      new BentPort(inner, (port, value) => {
        const count = (counts.get(port) ?? 0) + 1;
        counts.set(port, count);
        return bend(port, value, count);
      }),
  };
}

/** A port that does not obey the writes of some values. */
function deaf(isLost: (port: number, value: number) => boolean): FakeMachine {
  const wrap = (inner: PortIo): PortIo => ({
    inb: (port) => inner.inb(port),
    outb: (port, value) => {
      if (!isLost(port, value)) inner.outb(port, value);
    },
    readBytes: (...args) => {
      inner.readBytes(...args);
    },
    writeBytes: (...args) => {
      inner.writeBytes(...args);
    },
    close: () => {
      inner.close();
    },
  });
  return { wrap };
}

describe('sound registers pass', () => {
  test.each([1, 4, 16])('%i apart, and no request is rung', async (spacing) => {
    const subject = new FakeSubject({ bmc: { spacing } });

    const told = await runCheck(REGISTERS, subject);

    expect(verdictOf(told)).toBe('pass');
    expect(told.facts).toEqual({ 'idle-ctrl': '0x00', 'idle-intmask': '0x00' });
    expect(subject.bmc.executed).toEqual([]);
    subject.bmc.assertQuiet();
  });

  test('with interrupts enabled by another program, and leave them so', async () => {
    const subject = new FakeSubject();
    subject.bmc.outb(INTMASK, 0x01);

    expect(verdictOf(await runCheck(REGISTERS, subject))).toBe('pass');
    subject.bmc.open(subject.clock);
    expect(subject.bmc.inb(INTMASK)).toBe(0x01);
  });

  test('with an event that waits, and leave it waiting', async () => {
    const subject = new FakeSubject();
    subject.bmc.raiseSmsAttention();

    expect(verdictOf(await runCheck(REGISTERS, subject))).toBe('pass');
    subject.bmc.open(subject.clock);
    expect(subject.bmc.inb(CTRL)).toBe(0x10);
  });

  test('of a BMC that is busy for a second first', async () => {
    const subject = new FakeSubject();
    subject.bmc.fail('busy', { forMs: 1000 });

    const told = await runCheck(REGISTERS, subject);

    expect([verdictOf(told), told.measured]).toEqual(['pass', { 'busy-at-first': 1000 }]);
  });
});

describe('a fault is found:', () => {
  test.each<[string, FakeMachine, string]>([
    ['CLR_RD_PTR stays set', bent((p, v, n) => (p === CTRL && n > 40 ? v | 2 : v)), 'bt-registers'],
    ['H_BUSY stays 1', bent((p, v) => (p === CTRL ? v | 0x40 : v)), 'bt-registers'],
    ['H_BUSY stays 0', bent((p, v) => (p === CTRL ? v & ~0x40 : v)), 'bt-registers'],
    ['BT_CTRL flickers', bent((p, v, n) => (p === CTRL && n === 20 ? v | 4 : v)), 'bt-registers'],
    [
      'BT_INTMASK flickers',
      bent((p, v, n) => (p === INTMASK && n === 20 ? v | 1 : v)),
      'bt-registers',
    ],
    ['the read pointer runs on', bent((p, v, n) => (p === FIFO ? n : v)), 'bt-registers'],
    ['BT_INTMASK cannot be written', deaf((port) => port === INTMASK), 'bt-registers'],
    ['another device is there', bent((p, v) => (p === CTRL ? v | 3 : v)), 'bt-registers'],
    ['nothing is there', bent(() => 0xff), 'bt-absent'],
    ['H2B_ATN stays 1', bent((p, v) => (p === CTRL ? v | 4 : v)), 'bt-busy-stuck'],
  ])('%s', async (_, machine, slug) => {
    const told = await runCheck(REGISTERS, new FakeSubject(machine));

    expect(told.thrown).toBeUndefined();
    expect(nonEmpty(slugsOf(told))).toContain(`fail ${slug}`);
    expect(nonEmpty(told.evidence)[0]).toMatch(/BT_(CTRL|INTMASK)/);
  });

  test('B_BUSY for ever, told after 5 s with the names of the bits', async () => {
    const subject = new FakeSubject();
    subject.bmc.fail('busy', { forMs: Infinity });

    const { findings, evidence } = await runCheck(REGISTERS, subject);

    expect(findings).toEqual([
      expect.stringMatching(/^fail bt-busy-stuck: B_BUSY stays 1 for 5000 ms/),
    ]);
    expect(evidence).toEqual(['in  BT_CTRL    0x80 B_BUSY']);
  });

  test('responses without end', async () => {
    const subject = new FakeSubject();
    subject.bmc.fail('flood', { forMs: Infinity });

    expect(slugsOf(await runCheck(REGISTERS, subject))).toEqual([
      'warning bt-stale',
      'fail bt-stale',
    ]);
  });

  test('B2H_ATN that does not clear', async () => {
    const machine = bent((port, value) => (port === CTRL ? value | 8 : value));

    expect(slugsOf(await runCheck(REGISTERS, new FakeSubject(machine)))).toEqual([
      'warning bt-stale',
      'fail bt-registers',
    ]);
  });
});

test('what a killed program has left is cleared, and told', async () => {
  const subject = new FakeSubject();
  subject.bmc.leaveResponse([0x1c, 8, 0x01, 0x00]);
  subject.bmc.leaveHostBusy();

  expect(slugsOf(await runCheck(REGISTERS, subject))).toContain('warning bt-stale');
  subject.bmc.assertQuiet();
});

test('ports that are refused are no fault of the registers', async () => {
  const refusal = new Error('PORT_DENIED');

  const told = await runCheck(REGISTERS, new FakeSubject({ refuse: { door: refusal } }));

  expect([told.thrown, told.findings]).toEqual([refusal, []]);
});
