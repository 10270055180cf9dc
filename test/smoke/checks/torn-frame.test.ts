/** The check that leaves frames torn. */

import { describe, expect, test } from 'vitest';

import type { PortIo } from '../../../src/port/port.ts';
import { NOT_WEDGED } from '../../../src/smoke/checks/not-wedged.ts';
import { TORN_FRAME } from '../../../src/smoke/checks/torn-frame.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

const [CLR_WR_PTR, H2B_ATN] = [0x01, 0x04];

describe('a sound BMC recovers from each:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, measured } = await bench.run(TORN_FRAME);

    expect([slugs, measured['torn']]).toEqual([[], 12]);
    expect(bench.clock.now()).toBeLessThan(1500);
    expect(bench.bmc.violations).toEqual([]);
    expect(await bench.slugsOf(NOT_WEDGED)).toEqual([]);
    bench.bmc.assertQuiet();
  });
});

/** A BMC that hangs when bytes were written and the pointer is reset without H2B_ATN. */
test('a BMC that hangs on a frame half written is found', async () => {
  const box: { bench?: Bench } = {};
  let [bytes, isLeft] = [0, false];
  const wrap = (port: PortIo): PortIo => ({
    inb: (at) => port.inb(at),
    outb: (at, value) => {
      if (at === 0xce4 && (value & CLR_WR_PTR) !== 0) {
        isLeft = bytes > 0;
        bytes = 0;
      }
      if (at === 0xce4 && (value & H2B_ATN) !== 0) {
        bytes = 0;
        if (isLeft) box.bench?.bmc.fail('silent');
      }
      port.outb(at, value);
    },
    readBytes: (at, target, count) => {
      port.readBytes(at, target, count);
    },
    writeBytes: (at, source, count) => {
      bytes += count;
      port.writeBytes(at, source, count);
    },
    close: () => undefined,
  });
  const bench = new Bench({ wrap });
  box.bench = bench;

  const { slugs, texts, evidence } = await bench.run(TORN_FRAME);

  expect(slugs).toEqual(['bt-torn-frame']);
  expect(texts[0]).toMatch(/^the interface did not come up after \d+ bytes were written: /);
  expect(evidence.length).toBeGreaterThan(0);
});

test('a BMC that stays busy when its answer was half read is found', async () => {
  const bench = new Bench();
  const open = bench.subject.door.bind(bench.subject);
  let doors = 0;
  bench.subject.door = async (signal) => {
    doors += 1;
    // The second one reads an answer, which has come by then.
    if (doors === 2) bench.bmc.fail('busy', { inMs: 15 });
    return await open(signal);
  };

  const { slugs, texts } = await bench.run(TORN_FRAME);

  expect(slugs).toEqual(['bt-torn-frame']);
  expect(texts[0]).toMatch(/^the interface did not come up after an answer was left half read: /);
});

test('a BMC that is busy, or silent, behind the door is found', async () => {
  for (const kind of ['busy', 'silent'] as const) {
    const bench = new Bench();
    const open = bench.subject.door.bind(bench.subject);
    let doors = 0;
    bench.subject.door = async (signal) => {
      doors += 1;
      if (doors === 2) bench.bmc.fail(kind);
      return await open(signal);
    };

    const { slugs, texts } = await bench.run(TORN_FRAME);

    expect(slugs).toEqual(['bt-torn-frame']);
    expect(texts[0]).toMatch(/within 5000 ms; run bring-up and latency alone/);
  }
});

test('a BMC that does not answer before is not torn at all', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop', { skip: 2, commands: 100 });

  expect(await bench.slugsOf(TORN_FRAME)).toEqual(['bt-wedged']);
});
