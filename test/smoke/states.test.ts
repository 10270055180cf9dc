/** States of the interface, from the recording of a device. */

import { expect, test } from 'vitest';

import { StateRecord, bothSinks } from '../../src/smoke/states.ts';
import { Bench } from '../support/wire-bench.ts';

test('a device that was opened has states, one after the other', async () => {
  const bench = new Bench();
  const record = new StateRecord();
  const { clock, subject } = bench;
  await clock.pass(1000);

  const device = await clock.until(subject.open({ record }));
  await clock.until(device.close());

  const periods = record.periods();
  expect(periods.slice(0, 3).map(({ name }) => name)).toEqual([
    'waitReady',
    'waitReply',
    'waitClear',
  ]);
  expect(periods[0]?.fromMs).toBeGreaterThanOrEqual(1000);
  expect(periods.at(-1)?.toMs).toBeLessThanOrEqual(clock.now());
  const overlapping = periods.filter(({ fromMs }, at) => fromMs < (periods[at - 1]?.toMs ?? 0));
  expect(overlapping).toEqual([]);
});

test('register accesses without end leave the states as they are', async () => {
  const bench = new Bench();
  const lines: string[] = [];
  const collect = { write: (line: string): void => void lines.push(line) };
  const device = await bench.clock.until(bench.subject.open({ record: collect }));
  await bench.clock.until(device.close());
  const [quiet, busy] = [new StateRecord(), new StateRecord()];
  const read = lines.find((line) => line.includes('"kind":"in"')) ?? '';

  for (const line of lines) quiet.write(line);
  for (const [at, line] of lines.entries()) {
    busy.write(line);
    if (at === 1) for (let times = 0; times < 30_000; times += 1) busy.write(read);
  }

  expect(read).not.toBe('');
  expect(quiet.periods()).not.toEqual([]);
  expect(busy.periods()).toEqual(quiet.periods());
});

test('nothing that was recorded has no states', () => {
  expect(new StateRecord().periods()).toEqual([]);
});

test('a second sink receives the lines as well', () => {
  const lines: string[] = [];
  const sinkOf = (name: string) => ({
    write: (line: string) => {
      lines.push(`${name} ${line}`);
    },
  });
  const first = { ...sinkOf('1'), payload: true };
  const second = sinkOf('2');

  const sink = bothSinks(first, second);
  sink?.write('a');

  expect([lines, sink?.payload]).toEqual([['2 a', '1 a'], true]);
  expect(bothSinks(first, undefined)).toBe(first);
  expect(bothSinks(undefined, second)).toBe(second);
});
