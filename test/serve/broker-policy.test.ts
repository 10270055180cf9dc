/** A broker whose policy changes while its clients are open. */

import { expect, test } from 'vitest';

import type { Broker } from '../../src/serve/broker.ts';
import { NO_GRANTS } from '../../src/serve/policy.ts';
import type { Grants } from '../../src/serve/policy.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import { SERVER_UID, brokerRig, userOf } from '../support/broker-rig.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

const MAY_READ: Grants = { ...NO_GRANTS, users: new Map([[1001, [{ kind: 'read' }]]]) };

/** The kinds of what a user and the server itself are told, as it comes. */
function toldBy(broker: Broker): readonly string[] {
  const told: string[] = [];
  broker.open(userOf(1001)).listen(({ kind }) => void told.push(`user ${kind}`));
  broker.open(userOf(SERVER_UID)).listen(({ kind }) => void told.push(`server ${kind}`));
  return told;
}

test('what is granted is had by clients that are open, and lost when it is taken away', async () => {
  const { broker, clock } = await brokerRig({}, NO_GRANTS);
  const client = broker.open(userOf(1001));
  const root = broker.open(userOf(SERVER_UID));

  await expect(client.request(GET_DEVICE_ID)).rejects.toMatchObject({ code: 'COMMAND_DENIED' });
  broker.obey(MAY_READ);
  expect((await clock.until(client.request(GET_DEVICE_ID))).completionCode).toBe(0);
  expect((await clock.until(broker.open(userOf(1001)).request(GET_DEVICE_ID))).completionCode).toBe(
    0,
  );
  broker.obey(NO_GRANTS);

  expect(client.refusal(GET_DEVICE_ID)).toMatch(/is not permitted to this user/);
  await expect(client.request(GET_DEVICE_ID)).rejects.toMatchObject({ code: 'COMMAND_DENIED' });
  expect((await clock.until(root.request(GET_DEVICE_ID))).completionCode).toBe(0);
});

test('events are told as the policy is when they come', async () => {
  const { broker, bmc, clock } = await brokerRig({}, MAY_READ);
  const told = toldBy(broker);

  // The BMC keeps events from then on.
  await clock.pass(1000);
  bmc.addEvent(SIM_EVENT);
  await clock.pass(1000);
  broker.obey(NO_GRANTS);
  bmc.addEvent(SIM_EVENT);
  await clock.pass(1000);

  expect(told).toEqual(['user event', 'server event', 'server event']);
});

test('messages of controllers are told to those that may hear them, and to no reader', async () => {
  const { broker, bmc, clock } = await brokerRig({}, MAY_READ);
  const told = toldBy(broker);

  await clock.pass(1000);
  bmc.addMessage([0, 0xc2, 0, 0x82, 0x14, 0x01, 0]);
  bmc.addEvent(SIM_EVENT);
  await clock.pass(1000);

  expect([...told].sort()).toEqual(['server event', 'server message', 'user event']);
});

test('a refusal is logged with its user and its command, and without the data', async () => {
  const { broker, lines } = await brokerRig({}, MAY_READ);
  const client = broker.open(userOf(1001));
  const setPassword = {
    netFn: 0x06,
    cmd: 0x47,
    data: Uint8Array.of(2, 2, ...Buffer.from('secret')),
  };

  await expect(client.request(setPassword)).rejects.toMatchObject({ code: 'COMMAND_DENIED' });

  expect(lines).toEqual([
    {
      ...{ level: 'warn', text: 'request refused' },
      fields: {
        ...{ ...userOf(1001), netFn: 0x06, cmd: 0x47 },
        reason: 'Set User Password (netFn 0x06 cmd 0x47) is not permitted to this user',
      },
    },
  ]);
});

test('refusals without end are all counted, and ten a minute are logged', async () => {
  const { broker, clock, lines } = await brokerRig();
  const client = broker.open(userOf(1001));

  for (let count = 0; count < 100; count += 1) {
    await expect(client.request(GET_DEVICE_ID)).rejects.toMatchObject({ code: 'COMMAND_DENIED' });
  }
  const logged = lines.length;
  await clock.pass(60_001);
  await expect(client.request(GET_DEVICE_ID)).rejects.toMatchObject({ code: 'COMMAND_DENIED' });

  expect([logged, lines.length]).toEqual([10, 11]);
  expect(broker.status().totals.denied).toBe(101);
});
