/** The sink that keeps register accesses as evidence. */

import { expect, test } from 'vitest';

import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { Tracer } from '../../src/smoke/tracer.ts';
import { GET_DEVICE_ID, ask, withDevice } from '../../src/smoke/session.ts';
import { Bench } from '../support/wire-bench.ts';

test('requests and replies are seen where they pass', async () => {
  const bench = new Bench({ sim: { answer: ({ cmd }) => (cmd === 1 ? [0xd5] : undefined) } });
  const trace = new Tracer(bench.clock);

  await bench.clock.until(
    withDevice(bench.means, { bringUp: 'lazy', trace }, (session) => ask(session, GET_DEVICE_ID)),
  );

  expect(trace.rungAt).toHaveLength(1);
  expect(trace.replies).toMatchObject([{ cmd: 0x01, completionCode: 0xd5 }]);
  expect(trace.replies[0]?.at).toBeGreaterThan(trace.rungAt[0] ?? Infinity);
  const lines = trace.evidence().map((line) => line.replace(/^[\d.]+ ms {2}/, ''));
  expect(lines).toContain('out BT_CTRL    0x04 H2B_ATN');
  expect(lines.some((line) => /^in {2}BT_CTRL {4}0x80 B_BUSY {2}\(\d+ times\)$/.test(line))).toBe(
    true,
  );
});

test('the last forty lines are kept', () => {
  const tracer = new Tracer(new VirtualClock(5));
  for (let count = 0; count < 100; count += 1) tracer.write(`in  BT_CTRL    0x${count}`);

  expect(tracer.evidence()).toHaveLength(40);
  expect(tracer.evidence()[0]).toBe('5.000 ms  in  BT_CTRL    0x60');
  expect(tracer.accesses).toBe(100);
});

test('a place in the course of accesses calls back, once, and behind the access', async () => {
  const tracer = new Tracer(new VirtualClock());
  const calls: string[] = [];
  tracer.write('one');
  tracer.after(2, () => calls.push('two later'));
  tracer.after(2, () => calls.push('the same place'));
  tracer.after(9, () => calls.push('never reached'));

  tracer.write('two');
  tracer.write('three');
  expect(calls).toEqual([]);
  await Promise.resolve();
  expect(calls).toEqual(['two later', 'the same place']);

  tracer.callAll();
  tracer.callAll();
  expect(calls).toEqual(['two later', 'the same place', 'never reached']);
});
