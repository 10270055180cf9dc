/** The interrupt line: sound, dead, stormy, lossy, and left enabled. */

import { describe, expect, test } from 'vitest';

import { INTERRUPT } from '../../../src/smoke/checks/interrupt.ts';
import type { PortIo } from '../../../src/port/port.ts';
import { SimIrqLine } from '../../../src/sim/irq-line.ts';
import type { LineFault } from '../../../src/sim/irq-line.ts';
import type { FakeMachine } from '../../support/fake-subject.ts';
import { FakeSubject, runCheck, slugsOf, verdictOf } from '../../support/fake-subject.ts';
import { nonEmpty } from '../../support/lists.ts';
import { BentPort } from '../../support/wraps.ts';

/** B2H_IRQ_EN can be set, and not be cleared. */
class StuckEnable extends BentPort {
  override outb(port: number, value: number): void {
    super.outb(port, port === 0xce6 ? value | 1 : value);
  }
}

const ALWAYS = { fromMs: 0, forMs: Infinity };

interface Wiring {
  readonly faults?: readonly LineFault[];
  readonly ownsMask?: boolean;
  /** What the kernel counts more than arrives. */
  readonly more?: (counted: number) => number | undefined;
}

/** A machine with a line, whose kernel counts what arrives. */
function wired({
  faults = [],
  ownsMask = false,
  more = (count) => count,
}: Wiring = {}): FakeMachine {
  let line: SimIrqLine | undefined;
  return {
    line: (bmc, clock) => (line = new SimIrqLine({ bmc, clock, ownsMask, faults })),
    kernelInterrupts: () => more(line?.count ?? 0),
  };
}

describe('a sound line passes', () => {
  test.each([true, false])('whose mask belongs to the kernel: %s', async (ownsMask) => {
    const subject = new FakeSubject(wired({ ownsMask }));

    const told = await runCheck(INTERRUPT, subject);

    expect(verdictOf(told)).toBe('pass');
    expect(told.measured).toEqual({
      ...{ requests: 50, 'interrupts-driver': 50, 'interrupts-kernel': 50 },
      ...{ 'interrupts-at-rest': 0, 'interrupts-after-close': 0 },
    });
    subject.bmc.assertQuiet();
  });

  test('that the kernel does not count', async () => {
    const told = await runCheck(INTERRUPT, new FakeSubject(wired({ more: () => undefined })));

    expect([verdictOf(told), told.measured['interrupts-kernel']]).toEqual(['pass', undefined]);
  });
});

test('a machine without a line skips it, which is allowed and said', async () => {
  const told = await runCheck(INTERRUPT, new FakeSubject());

  expect(verdictOf(told)).toBe('skip, allowed');
  expect(String(told.thrown)).toMatch(/no interrupt line.* 0xce4 is not available/);
});

describe('a fault is found:', () => {
  test.each<[string, Wiring, readonly string[]]>([
    ['no interrupt arrives', { faults: [{ kind: 'lost', ...ALWAYS }] }, ['fail bt-irq-dead']],
    [
      'some get lost on their way',
      { faults: [{ kind: 'lost', fromMs: 100, forMs: 200 }] },
      ['fail bt-irq-dead'],
    ],
    [
      'they come without end, with requests and at rest',
      { faults: [{ kind: 'endless', ...ALWAYS }] },
      ['fail bt-irq-storm', 'fail bt-irq-storm'],
    ],
    [
      'one comes each 10 ms for nothing',
      { faults: [{ kind: 'spurious', everyMs: 10, fromMs: 600, forMs: 5000 }], ownsMask: true },
      ['fail bt-irq-storm'],
    ],
    [
      'the kernel counts twice as many',
      { more: (count) => count + Math.floor(count / 2) },
      ['fail bt-irq-dead'],
    ],
    ['the kernel counts fewer', { more: (count) => Math.floor(count / 2) }, ['fail bt-irq-storm']],
  ])('%s', async (_, wiring, findings) => {
    const told = await runCheck(INTERRUPT, new FakeSubject(wired(wiring)));

    expect(told.thrown).toBeUndefined();
    expect(nonEmpty(slugsOf(told))).toEqual(findings);
  });

  test('a kernel that counts them, and a process that they do not reach', async () => {
    let read = 0;
    const machine = wired({
      faults: [{ kind: 'lost', ...ALWAYS }],
      more: () => (read += 20),
    });

    const { findings } = await runCheck(INTERRUPT, new FakeSubject(machine));

    expect(findings[0]).toMatch(/the kernel has counted 20, which do not reach this process/);
  });

  test('one after the device was closed', async () => {
    const machine = wired({
      more: (count) => (subject.clock.now() > 1900 ? count + 3 : count),
    });
    const subject: FakeSubject = new FakeSubject(machine);

    expect(slugsOf(await runCheck(INTERRUPT, subject))).toEqual(['fail bt-irq-left']);
  });

  test('an enable that stays set after the device was closed', async () => {
    const wrap = (inner: PortIo): PortIo => new StuckEnable(inner, (_, value) => value);

    const told = await runCheck(INTERRUPT, new FakeSubject({ ...wired(), wrap }));

    expect(told.thrown).toBeUndefined();
    expect(slugsOf(told)).toEqual(['fail bt-irq-left']);
    expect(nonEmpty(told.evidence).at(-1)).toMatch(/^in {2}BT_INTMASK 0x0[13] B2H_IRQ_EN/);
  });
});
