/** What an interrupt does to its line and to BT_INTMASK, in which order, and when nothing. */

import { describe, expect, test } from 'vitest';

import { Interrupt, MISSES_MAX, SURE_MS } from '../../src/driver/interrupt.ts';
import { enabled, journal } from '../support/journal-line.ts';

const GONE = [
  'interrupt line failed',
  { line: '/dev/uio7', error: 'Error: EIO: i/o error, write' },
];

describe('before interrupts are wanted', () => {
  test('neither a register nor the line is touched, whatever happens', () => {
    const { interrupt, done } = journal();

    interrupt.beforeRing();
    interrupt.replied(SURE_MS);
    interrupt.acknowledge();
    interrupt.beforeReset();
    expect(done).toEqual([]);

    interrupt.close();
    expect(done).toEqual(['close']);
  });

  test('a reply without one is not missed, also if they were wanted while it was awaited', () => {
    const { interrupt, lost } = journal();
    for (let time = 0; time < MISSES_MAX; time += 1) {
      interrupt.beforeRing();
      interrupt.replied(SURE_MS);
    }
    interrupt.beforeRing();
    interrupt.enable();
    interrupt.replied(SURE_MS);

    for (let time = 1; time < MISSES_MAX; time += 1) {
      interrupt.beforeRing();
      interrupt.replied(SURE_MS);
    }
    interrupt.beforeRing();

    expect(lost.times).toBe(0);
  });
});

describe('an acknowledgement', () => {
  test('clears what the chip has latched before the line lets the next one through', () => {
    const { interrupt, done } = enabled();

    interrupt.acknowledge();

    expect(done).toEqual(['mask 11', 'rearm']);
  });

  test('leaves BT_INTMASK to the handler in the kernel, and the interrupts of others to them', () => {
    const { interrupt, done } = enabled({ ownsMask: true });

    interrupt.acknowledge();

    expect(done).toEqual(['rearm']);
  });

  test('goes ahead of every frame, so that its reply can raise one', () => {
    const { interrupt, done } = enabled();

    interrupt.beforeRing();

    expect(done).toEqual(['mask 11', 'rearm']);
  });
});

describe('a line that is gone', () => {
  test('is reported once, closed, and not used again', () => {
    const { interrupt, done, warnings } = enabled();
    const error = new Error('EIO: i/o error, write');
    interrupt.failed(error);
    interrupt.failed(error);
    expect([interrupt.isOver, warnings, done]).toEqual([true, [GONE], ['close']]);

    interrupt.enable();
    interrupt.acknowledge();
    interrupt.beforeReset();
    interrupt.close();

    expect(done).toEqual(['close']);
  });

  test.each([
    ['enabled', 'enable'],
    ['rearmed', 'acknowledge'],
    ['silenced for a reset', 'beforeReset'],
  ] as const)('may show so when it is %s', (_, call) => {
    const { interrupt, line, warnings } = enabled();
    line.isBroken = true;

    interrupt[call]();

    expect([interrupt.isOver, warnings]).toEqual([true, [GONE]]);
  });

  test('is not reported after close()', () => {
    const { interrupt, warnings } = enabled();
    interrupt.close();
    interrupt.failed(new Error('EBADF: bad file descriptor, read'));

    expect(warnings).toEqual([]);
  });
});

describe('close()', () => {
  test.each([
    ['disabled', 0b00, 'mask 10'],
    ['enabled', 0b01, 'mask 11'],
    ['enabled, one latched', 0b11, 'mask 11'],
  ])('leaves BT_INTMASK as it was found, %s, and nothing latched', (_, mask, left) => {
    const { interrupt, done } = enabled({ mask });
    interrupt.acknowledge();
    done.length = 0;

    interrupt.close();

    // B2H_IRQ is cleared by writing 1, B2H_IRQ_EN is as it was.
    expect(done).toEqual(['close', left]);
  });

  test('leaves BT_INTMASK to the handler in the kernel, and the interrupts of others to them', () => {
    const { interrupt, done } = enabled({ ownsMask: true });
    interrupt.acknowledge();
    done.length = 0;

    interrupt.close();
    interrupt.close();

    expect(done).toEqual(['close']);
  });

  test('touches no register when the ports have failed before', () => {
    const { interrupt, done } = enabled();
    interrupt.acknowledge();
    done.length = 0;

    interrupt.letGo();
    interrupt.close();

    expect(done).toEqual(['close']);
  });
});

test('BMC_HWRST is written with no other hand on BT_INTMASK', () => {
  const { interrupt, done } = enabled({ ownsMask: true });

  interrupt.beforeReset();

  expect(done).toEqual(['disable']);
});

test('the enable is put back whatever the registers show at the end, and not before', () => {
  const restored: boolean[] = [];
  const interrupt = (): Interrupt => {
    const calls = { watch: ignore, rearm: ignore, enable: ignore, close: ignore };
    const line = { path: '/dev/uio0', ownsMask: false, ...calls };
    const gate = { acknowledge: ignore, restore: (isLast: boolean) => void restored.push(isLast) };
    return new Interrupt({ line, gate, warn: ignore, onLost: ignore });
  };
  interrupt().failed(new Error('EIO'));
  expect(restored).toEqual([false]);
  interrupt().close();
  expect(restored).toEqual([false, true]);
  const ended = interrupt();
  ended.letGo();
  ended.close();

  expect(restored).toEqual([false, true]);
});

function ignore(): void {
  // Nothing is looked at.
}
