/** Commands of groups that only read, held against all commands of all bodies. */

import { expect, test } from 'vitest';

import { isGroupRead } from '../../src/ipmi/group-extension.ts';

/** The commands that read, of the body that the first byte names. */
function readsOf(...data: readonly number[]): readonly number[] {
  const all = Array.from({ length: 256 }, (_, cmd) => cmd);
  return all.filter((cmd) => isGroupRead(cmd, Uint8Array.from(data)));
}

test('each body has its own commands that read', () => {
  const dcmi = [0x01, 0x02, 0x03, 0x06, 0x07, 0x09, 0x0c, 0x10, 0x13];
  const picmg = [0, 1, 2, 5, 6, 8, 0x0b, 0x0d, 0x0f, 0x12, 0x14, 0x16, 0x18];

  expect(readsOf(0xdc)).toEqual(dcmi);
  expect(readsOf(0xdc, 1, 2, 3)).toEqual(dcmi);
  expect(readsOf(0x00)).toEqual(picmg);
  expect(readsOf(0x03)).toEqual([0, 2, 5, 6, 8, 0x0b, 0x0d, 0x40]);
});

test('no command of another body, or of none, is known to read', () => {
  const bodies = Array.from({ length: 256 }, (_, body) => body);

  expect(bodies.filter((body) => readsOf(body).length > 0)).toEqual([0x00, 0x03, 0xdc]);
  expect(readsOf()).toEqual([]);
});
