/** A command that is sent once, and its error when the outcome is not known. */

import { expect, test } from 'vitest';

import { Caller } from '../../src/commands/caller.ts';
import { callOnce } from '../../src/commands/once.ts';
import { open } from '../../src/index.ts';
import { IpmiError } from '../../src/errors.ts';
import { CHASSIS_CONTROL } from '../../src/ipmi/chassis-control.ts';
import type { Requester } from '../../src/ipmi/requester.ts';
import { SimBmc } from '../../src/sim/bmc.ts';

const OFF = {
  args: { action: 'off', reserved: 0 },
  action: 'power off',
  lookAt: 'the power status',
} as const;

test('after silence it is not sent again, and the error says where to look', async () => {
  const sim = new SimBmc({ answer: ({ netFn }) => (netFn === 0 ? 'drop' : undefined) });
  const device = await open({ base: sim.base, port: sim, attemptTimeoutMs: 50 });

  const sent = callOnce(new Caller(device), CHASSIS_CONTROL, { ...OFF, timeoutMs: 400 });

  await expect(sent).rejects.toMatchObject({
    outcome: 'unknown',
    message: expect.stringContaining(
      '; it is not known whether "power off" was done; look at the power status before it is sent',
    ) as string,
  });
  expect(sim.executed.filter(({ netFn }) => netFn === 0)).toHaveLength(1);
  await device.close();
});

test('an error that says what became of it is handed on as it is', async () => {
  const error = new IpmiError('QUEUE_FULL', 'too many');
  const caller = new Caller({ request: () => Promise.reject(error) });

  await expect(callOnce(caller, CHASSIS_CONTROL, OFF)).rejects.toBe(error);
});

test('a way to the BMC that repeats whatever it is not told not to repeat sends it once', async () => {
  const sent: string[] = [];
  const repeating: Requester = {
    request: (_, { retries = 3 } = {}) => {
      for (let count = 0; count <= Number(retries); count += 1) sent.push('off');
      return Promise.resolve({ completionCode: 0, data: new Uint8Array() });
    },
  };

  await callOnce(new Caller(repeating), CHASSIS_CONTROL, OFF);

  expect(sent).toEqual(['off']);
});
