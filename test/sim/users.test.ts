/** The users of the simulated BMC, as their specification has them. */

import { expect, test } from 'vitest';

import { networkRig } from '../support/network-rig.ts';

const ACCESS = [0x06, 0x44] as const;
const PASSWORD = [0x06, 0x47] as const;

test('what is wrong with a request has its completion code', () => {
  const { execute } = networkRig();

  expect(execute(...ACCESS, 1, 11)).toEqual([0xcc]);
  expect(execute(...ACCESS, 0, 2)).toEqual([0xcc]);
  expect(execute(...ACCESS, 1)).toEqual([0xc7]);
  expect(execute(0x06, 0x43, 0x91, 2, 0x00)).toEqual([0xcc]);
  expect(execute(0x06, 0x43, 0x91, 2)).toEqual([0xc7]);
  expect(execute(0x06, 0x46, 11)).toEqual([0xcc]);
  expect(execute(0x06, 0x45, 1, ...new Array<number>(16).fill(0x41))).toEqual([0xcc]);
  expect(execute(0x06, 0x45, 3, 0x41)).toEqual([0xc7]);
  expect(execute(...PASSWORD, 2)).toEqual([0xc7]);
  expect(execute(...PASSWORD, 2, 2, 1)).toEqual([0xc7]);
  expect(execute(...PASSWORD, 2, 3, 1)).toEqual([0xc7]);
  expect(execute(...PASSWORD, 11, 1)).toEqual([0xcc]);
});

test('the flags of access change only where the request says so', () => {
  const { execute } = networkRig();

  expect(execute(0x06, 0x43, 0x01, 2, 0x03)).toEqual([0]);
  expect(execute(...ACCESS, 1, 2)).toEqual([0, 10, 0x41, 1, 0x13]);
  expect(execute(0x06, 0x43, 0xe1, 2, 0x03)).toEqual([0]);
  expect(execute(...ACCESS, 1, 2)).toEqual([0, 10, 0x41, 1, 0x63]);
});

test('enabled users are counted', () => {
  const { execute } = networkRig();

  execute(...PASSWORD, 3, 1);

  expect(execute(...ACCESS, 1, 3)).toEqual([0, 10, 0x42, 1, 0x0f]);
});
