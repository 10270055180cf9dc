/** Commands that files register for. */

import { expect, test } from 'vitest';

import { Registrations } from '../../../src/serve/ipmidev/registrations.ts';

const ALL = 0xffffffff;
const on = (channels: number, cmd = 5) => ({ netFn: 0x30, cmd, channels });
const found = (channel: number, cmd = 5) => ({ netFn: 0x30, cmd, channel });

test("a command on all channels is found on each, and is no other file's", () => {
  const all = new Registrations<string>();

  expect([all.add('a', on(ALL)), all.add('b', on(1)), all.add('a', on(1))]).toEqual([
    ...['added', 'taken', 'taken'],
  ]);
  expect([all.find(found(0)), all.find(found(15)), all.find(found(0, 6))]).toEqual([
    ...['a', 'a', undefined],
  ]);
});

test('a part of its channels can be given up, which another file may have then', () => {
  const all = new Registrations<string>();
  all.add('a', on(0b11));

  expect(all.remove('a', on(0b10))).toBe(true);
  expect(all.add('b', on(0b10))).toBe('added');
  expect([all.find(found(0)), all.find(found(1))]).toEqual(['a', 'b']);
});

test('only its own registrations does a file give up', () => {
  const all = new Registrations<string>();
  all.add('a', on(1));

  expect([all.remove('b', on(ALL)), all.remove('a', on(2)), all.isEmpty]).toEqual([
    ...[false, false, false],
  ]);
  expect([all.remove('a', on(ALL)), all.isEmpty]).toEqual([true, true]);
});

test('a file that is closed has none any more', () => {
  const all = new Registrations<string>();
  all.add('a', on(1));
  all.add('b', on(2));

  all.removeAll('a');

  expect([all.find(found(0)), all.find(found(1))]).toEqual([undefined, 'b']);
});

test('a file has 1024 registrations at most, whatever others have', () => {
  const all = new Registrations<string>();
  all.add('other', { netFn: 0x3e, cmd: 0, channels: ALL });

  const results = Array.from({ length: 1025 }, (_, at) =>
    all.add('a', { netFn: at >> 8, cmd: at & 0xff, channels: ALL }),
  );

  expect(results.filter((result) => result === 'added')).toHaveLength(1024);
  expect(results.at(-1)).toBe('full');
});
