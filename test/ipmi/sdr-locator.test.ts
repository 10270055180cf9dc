/** The layouts of records that are not of sensors. */

import { expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import * as layouts from '../../src/ipmi/sdr-locator.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('all are read and written', () => {
  expectRoundTrips(layouts.ENTITY_ASSOCIATION, [11, 12]);
  expectRoundTrips(layouts.DEVICE_ENTITY_ASSOCIATION, [21, 27]);
  expectRoundTrips(layouts.GENERIC_LOCATOR, [11, 27]);
  expectRoundTrips(layouts.FRU_LOCATOR, [11, 27]);
  expectRoundTrips(layouts.CONTROLLER_LOCATOR, [11, 27]);
  expectRoundTrips(layouts.CONTROLLER_CONFIRMATION, [27, 28]);
  expectRoundTrips(layouts.CHANNEL_RECORD, [10, 11]);
  expectRoundTrips(layouts.OEM_SDR, [3, 20]);
  expect.hasAssertions();
});

test('an association has a container and four entities', () => {
  const bytes = [0x17, 1, 0xe0, 4, 1, 4, 8, 0, 0, 0, 0];

  expect(decode(layouts.ENTITY_ASSOCIATION, Uint8Array.from(bytes))).toMatchObject({
    container: { id: 0x17, instance: { number: 1 } },
    flags: { isRange: true, isLinked: true, isPresenceReadable: true },
    contained: [
      { id: 4, instance: { number: 1 } },
      { id: 4, instance: { number: 8 } },
      { id: 0 },
      { id: 0 },
    ],
  });
});
