/** Options that are undefined are options that are left out, for the compiler, too. */

import { expect, test } from 'vitest';

import type { OpenOptions } from '../../src/index.ts';
import { checkOptions } from '../../src/registry/open-options.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { SimBmc } from '../../src/sim/bmc.ts';

test('the types take undefined, and the checks do', () => {
  const open: OpenOptions = { base: undefined, timeoutMs: undefined, quirks: undefined };
  const sel = { entries: undefined, capacity: undefined };
  const sim: SimOptions = { base: undefined, sdrs: undefined, responseMs: undefined, sel };

  expect(() => checkOptions(open)).not.toThrow();
  expect(new SimBmc(sim).base).toBe(0xce4);
});
