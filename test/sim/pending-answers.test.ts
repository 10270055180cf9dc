/** Answers that the simulated BMC has not given yet. */

import { expect, test } from 'vitest';

import { PendingAnswers } from '../../src/sim/pending-answers.ts';

const COMMAND = { netFn: 6, lun: 0, cmd: 1, data: new Uint8Array(), atMs: 100 };

function frame(seq: number): Uint8Array {
  return Uint8Array.of(4, 0x1c, seq, 0x01, 0);
}

test('an answer is due after its time, once, and ends the command', () => {
  const answers = new PendingAnswers();
  answers.add({ ...COMMAND, seq: 1 }, [{ afterMs: 50, frame: frame(1) }]);

  expect([answers.takeDue(149), answers.isOpen(149)]).toEqual([undefined, true]);
  expect([answers.takeDue(150), answers.isOpen(150)]).toEqual([frame(1), false]);
  expect(answers.takeDue(151)).toBeUndefined();
});

test('an early answer to the last command ends it, one to another does not', () => {
  const answers = new PendingAnswers();
  answers.add({ ...COMMAND, seq: 1 }, [{ afterMs: 10, frame: frame(1) }]);
  answers.add({ ...COMMAND, seq: 2 }, [
    { afterMs: 50, frame: frame(2) },
    { afterMs: 20, frame: frame(2) },
  ]);

  expect([answers.takeDue(110), answers.isOpen(110)]).toEqual([frame(1), true]);
  expect([answers.takeDue(120), answers.isOpen(120)]).toEqual([frame(2), false]);
});

test('a host gives up on a slow answer after 6 s, and gets it all the same', () => {
  const answers = new PendingAnswers();
  answers.add({ ...COMMAND, seq: 1 }, [{ afterMs: 9000, frame: frame(1) }]);

  expect([answers.isOpen(6099), answers.isOpen(6100)]).toEqual([true, false]);
  expect(answers.takeDue(9100)).toEqual(frame(1));
});

test('of the answers that are due, a host that comes late finds the earliest first', () => {
  const answers = new PendingAnswers();
  const [early, late] = [50, 9000];
  answers.add({ ...COMMAND, seq: 1 }, [
    { afterMs: late, frame: frame(1) },
    { afterMs: early, frame: frame(2) },
    { afterMs: early, frame: frame(3) },
  ]);

  const taken = [1, 2, 3].map(() => answers.takeDue(10_000));
  expect(taken).toEqual([frame(2), frame(3), frame(1)]);
});

test('a command without an answer keeps no host waiting, and a restart forgets all', () => {
  const answers = new PendingAnswers();
  answers.add({ ...COMMAND, seq: 1 }, []);
  expect(answers.isOpen(100)).toBe(false);
  answers.add({ ...COMMAND, seq: 2 }, [{ afterMs: 50, frame: frame(2) }]);

  answers.clear();

  expect([answers.isOpen(100), answers.takeDue(1000)]).toEqual([false, undefined]);
});
