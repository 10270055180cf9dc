/** Entities in words. */

import { expect, test } from 'vitest';

import { ENTITY, entityText } from '../../src/ipmi/entity.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('an entity is read and written', () => {
  expectRoundTrips(ENTITY, [2]);
  expect.hasAssertions();
});

test.each([
  [0x03, 'processor'],
  [0x07, 'system board'],
  [0x0a, 'power supply'],
  [0x1d, 'fan'],
  [0x22, 'system firmware'],
  [0x28, 'battery'],
  [0x35, 'real-time clock'],
  [0x36, 'entity 0x36'],
  [0x37, 'air inlet'],
  [0x40, 'air inlet'],
  [0x41, 'processor'],
  [0x42, 'system board'],
  [0x90, 'entity 0x90 of the chassis'],
  [0xb0, 'entity 0xb0 of the board'],
  [0xd0, 'OEM entity 0xd0'],
])('0x%s', (id, text) => {
  expect(entityText(id)).toBe(text);
});
