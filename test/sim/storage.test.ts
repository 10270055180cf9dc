/** The storage commands of the simulated BMC: SDR repository, SEL, FRU and Platform Event. */

import { describe, expect, test } from 'vitest';

import { CommandProcessor, SPEC_COMMANDS } from '../../src/sim/commands.ts';
import { SIM_FRU, SIM_SDRS } from '../../src/sim/storage-data.ts';

const [SENSOR, APP, STORAGE] = [0x04, 0x06, 0x0a];
const MINE = [0, 0, 0xc0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

type Command = [netFn: number, cmd: number, data?: readonly number[], atMs?: number];

function bench() {
  const log: string[] = [];
  const effects = {
    setSmsAttention: (isDue: boolean) => log.push(`SMS_ATN ${isDue}`),
    dropInterrupts: () => undefined,
    restart: () => undefined,
  };
  const processor = new CommandProcessor(SPEC_COMMANDS, effects, {
    capabilities: [],
    guid: [],
    satellites: [],
  });
  const run = (...[netFn, cmd, data = [], atMs = 0]: Command): readonly number[] =>
    processor.execute({ netFn, lun: 0, seq: 1, cmd, data: Uint8Array.from(data), atMs });
  return { log, processor, run };
}

describe('a record of the SDR repository', () => {
  test('is read whole without a reservation, and names the next one', () => {
    const { run } = bench();
    const [first = [], second = []] = SIM_SDRS;

    expect(run(STORAGE, 0x23, [0, 0, 0, 0, 0, 0xff])).toEqual([0, 2, 0, ...first]);
    expect(run(STORAGE, 0x23, [0, 0, 2, 0, 0, 0xff])).toEqual([0, 3, 0, ...second]);
    expect(second).toHaveLength(64);
    expect(run(STORAGE, 0x23, [0, 0, 0xff, 0xff, 0, 5]).slice(0, 5)).toEqual([0, 0xff, 0xff, 5, 0]);
  });

  test('is read in part under the last reservation only', () => {
    const { processor, run } = bench();
    const [first = []] = SIM_SDRS;
    expect(run(STORAGE, 0x23, [0, 0, 1, 0, 5, 2])).toEqual([0xc5]);

    expect([run(STORAGE, 0x22), run(STORAGE, 0x22)]).toEqual([
      [0, 1, 0],
      [0, 2, 0],
    ]);
    expect(run(STORAGE, 0x23, [1, 0, 1, 0, 5, 2])).toEqual([0xc5]);
    expect(run(STORAGE, 0x23, [2, 0, 1, 0, 5, 2])).toEqual([0, 2, 0, ...first.slice(5, 7)]);

    processor.reset();
    expect(run(STORAGE, 0x23, [2, 0, 1, 0, 5, 2])).toEqual([0xc5]);
  });

  test.each([
    ['that is not there', [0, 0, 9, 0, 0, 0xff], 0xcb],
    ['read behind its end', [0, 0, 1, 0, 0, 0xff].with(4, 200), 0xc5],
    ['asked for in too few bytes', [0, 0, 1], 0xc7],
  ])('%s', (_, data, code) => {
    expect(bench().run(STORAGE, 0x23, data)).toEqual([code]);
  });

  test('is one of as many as the repository says', () => {
    const info = bench().run(STORAGE, 0x20);

    expect(info.slice(0, 4)).toEqual([0, 0x51, SIM_SDRS.length, 0]);
    expect(info).toHaveLength(15);
  });
});

describe('the SEL', () => {
  test('takes an entry, stamps it, and gives it back', () => {
    const { run } = bench();
    expect(run(STORAGE, 0x40).slice(0, 4)).toEqual([0, 0x51, 2, 0]);

    expect(run(STORAGE, 0x44, MINE, 5000)).toEqual([0, 3, 0]);

    const now = run(STORAGE, 0x48, [], 5000).slice(1);
    const stored = [3, 0, 0xc0, ...now, ...MINE.slice(7)];
    expect(run(STORAGE, 0x43, [0, 0, 3, 0, 0, 0xff])).toEqual([0, 0xff, 0xff, ...stored]);
    expect(run(STORAGE, 0x40).slice(2, 4)).toEqual([3, 0]);
  });

  test('keeps an entry without a time as it is', () => {
    const { run } = bench();
    const timeless = MINE.with(2, 0xe0);
    run(STORAGE, 0x44, timeless, 5000);

    expect(run(STORAGE, 0x43, [0, 0, 3, 0, 3, 13]).at(0)).toBe(0xc5);
    expect(run(STORAGE, 0x43, [0, 0, 3, 0, 0, 0xff]).slice(5)).toEqual(timeless.slice(2));
  });

  test('refuses an entry of a reserved type, and one too short', () => {
    const { run } = bench();

    expect(run(STORAGE, 0x44, MINE.with(2, 0x03))).toEqual([0xcc]);
    expect(run(STORAGE, 0x44, MINE.slice(1))).toEqual([0xc7]);
  });

  test('is full at 512 entries', () => {
    const { run } = bench();
    const codes = Array.from({ length: 511 }, () => run(STORAGE, 0x44, MINE)[0]);

    expect(codes.lastIndexOf(0)).toBe(509);
    expect(codes.at(-1)).toBe(0xc4);
  });

  test('loses its reservation when an entry is added', () => {
    const { run } = bench();
    run(STORAGE, 0x42);
    expect(run(STORAGE, 0x43, [1, 0, 1, 0, 3, 1])[0]).toBe(0);
    run(STORAGE, 0x44, MINE);

    expect(run(STORAGE, 0x43, [1, 0, 1, 0, 3, 1])).toEqual([0xc5]);
  });

  test('has a clock that can be set', () => {
    const { run } = bench();

    expect([run(STORAGE, 0x49, [1]), run(STORAGE, 0x49, [0, 0, 0, 0x60], 1000)]).toEqual([
      [0xc7],
      [0],
    ]);
    expect(run(STORAGE, 0x48, [], 3000)).toEqual([0, 2, 0, 0, 0x60]);
  });
});

describe('the FRU', () => {
  test('is read by bytes, up to its end', () => {
    const { run } = bench();

    expect(run(STORAGE, 0x10, [0])).toEqual([0, 0, 2, 0]);
    expect(run(STORAGE, 0x11, [0, 8, 0, 4])).toEqual([0, 4, ...SIM_FRU.subarray(8, 12)]);
    expect(run(STORAGE, 0x11, [0, 0xff, 1, 250])).toEqual([0, 1, ...SIM_FRU.subarray(511)]);
  });

  test('has a header whose sum is zero, and no two reads of four bytes alike behind its areas', () => {
    const internal = (SIM_FRU[1] ?? 0) * 8;
    const reads = Array.from({ length: 508 - internal }, (_, at) =>
      SIM_FRU.subarray(internal + at, internal + at + 4).join(' '),
    );

    expect(SIM_FRU.subarray(0, 8).reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
    expect(new Set(reads).size).toBe(reads.length);
  });

  test.each([
    ['another FRU', 0x11, [1, 0, 0, 4], 0xcb],
    ['the size of another FRU', 0x10, [1], 0xcb],
    ['behind its end', 0x11, [0, 0, 2, 4], 0xc9],
    ['nothing', 0x11, [0, 0, 0, 0], 0xc9],
    ['too little data', 0x11, [0], 0xc7],
    ['no data', 0x10, [], 0xc7],
  ])('%s', (_, ...[cmd, data, code]) => {
    expect(bench().run(STORAGE, cmd, data)).toEqual([code]);
  });
});

describe('Platform Event', () => {
  const EVENT = [0x41, 0x04, 0xc0, 0x05, 0x70, 0xa0, 1, 2];

  test('is logged, and kept for the host that has enabled the event message buffer', () => {
    const { log, run } = bench();
    expect(run(SENSOR, 0x02, EVENT)).toEqual([0]);
    expect([log, run(APP, 0x35)]).toEqual([[], [0x80]]);
    run(APP, 0x2e, [0x0c]);

    expect(run(SENSOR, 0x02, EVENT)).toEqual([0]);

    expect(log).toEqual(['SMS_ATN true']);
    expect(run(APP, 0x35).slice(8)).toEqual([0x41, 0, ...EVENT.slice(1)]);
    expect(run(STORAGE, 0x40).slice(2, 4)).toEqual([4, 0]);
  });

  test('is not logged when that is disabled, and must be complete', () => {
    const { run } = bench();
    run(APP, 0x2e, [0x00]);

    expect([run(SENSOR, 0x02, EVENT), run(SENSOR, 0x02, [0x41])]).toEqual([[0], [0xc7]]);
    expect(run(STORAGE, 0x40).slice(2, 4)).toEqual([2, 0]);
  });
});

test('every BMC has a storage of its own', () => {
  const [one, other] = [bench(), bench()];
  one.run(STORAGE, 0x44, MINE);

  expect([one, other].map(({ run }) => run(STORAGE, 0x40)[2])).toEqual([3, 2]);
});
