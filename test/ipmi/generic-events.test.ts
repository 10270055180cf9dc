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

/** The words of each event type but thresholds, by offset; the first letter is the severity. */
const WORDS: Readonly<Record<number, readonly string[]>> = {
  0x02: ['i idle', 'i active', 'i busy'],
  0x03: ['i state off', 'i state on'],
  0x04: ['i failure no longer predicted', 'w failure predicted'],
  0x05: ['i limit not exceeded', 'w limit exceeded'],
  0x06: ['i performance as expected', 'w performance lags'],
  0x07: [
    ...['i OK', 'w non-critical, from OK', 'c critical, from less severe'],
    ...['n non-recoverable, from less severe', 'w non-critical, from more severe'],
    ...['c critical, from non-recoverable', 'n non-recoverable', 'i to be watched'],
    'i informational',
  ],
  0x08: ['i absent', 'i present'],
  0x09: ['i disabled', 'i enabled'],
  0x0a: [
    ...['i running', 'i in test', 'i powered off', 'i on line', 'i off line', 'i off duty'],
    ...['w degraded', 'i power save', 'c install error'],
  ],
  0x0b: [
    ...['i fully redundant', 'c redundancy lost', 'w redundancy degraded'],
    'w not redundant, resources suffice, was redundant',
    'i not redundant, resources suffice, did not suffice',
    ...['c not redundant, resources do not suffice', 'w redundancy degraded, was full'],
    'w redundancy degraded, was none',
  ],
  0x0c: ['i power state D0', 'i power state D1', 'i power state D2', 'i power state D3'],
};

test.each(Object.entries(WORDS))('event type %i has the words of the table', (eventType, words) => {
  const told = words.map((_, offset) => {
    const { eventText, severity } = sensorEvent(TEMPERATURE, 1, Number(eventType), offset, 0, 0);
    return `${severity.charAt(0)} ${eventText}`;
  });

  expect(told).toEqual(words);
});
