/** Events that any type of sensor can have, against IPMI 2.0 table 42-2. */

import { describe, expect, test } from 'vitest';

import { offsetsWithWords, sensorEvent } from '../support/sensor-event.ts';

/** A type of sensor without events of its own. */
const TEMPERATURE = 0x01;

describe('an event type has words for each of its offsets, and no more:', () => {
  test.each([
    [0x00, 0],
    [0x01, 12],
    [0x02, 3],
    [0x03, 2],
    [0x04, 2],
    [0x05, 2],
    [0x06, 2],
    [0x07, 9],
    [0x08, 2],
    [0x09, 2],
    [0x0a, 9],
    [0x0b, 8],
    [0x0c, 4],
    [0x0d, 0],
    [0x6e, 0],
    [0x70, 0],
  ])('%i has %i', (eventType, count) => {
    const offsets = Array.from({ length: count }, (_, offset) => offset);

    expect(offsetsWithWords(TEMPERATURE, eventType)).toEqual(offsets);
  });
});

describe('a threshold is', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])('what offset %i says', (offset) => {
    const side = offset < 6 ? 'lower' : 'upper';
    const [grade, severity] =
      (
        [
          ['non-critical', 'warning'],
          ['critical', 'critical'],
          ['non-recoverable', 'non-recoverable'],
        ] as const
      )[Math.floor(offset / 2) % 3] ?? [];
    const direction = offset % 2 === 0 ? 'low' : 'high';

    expect(sensorEvent(TEMPERATURE, 1, 0x01, offset, 0, 0)).toMatchObject({
      eventText: `${side} ${String(grade)}, going ${direction}`,
      severity,
    });
  });
});
