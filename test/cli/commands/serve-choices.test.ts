/** The options of `ipmi-bt serve`: what they mean, and which contradict. */

import { describe, expect, test } from 'vitest';

import { UsageError } from '../../../src/cli/args.ts';
import { serveChoices } from '../../../src/cli/commands/serve-choices.ts';
import type { ServeValues } from '../../../src/cli/commands/serve-choices.ts';
import { thrownBy } from '../../support/thrown-by.ts';

/** None is given. */
const DEFAULTS: ServeValues = {
  ...{ name: undefined, socketsOnly: false, mode: undefined, group: undefined, socket: undefined },
  ...{ dummy: undefined, watchdog: undefined, watchdogAction: 'none' },
};

/** On a host whose only group is `ipmi`. */
function choices(values: Partial<ServeValues> = {}, sim = false) {
  const gidOf = (group: string): number | undefined => (group === 'ipmi' ? 42 : undefined);
  return serveChoices({ ...DEFAULTS, ...values }, { sim }, gidOf);
}

describe('the options', () => {
  test('are, by default, a device file for root alone', () => {
    expect(choices()).toEqual({
      access: { uid: 0, gid: 0, mode: 0o600 },
      ...{ name: undefined, socket: undefined, dummy: undefined, feed: undefined },
    });
  });

  test('give the device file its mode and group', () => {
    expect(choices({ mode: '0660', group: 'ipmi', name: 'ipmidev/0' })).toMatchObject({
      access: { uid: 0, gid: 42, mode: 0o660 },
      name: 'ipmidev/0',
    });
  });

  test('may want sockets alone', () => {
    const wanted = { socketsOnly: true, socket: '/run/s', dummy: '/run/d' };

    expect(choices(wanted, true)).toMatchObject({
      ...{ access: undefined, socket: '/run/s', dummy: '/run/d' },
    });
  });

  test.each([
    ['10s', 'none', 10_000],
    ['5m', 'hard-reset', 300_000],
    ['6553s', 'power-cycle', 6_553_000],
  ] as const)('feed the watchdog: %s, %s', (watchdog, watchdogAction, countdownMs) => {
    expect(choices({ watchdog, watchdogAction }).feed).toEqual({
      ...{ countdownMs, action: watchdogAction },
    });
  });
});

describe('a UsageError tells of', () => {
  test.each<[Partial<ServeValues>, string]>([
    [{ socketsOnly: true, name: 'ipmi0' }, '--name is of the device file, and --sockets-only'],
    [{ socketsOnly: true, group: 'ipmi' }, '--group is of the device file, and --sockets-only'],
    [{ socketsOnly: true, mode: '600' }, '--mode is of the device file, and --sockets-only'],
    [{ mode: '8' }, '--mode is not octal, such as 600 or 660'],
    [{ mode: '4755' }, '--mode is not octal, such as 600 or 660'],
    [{ group: 'none' }, '--group none: there is no such group'],
    [{ name: '../etc' }, 'the device file must have a name such as ipmi0 or ipmidev/0, not "../'],
    [{ watchdogAction: 'power-down' }, '--watchdog-action needs --watchdog'],
    [{ watchdog: '60' }, '--watchdog is not a time such as 90s, 30m or 8h'],
    [{ watchdog: '9s' }, '--watchdog 9s is not between 10 s and 6553.5 s'],
    [{ watchdog: '2h' }, '--watchdog 2h is not between 10 s and 6553.5 s'],
  ])('%j', (values, text) => {
    const error = thrownBy(() => choices(values));

    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(text);
  });

  test('a simulated BMC at the place where clients look', () => {
    expect(() => choices({ socketsOnly: true }, true)).toThrow('--sim serve needs --socket');
  });
});
