/** The responses that faults of a command lead to. */

import { expect, test } from 'vitest';

import { distort } from '../../src/sim/distort.ts';
import type { CommandFault } from '../../src/sim/fault-kinds.ts';

/** Length, NetFn/LUN, seq, cmd, completion code, data. */
const FRAME = [5, 0x1c, 0x21, 0x01, 0x00, 0xab];
const WRONG_SEQ = [5, 0x1c, 0x74, 0x01, 0x00, 0x54];

test.each<[CommandFault, readonly (readonly [afterMs: number, ...frame: number[]])[]]>([
  [{ kind: 'late', at: 0, byMs: 7 }, [[10, ...FRAME]]],
  [
    { kind: 'twice', at: 0 },
    [
      [3, ...FRAME],
      [3, ...FRAME],
    ],
  ],
  [
    { kind: 'stale', at: 0 },
    [
      [3, ...WRONG_SEQ],
      [3, ...FRAME],
    ],
  ],
  [{ kind: 'wrong', at: 0, what: 'seq' }, [[3, ...WRONG_SEQ]]],
  [{ kind: 'wrong', at: 0, what: 'netFn' }, [[3, 5, 0x14, 0x21, 0x01, 0x00, 0x54]]],
  [{ kind: 'wrong', at: 0, what: 'lun' }, [[3, 5, 0x1d, 0x21, 0x01, 0x00, 0x54]]],
  [{ kind: 'wrong', at: 0, what: 'cmd' }, [[3, 5, 0x1c, 0x21, 0x11, 0x00, 0x54]]],
  [{ kind: 'length', at: 0, length: 9 }, [[3, 9, ...FRAME.slice(1)]]],
  [{ kind: 'drop', at: 0 }, [[3, ...FRAME]]],
  [{ kind: 'code', at: 0, code: 0xc0 }, [[3, ...FRAME]]],
])('%j', (fault, expected) => {
  const distorted = distort([{ afterMs: 3, frame: Uint8Array.from(FRAME) }], fault);

  expect(distorted.map(({ afterMs, frame }) => [afterMs, ...frame])).toEqual(expected);
});
