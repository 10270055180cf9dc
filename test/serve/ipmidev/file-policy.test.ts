/** The things that the policy keeps from a file of a user, beside the commands that it sends. */

import { expect, onTestFinished, test } from 'vitest';

import { encodeIpmbRequest } from '../../../src/ipmi/ipmb.ts';
import { IpmiDevice } from '../../../src/serve/ipmidev/device.ts';
import type { Opener } from '../../../src/serve/opener.ts';
import { NO_GRANTS } from '../../../src/serve/policy.ts';
import type { Grant } from '../../../src/serve/policy.ts';
import { brokerRig, rootOf, userOf } from '../../support/broker-rig.ts';
import { IpmiCaller, ipmbAddress, u16, u32 } from '../../support/ipmi-caller.ts';
import { A_WHILE_MS, event } from '../../support/listening.ts';

const EPERM = -1;
const EAGAIN = -11;
const EINVAL = -22;

const READER = 1000;
const NOBODY = 1001;
const READ: readonly Grant[] = [{ kind: 'read' }];
const GRANTS = { ...NO_GRANTS, users: new Map([[READER, READ]]) };

/** A command of a controller at 0x82 for this host. */
const COMMAND = encodeIpmbRequest({
  ...{ address: 0x20, lun: 2, netFn: 0x30, cmd: 1, seq: 5, data: Uint8Array.of(9) },
  ...{ requester: 0x82, requesterLun: 0 },
});

async function bench() {
  const rig = await brokerRig({}, GRANTS);
  const { clock, broker } = rig;
  const device = new IpmiDevice({ clients: broker, clock });
  onTestFinished(() => {
    device.close();
  });
  const open = (opener: Opener): IpmiCaller => {
    const file = device.open(opener, 0, () => undefined);
    if (typeof file === 'number') throw new Error(`open() failed with errno ${file}`);
    onTestFinished(() => {
      file.release();
    });
    return new IpmiCaller(file);
  };
  return { ...rig, device, open };
}

test('events go to files of users who may read, and the BMC is not asked for others', async () => {
  const { clock, bmc, open } = await bench();
  const [nobody, reader] = [open(userOf(NOBODY)), open(userOf(READER))];

  // ipmitool gives up when this fails.
  expect(nobody.set('setGetsEvents', u32(1)).result).toBe(0);
  await clock.pass(A_WHILE_MS);
  const isWantedByNobody = bmc.addEvent(event(1));
  reader.set('setGetsEvents', u32(1));
  await clock.pass(A_WHILE_MS);
  const isWanted = bmc.addEvent(event(2));
  await clock.pass(A_WHILE_MS);

  expect([isWantedByNobody, isWanted]).toEqual([false, true]);
  expect([nobody.receive().result, reader.receive().result]).toEqual([EAGAIN, 0]);
});

test('commands of controllers go to no file whose user may not hear messages', async () => {
  const { clock, bmc, open, device } = await bench();
  const [reader, root] = [open(userOf(READER)), open(rootOf(1))];

  expect(reader.set('register', [0x30, 1]).result).toBe(EPERM);
  expect(root.set('register', [0x30, 1]).result).toBe(0);
  bmc.addMessage([0, ...COMMAND.subarray(1)]);
  await clock.pass(A_WHILE_MS);

  expect([reader.receive().result, root.receive().data]).toEqual([EAGAIN, [9]]);
  expect(device.counters.denied).toBe(1);
});

test('what all files share is changed by root alone; to set it as it is, is no change', async () => {
  const { open, lines } = await bench();
  const [reader, root] = [open(userOf(READER)), open(rootOf(1))];
  const both = (name: Parameters<IpmiCaller['set']>[0], struct: readonly number[]) =>
    [reader, root].map((file) => file.set(name, struct).result);
  const inChannel = (channel: number, value: number) => [...u16(channel), value, 0];

  expect(reader.set('setAddress', u32(0x20)).result).toBe(0);
  expect(reader.set('setLun', u32(2)).result).toBe(0);
  expect(both('setAddress', u32(0x72))).toEqual([EPERM, 0]);
  expect(both('setLun', u32(1))).toEqual([EPERM, 0]);
  expect(both('setChannelAddress', inChannel(3, 0x74))).toEqual([EPERM, 0]);
  expect(both('setChannelLun', inChannel(3, 3))).toEqual([EPERM, 0]);
  expect(both('setChannelLun', inChannel(16, 3))).toEqual([EPERM, EINVAL]);
  expect(both('setMaintenanceMode', u32(1))).toEqual([EPERM, 0]);
  expect(reader.set('getAddress', u32(0)).struct).toEqual(u32(0x72));
  expect(reader.set('setTiming', [...u32(1), ...u32(2)]).result).toBe(0);
  expect(lines).toEqual([]);
});

test('a message for a controller behind the BMC is held to the policy before it is taken', async () => {
  const { clock, bmc, open, device } = await bench();
  const [reader, root] = [open(userOf(READER)), open(rootOf(1))];
  const to = ipmbAddress(0x2c);
  const change = { to, netFn: 0x30, cmd: 1 };
  const getSensorReading = { to, netFn: 0x04, cmd: 0x2d, data: [1] };

  expect([reader.send(change), reader.send(getSensorReading)]).toEqual([EPERM, 0]);
  expect(root.send(change)).toBe(0);
  await clock.pass(A_WHILE_MS);

  expect(device.counters).toMatchObject({ denied: 1, sent: 2 });
  const carried = bmc.executed.filter(({ netFn, cmd }) => netFn === 6 && cmd === 0x34);
  expect(carried).toHaveLength(2);
});
