/** Lines, however the bytes arrive. */

import { expect, test } from 'vitest';

import { Lines } from '../../src/serve/lines.ts';
import { Rng } from '../../src/sim/rng.ts';

const MAX = 16;

/** All lines of the pieces, and what is said in the end. */
function readAll(pieces: readonly Uint8Array[]): readonly string[] {
  const lines = new Lines(MAX);
  const found: string[] = [];
  for (const piece of pieces) {
    lines.push(piece);
    for (let next = lines.next(); ; next = lines.next()) {
      if (next.kind === 'line') found.push(next.text);
      else if (next.kind === 'too-long') return [...found, 'too long'];
      else break;
    }
  }
  return found;
}

test('a line of the longest length is one, and a longer one is the last', () => {
  const longest = 'a'.repeat(MAX);

  expect(readAll([Buffer.from(`${longest}\n`)])).toEqual([longest]);
  expect(readAll([Buffer.from(`b\n${longest}c\nd\n`)])).toEqual(['b', 'too long']);
  expect(readAll([Buffer.from(longest), Buffer.from('c')])).toEqual(['too long']);
});

test('nothing is said after a line that is too long, whatever comes', () => {
  const lines = new Lines(1);
  lines.push(Buffer.from('too long'));
  lines.next();
  lines.push(Buffer.from('\na\n'));

  expect(lines.next()).toEqual({ kind: 'too-long' });
});

test('pieces of any length give the same lines', () => {
  const text = 'one\n\nthree and more\n\u00e4\u20ac\nlast\nwithout end';
  const bytes = Buffer.from(text);
  const whole = ['one', '', 'three and more', '\u00e4\u20ac', 'last'];
  const rng = new Rng(1);

  for (let round = 0; round < 200; round += 1) {
    const pieces: Uint8Array[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = from + rng.integer(0, 6);
      pieces.push(bytes.subarray(from, to));
      from = to;
    }
    expect(readAll(pieces)).toEqual(whole);
  }
});
