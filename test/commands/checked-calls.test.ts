/** Options that a method does not have: no method of `commands()` takes them for none. */

import { expect, test } from 'vitest';

import { commands } from '../../src/commands/index.ts';
import type { Commands } from '../../src/commands/index.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { nonEmpty } from '../support/lists.ts';
import { OPERATIONS, operationNames } from '../support/operations.ts';

type Method = (...args: readonly unknown[]) => unknown;

/** An object of the name of an option that no method has. */
const UNKNOWN = { chek: true };

/** A method that is called with more arguments than it was given, or with other ones. */
function calledWith(method: Method, change: (args: readonly unknown[]) => readonly unknown[]) {
  return (...args: readonly unknown[]): unknown => method(...change(args));
}

/** The same commands, with the arguments of each call changed. */
function changed(
  bmc: Commands,
  change: (args: readonly unknown[]) => readonly unknown[],
): Commands {
  const entries = Object.entries(bmc).map(([name, family]: [string, unknown]) => {
    if (typeof family === 'function') return [name, calledWith(family as Method, change)];
    const object = family as Readonly<Record<string, Method>>;
    const proxy = new Proxy(object, {
      get: (_, method) => {
        const bound: Method = (...args) => object[String(method)]?.(...args);
        return calledWith(bound, change);
      },
    });
    return [name, proxy];
  });
  return Object.fromEntries(entries) as Commands;
}

async function errorOf(run: () => Promise<unknown> | undefined): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    return error;
  }
}

test('each method refuses an option that it does not have, and sends nothing', async () => {
  const { bmc, count } = await commandsRig();
  // Channels and numbers in front of the options have defaults in some methods.
  const wrong = changed(bmc, (args) => [...args, UNKNOWN, UNKNOWN]);
  const withLast = changed(bmc, (args) => [...args.slice(0, -1), UNKNOWN]);
  count();

  for (const name of nonEmpty(operationNames(bmc))) {
    const isLast = ['lan.get', 'sensors', 'sdrList'].includes(name);
    const error = await errorOf(() => OPERATIONS[name]?.(isLast ? withLast : wrong));
    const text = new RegExp(`^${name}\\(\\) has no option "chek"; (it has|did you mean check)`);
    expect((error as Error).message, name).toMatch(text);
    expect(error, name).toBeInstanceOf(TypeError);
  }
  expect(count()).toBe(0);
});

test('objects other than options are held to their names, too', async () => {
  const { bmc, count } = await commandsRig();
  count();
  const { bootOptions, lan, mc, user, watchdog } = bmc;
  const calls: readonly (readonly [string, Promise<unknown>])[] = [
    ['watchdog.set\\(\\)', watchdog.set({ countdownMs: 1000, ...{ actoin: 'none' } })],
    ['bootOptions.setDevice\\(\\)', bootOptions.setDevice({ device: 'pxe', ...{ efi: true } })],
    ['mc.setEnables\\(\\)', mc.setEnables({ ...{ eventBufer: true } } as never)],
    ['lan.parameter\\(\\)', lan.parameter({} as never, { channel: 1, ...{ sets: 1 } })],
    ['user.setPassword\\(\\)', user.setPassword({ user: 2, password: 'p', ...{ byte: 16 } })],
    [
      'access',
      user.setAccess({ channel: 1, user: 2, access: { ...{ hasMesaging: true } } as never }),
    ],
  ];

  for (const [name, call] of nonEmpty(calls)) {
    await expect(call).rejects.toThrow(new RegExp(`^${name} has no option`));
  }
  expect(count()).toBe(0);
});

test('values are held to their types', async () => {
  const { bmc } = await commandsRig();
  const wrong = { check: 'false' } as never;

  await expect(bmc.lan.apply({ mac: '02:00:00:00:00:01' }, wrong)).rejects.toThrow(
    'check must be true or false, not "false"',
  );
  await expect(bmc.sel.info(5 as never)).rejects.toThrow(
    'sel.info() takes an object such as { timeoutMs: 5000 }, not 5',
  );
  expect(() => bmc.sel.entries({ from: 65_536 })).toThrow(RangeError);
});

test('a secret in the place of an object is not shown', async () => {
  const { bmc } = await commandsRig();
  const call = bmc.user.setPassword('secret-word' as never);

  await expect(call).rejects.toThrow(
    'user.setPassword() takes an object such as { user: 2, password }, not a string',
  );
});

test('commands() needs a device, and knows its own options', async () => {
  const { bmc } = await commandsRig();

  expect(() => commands(undefined as never)).toThrow(
    'commands() must be an opened device, or another Requester (with request), not undefined',
  );
  const requester = { request: () => bmc.mc.deviceId() as never };
  expect(() => commands(requester, { clok: 1 } as never)).toThrow(
    'commands() with options has no option "clok"; did you mean clock?',
  );
});
