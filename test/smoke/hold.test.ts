/** A hold on an interface that was taken: it joins a takeover, and begins none. */

import { expect, test } from 'vitest';

import { Hold } from '../../src/smoke/hold.ts';
import { UNBOUND } from '../support/kernel-bench.ts';
import { takingHost } from '../support/taking-host.ts';

const GUARDED = { base: 0xce4, spacing: 1, port: 'auto', pciDevice: undefined } as const;

test('an interface that nobody has taken is not held', () => {
  const { host, guardians } = takingHost(UNBOUND);

  expect(() => new Hold(GUARDED, host)).toThrow('DEVICE_LOCKED: the interface that was taken');
  expect(guardians).toEqual([]);
  // Nor kept from the next.
  expect(() => new Hold(GUARDED, host)).toThrow('DEVICE_LOCKED');
});
