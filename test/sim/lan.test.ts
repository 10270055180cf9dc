/** The LAN configuration of the simulated BMC, as its specification has it. */

import { expect, test } from 'vitest';

import { networkRig } from '../support/network-rig.ts';

const GET = [0x0c, 0x02] as const;
const SET = [0x0c, 0x01] as const;

test('a parameter is told with its revision, or the revision alone', () => {
  const { execute } = networkRig();

  expect(execute(...GET, 1, 3, 0, 0)).toEqual([0, 0x11, 192, 0, 2, 10]);
  expect(execute(...GET, 0x81, 3, 0, 0)).toEqual([0, 0x11]);
});

test('what is wrong with a request has its completion code', () => {
  const { execute } = networkRig();

  expect(execute(...GET, 1, 3)).toEqual([0xc7]);
  expect(execute(...GET, 0, 3, 0, 0)).toEqual([0xcc]);
  expect(execute(...GET, 1, 200, 0, 0)).toEqual([0x80]);
  expect(execute(...GET, 1, 56, 7, 0)).toEqual([0xcc]);
  expect(execute(...SET, 1, 200, 0)).toEqual([0x80]);
  expect(execute(...SET, 1, 1, 0)).toEqual([0x82]);
  expect(execute(...SET, 1, 3, 1, 2, 3)).toEqual([0xc7]);
  expect(execute(...SET, 1, 3)).toEqual([0xc7]);
  expect(execute(...SET, 0, 3, 1, 2, 3, 4)).toEqual([0xcc]);
  expect(execute(...SET, 1, 56, 7, ...new Array<number>(19).fill(0))).toEqual([0xcc]);
});

test('a parameter keeps what is set', () => {
  const { execute } = networkRig();

  expect(execute(...SET, 1, 3, 10, 0, 0, 1)).toEqual([0]);
  expect(execute(...GET, 1, 3, 0, 0)).toEqual([0, 0x11, 10, 0, 0, 1]);
});

test('Set In Progress is held by one, and a commit is refused', () => {
  const { execute } = networkRig();

  expect(execute(...SET, 1, 0, 1)).toEqual([0]);
  expect(execute(...SET, 1, 0, 1)).toEqual([0x81]);
  expect(execute(...GET, 1, 0, 0, 0)).toEqual([0, 0x11, 1]);
  expect(execute(...SET, 1, 0, 2)).toEqual([0xcc]);
  expect(execute(...SET, 1, 0, 0)).toEqual([0]);
});

test('the habits of other BMCs are options', () => {
  const without = networkRig({ hasSetInProgress: false, hasIpv6: false });
  const slow = networkRig({ settleMs: 100, readOnly: [5], forgetful: [6] });

  expect(without.execute(...GET, 1, 0, 0, 0)).toEqual([0x80]);
  expect(without.execute(...SET, 1, 0, 1)).toEqual([0x80]);
  expect(without.execute(...GET, 1, 50, 0, 0)).toEqual([0x80]);
  expect(slow.execute(...SET, 1, 5, 0, 0, 0, 0, 0, 0)).toEqual([0x82]);
  expect(slow.execute(...SET, 1, 6, 0, 0, 0, 0)).toEqual([0]);
  expect(slow.execute(...GET, 1, 6, 0, 0)).toEqual([0, 0x11, 255, 255, 255, 0]);
  expect(slow.execute(...SET, 1, 3, 0, 0, 0, 0)).toEqual([0xc0]);
  slow.clock.skip(100);
  expect(slow.execute(...SET, 1, 3, 0, 0, 0, 0)).toEqual([0]);
});
