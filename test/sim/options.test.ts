/** Defaults of a simulated BMC's options. */

import { expect, test } from 'vitest';

import { complete } from '../../src/sim/options.ts';
import { QEMU, SPEC } from '../../src/sim/personality.ts';

const COMMAND = { netFn: 6, lun: 0, seq: 1, cmd: 1, data: new Uint8Array(), atMs: 0 };

test('a BMC of which nothing is said answers honestly and at once at 0xce4', () => {
  const options = complete({});
  const honest = { afterMs: 0, frame: new Uint8Array() };

  expect(options).toMatchObject({
    ...{ base: 0xce4, spacing: 1, capabilities: [1, 255, 255, 10, 0], personality: SPEC },
    ...{ showsBusy: true, strict: true, restartMs: 0, mayReset: false },
  });
  expect([options.now(), options.responseMs(COMMAND), options.answer(COMMAND)]).toEqual([
    ...[0, 0, undefined],
  ]);
  expect(options.respond(COMMAND, honest)).toEqual([honest]);
});

test('what is given stays', () => {
  const given = { base: 0xe4, spacing: 4, strict: false, personality: QEMU, restartMs: 5 };

  expect(complete({ ...given, clock: { now: () => 9 } })).toMatchObject(given);
});

test('a response time is one for all, or one by command; it needs a clock', () => {
  const clock = { now: () => 9 };

  expect(complete({ clock, responseMs: 3 }).responseMs(COMMAND)).toBe(3);
  expect(complete({ clock, responseMs: ({ cmd }) => cmd + 4 }).responseMs(COMMAND)).toBe(5);
  expect(complete({ clock }).now()).toBe(9);
  expect(() => complete({ responseMs: 3 })).toThrow(new TypeError('responseMs needs a clock'));
});

test.each([
  [{ responsMs: 3 }, 'new SimBmc() has no option "responsMs"; did you mean responseMs?'],
  [{ responseMs: '3' }, 'responseMs must be a number, not "3"'],
  [{ clock: {} }, 'clock must be a clock (with now), not an object that lacks now'],
  [{ spacing: 2 }, 'spacing must be 1, 4 or 16, not 2'],
  [{ personality: 'QEMU' }, 'personality must be a personality, not "QEMU"'],
  [{ capabilities: 5 }, 'capabilities must be an array, not 5'],
  [{ sdrs: 5 }, 'sdrs takes an object such as { readsPerReservation: 3 }, not 5'],
  [{ sdrs: { record: [] } }, 'sdrs has no option "record"; did you mean records?'],
  [{ sel: { reserve: false } }, 'sel has no option "reserve"; did you mean reserves?'],
  [{ fru: { bytes: [1] } }, 'bytes must be a Uint8Array, not an array'],
  [5, 'new SimBmc() takes an object such as { base: 0xce4 }, not 5'],
])('a wrong option is refused by name: %j', (options, message) => {
  expect(() => complete(options as object)).toThrow(new TypeError(message));
});
