/** The line that says how far a long command is, as a terminal gets it. */

import { expect, test } from 'vitest';

import { Progress } from '../../src/cli/progress.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

function bench(isTerminal = true, columns = 80) {
  const clock = new VirtualClock();
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const output = { write, isClosed: false, failure: undefined };
  return { clock, written, progress: new Progress({ output, isTerminal, columns, clock }) };
}

test('a line is written over the one before, and no more than ten times a second', () => {
  const { clock, written, progress } = bench();
  for (const done of [0, 0.24, 0.5, 0.999, 1]) {
    progress.show('bring-up', done);
    progress.show('not told', done);
    clock.skip(100);
  }

  expect(written).toEqual([
    '\r\u001b[K[....................]   0 % bring-up',
    '\r\u001b[K[#####...............]  24 % bring-up',
    '\r\u001b[K[##########..........]  50 % bring-up',
    '\r\u001b[K[####################]  99 % bring-up',
    '\r\u001b[K[####################] 100 % bring-up',
  ]);
});

test('it goes away once, and the next one is shown at once', () => {
  const { written, progress } = bench();
  progress.clear();
  progress.show('pace', 0.5);
  progress.clear();
  progress.clear();
  progress.show('pace', 0.5);

  expect(written.map((text) => text.length > 4)).toEqual([true, false, true]);
});

test('no line is longer than the terminal is wide', () => {
  const { written, progress } = bench(true, 30);
  progress.show('firmware-agreement', 0.5);

  expect(written.join('').replace('\r\u001b[K', '')).toHaveLength(29);
});

test('a terminal that says it has no columns gets the whole line', () => {
  const { written, progress } = bench(true, 0);
  progress.show('firmware-agreement', 0.5);

  expect(written.join('')).toMatch(/ 50 % firmware-agreement$/);
});

test('the line goes away before other text, and only then', () => {
  const { written, progress } = bench();
  const output = progress.inFrontOf({
    write: (text) => void written.push(String(text)),
    ...{ isClosed: false, failure: undefined },
  });
  progress.show('pace', 0.5);
  progress.show('pace', 0.6);
  output.write('text\n');
  output.write('more\n');

  expect(written.slice(1)).toEqual(['\r\u001b[K', 'text\n', 'more\n']);
  expect(output).toMatchObject({ isClosed: false, failure: undefined });
});

test('where there is no terminal nothing is written', () => {
  const { written, progress } = bench(false);
  progress.show('pace', 0.5);
  progress.clear();

  expect(written).toEqual([]);
});
