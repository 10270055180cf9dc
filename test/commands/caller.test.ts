/** One typed command: its request, its answer, and the errors in the place of one. */

import { expect, test } from 'vitest';

import { Caller } from '../../src/commands/caller.ts';
import { GET_CHASSIS_STATUS } from '../../src/ipmi/chassis.ts';
import { Answering } from '../support/answering.ts';

test('a command is sent with its options, and its answer decoded', async () => {
  const requester = new Answering(() => [0x00, 0x01, 0x00, 0x40]);
  const options = { timeoutMs: 50, retries: 0 };

  const status = await new Caller(requester).call(GET_CHASSIS_STATUS, undefined, {
    ...options,
    lun: 2,
  });

  expect(status.power.isOn).toBe(true);
  const input = { netFn: 0x00, cmd: 0x01, lun: 2, data: new Uint8Array() };
  expect(requester.asked).toEqual([{ input, options }]);
});

test('a completion code is an error that names the command and the code', async () => {
  const caller = new Caller(new Answering(() => [0xc1]));

  await expect(caller.call(GET_CHASSIS_STATUS, undefined)).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    outcome: 'answered',
    completionCode: 0xc1,
    message:
      'COMMAND_FAILED: Get Chassis Status (netFn 0x00 cmd 0x01), §28.2: the BMC answered 0xc1 (Invalid command)',
  });
});

test('it is no error to one who acts on it', async () => {
  const caller = new Caller(new Answering(() => [0xc1]));

  expect(await caller.answer(GET_CHASSIS_STATUS, undefined)).toEqual({
    completionCode: 0xc1,
    value: undefined,
  });
});

test('data that is too short is an error that says which byte is missing', async () => {
  const caller = new Caller(new Answering(() => [0x00, 0x01]));

  await expect(caller.call(GET_CHASSIS_STATUS, undefined)).rejects.toMatchObject({
    code: 'RESPONSE_MALFORMED',
    outcome: 'answered',
    completionCode: undefined,
    message: expect.stringContaining('byte 2 is missing: there are 1, not 2') as string,
  });
});

test('bytes behind those that are known are ignored', async () => {
  const caller = new Caller(new Answering(() => [0x00, 0x01, 0x00, 0x40, 0x00, 0xff, 0xff]));

  const { power } = await caller.call(GET_CHASSIS_STATUS, undefined);

  expect(power.isOn).toBe(true);
});
