/** The registers of an interface in the I/O ports: where they lie, and where they cannot. */

import { describe, expect, test } from 'vitest';

import { btBlock, checkBlock, portRange, registerPorts } from '../../src/port/register-block.ts';

test.each([
  [1, 3, [0xce4, 0xce5, 0xce6]],
  [4, 9, [0xce4, 0xce8, 0xcec]],
  [16, 33, [0xce4, 0xcf4, 0xd04]],
])(
  'registers that lie %i apart take %i ports, from the first to the last',
  (spacing, count, at) => {
    expect(portRange(btBlock(0xce4, spacing))).toEqual({ base: 0xce4, count });
    expect(registerPorts(btBlock(0xce4, spacing))).toEqual(at);
  },
);

describe('checkBlock()', () => {
  test.each([
    [1, 1],
    [0xfffd, 1],
    [0xfff7, 4],
    [0xffdf, 16],
  ])('takes base %i with spacing %i', (base, spacing) => {
    expect(checkBlock(base, spacing)).toEqual({ base, spacing, count: 3 });
  });

  test.each([
    [0, 1, 'base must be an integer from 1 to 65533, not 0'],
    [0xfffe, 1, 'base must be an integer from 1 to 65533, not 65534'],
    [0xfff8, 4, 'base must be an integer from 1 to 65527, not 65528'],
    [0xffe0, 16, 'base must be an integer from 1 to 65503, not 65504'],
    [1.5, 1, 'base must be an integer from 1 to 65533, not 1.5'],
    [0xce4, 2, 'spacing must be 1, 4 or 16, not 2'],
    [0xce4, NaN, 'spacing must be 1, 4 or 16, not NaN'],
  ])('refuses base %d with spacing %d', (base, spacing, text) => {
    expect(() => checkBlock(base, spacing)).toThrow(new RangeError(text));
  });
});
