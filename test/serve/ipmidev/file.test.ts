/** Messages of one open file: what is sent, the one answer to it, and how that is received. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../../src/errors.ts';
import type { IpmiErrorCode } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';
import type { Reply } from '../../../src/ipmi/message.ts';
import { FakeClients, answering, echoing } from '../../support/fake-clients.ts';
import { systemAddress, u32 } from '../../support/ipmi-caller.ts';
import { offenders } from '../../support/lists.ts';
import { ipmiBench, settled } from '../../support/open-ipmi-file.ts';

const EAGAIN = -11;
const EFAULT = -14;
const EBUSY = -16;
const EINVAL = -22;
const EPERM = -1;
const EMSGSIZE = -90;

const widths = [{ is32Bit: false }, { is32Bit: true }];

describe.each(widths)('a program, %o,', (width) => {
  const open = () => ipmiBench(new FakeClients(echoing)).open(width);

  test('receives the answer of the BMC with everything that it has sent', async () => {
    const program = open();

    program.send({ to: systemAddress(3), messageId: -5n, netFn: 0x2e, cmd: 0x77, data: [9, 8] });
    await settled();

    expect(program.receive()).toEqual({
      ...{ result: 0, type: 1, messageId: -5n, netFn: 0x2f, cmd: 0x77 },
      address: systemAddress(3),
      data: [0, 3, 0x2e, 0x77, 9, 8],
    });
    expect(program.receive().result).toBe(EAGAIN);
  });

  test('sends in three rounds, and receives in three', async () => {
    const program = open();

    program.send({ data: [1] });
    const sending = program.memory.rounds;
    await settled();
    program.receive();

    expect([sending, program.memory.rounds]).toEqual([3, 3]);
  });

  test('sends network function 0x40 as 0, like the kernel', async () => {
    const program = open();

    program.send({ netFn: 0x40, cmd: 1 });
    await settled();

    expect(program.receive()).toMatchObject({ netFn: 1, data: [0, 0, 0, 1] });
  });

  test('keeps a message that is too long for its room', async () => {
    const program = open();
    program.send({ data: [1, 2, 3] });
    await settled();

    expect(program.receive('receive', { dataBytes: 6 }).result).toBe(EMSGSIZE);
    expect(program.receive('receive', { addressBytes: 7 }).result).toBe(EINVAL);
    expect(program.receive('receive', { addressPointer: 8n }).result).toBe(EFAULT);
    expect(program.receive('receive', { dataPointer: 8n }).result).toBe(EFAULT);
    expect(program.receive('receive', { dataBytes: 7 })).toMatchObject({ result: 0 });
  });

  test('receives what there is room for when it asks for that, and the rest is gone', async () => {
    const program = open();
    program.send({ cmd: 1, data: [1, 2, 3] });
    program.send({ cmd: 2 });
    await settled();

    const cut = program.receive('receiveTruncated', { dataBytes: 5 });
    expect(cut).toMatchObject({ result: EMSGSIZE, cmd: 1, data: [0, 0, 6, 1, 1] });
    const empty = program.receive('receiveTruncated', { dataBytes: 0 });
    expect(empty).toMatchObject({ result: EMSGSIZE, cmd: 2, data: [] });
    expect(program.file.isReadable).toBe(false);
  });

  test('has its own times, and the address of all', () => {
    const { open: another } = ipmiBench(new FakeClients(echoing));
    const [one, other] = [another(width), another(width)];

    one.set('setTiming', [...u32(3), ...u32(100)]);
    one.set('setAddress', u32(0x24));
    one.set('setChannelLun', [0, 0, 7, 0]);
    one.file.release();

    expect(other.set('getTiming', [...u32(0), ...u32(0)]).struct).toEqual([
      ...[...u32(-1), ...u32(0)],
    ]);
    expect(other.set('getAddress', u32(0)).struct).toEqual(u32(0x24));
    expect(other.set('getLun', u32(0)).struct).toEqual(u32(3));
  });
});

test('a 32-bit program that makes the ioctl of a 64-bit one is understood', async () => {
  const { open } = ipmiBench(new FakeClients(echoing));
  const [old, wide] = [open({ is32Bit: true }), open()];
  const struct = new Uint8Array(40);
  struct.set([0, 0x20], 0);
  struct.set([8], 8);
  struct.set([6, 1], 24);
  old.memory.write(0x2000n, systemAddress());
  old.memory.write(0x3000n, struct);

  expect(old.memory.ioctl(old.file, 0x8028690d, 0x3000n)).toBe(0);
  await settled();
  expect([old.receive().cmd, wide.receive().result]).toEqual([1, EAGAIN]);
});

test('answers come in the order in which the BMC gives them, not that of the requests', async () => {
  const answers: ((reply: Reply) => void)[] = [];
  const slow = answering(() => ({ completionCode: 0, data: new Uint8Array() }));
  const request = () =>
    new Promise<Reply>((resolve) => {
      answers.push(resolve);
    });
  const program = ipmiBench(new FakeClients({ ...slow, request })).open();
  program.send({ messageId: 1n });
  program.send({ messageId: 2n });

  for (const answer of answers.reverse()) answer({ completionCode: 0, data: new Uint8Array() });
  await settled();

  expect([program.receive().messageId, program.receive().messageId]).toEqual([2n, 1n]);
});

test('a program that never receives has 100 messages, and its next one is refused', async () => {
  const clients = new FakeClients(echoing);
  const program = ipmiBench(clients).open();

  const results = Array.from({ length: 150 }, () => program.send());
  await settled();

  expect(results.filter((result) => result === 0)).toHaveLength(100);
  expect(offenders(results.slice(100), (result) => result !== EBUSY)).toEqual([]);
  expect(clients.requests).toHaveLength(100);
  program.receive();
  expect([program.send(), program.send()]).toEqual([0, EBUSY]);
});

test('it wakes its poller each time that it becomes readable, and no more often', async () => {
  const program = ipmiBench(new FakeClients(echoing)).open();

  program.send();
  program.send();
  await settled();
  const first = program.wakes;
  program.receive();
  program.receive();
  program.send();
  await settled();

  expect([first, program.wakes]).toEqual([1, 2]);
});

test('a message that another thread has taken meanwhile is not received twice', async () => {
  const program = ipmiBench(new FakeClients(echoing)).open();
  program.send({ cmd: 1, data: [1, 2, 3] });
  program.send({ cmd: 2 });
  await settled();
  const struct = new Uint8Array(48);
  struct.set([40], 16);
  struct.set([255], 34);
  const call = { command: 0xc030690c, argument: 0x1000n, is32Bit: false, input: struct };
  const asked = program.file.ioctl({ ...call, outputSize: 0 });
  program.receive();

  const again = program.file.ioctl({ ...call, outputSize: 8 + 7 + 48 });

  expect(asked).toMatchObject({ kind: 'retry' });
  expect(again).toMatchObject({
    kind: 'retry',
    output: [{ size: 8 }, { size: 4 }, { size: 48 }],
  });
});

test('a structure that changes between two rounds is refused, and nothing is sent', () => {
  const clients = new FakeClients(echoing);
  const program = ipmiBench(clients).open();
  const input = new Uint8Array(40 + 8 + 3);
  input.set([8], 8);
  input.set([6, 1, 4, 0, 1], 24);
  const call = { command: 0x8028690d, argument: 0x1000n, is32Bit: false, input, outputSize: 0 };

  expect(program.file.ioctl(call)).toMatchObject({ kind: 'done', result: EINVAL });
  expect(clients.requests).toEqual([]);
});

test('what the policy refuses is EPERM at once, and nothing is sent', () => {
  const refusal = ({ netFn }: { netFn: number }) => (netFn === 0 ? 'not for you' : undefined);
  const clients = new FakeClients(echoing, { refusal });
  const { device, open } = ipmiBench(clients);
  const program = open();

  expect([program.send({ netFn: 0, cmd: 2 }), program.send()]).toEqual([EPERM, 0]);
  expect(clients.requests).toHaveLength(1);
  expect(device.counters).toMatchObject({ denied: 1, sent: 1 });
});

/** Error of a request, completion code of the answer that is made, and the counter of it. */
const LOSSES: readonly (readonly [IpmiErrorCode, number, string])[] = [
  ['REQUEST_TIMEOUT', 0xc3, 'timeoutsAnswered'],
  ['BMC_UNRESPONSIVE', 0xc3, 'timeoutsAnswered'],
  ['DEVICE_CLOSED', 0xff, 'lossesAnswered'],
  ['RESPONSE_MALFORMED', 0xff, 'lossesAnswered'],
  ['QUEUE_FULL', 0xc0, 'lossesAnswered'],
];

test.each(LOSSES)(
  'a request that ends with %s has the answer %i, logged and counted',
  async (code, answer, counter) => {
    const lines: string[] = [];
    const log = await createLog('warn', (line) => lines.push(line));
    const bridger = { ...echoing, request: () => Promise.reject(new IpmiError(code, 'away')) };
    const { device, open } = ipmiBench(new FakeClients(bridger), { log });
    const program = open();

    expect(program.send({ cmd: 0x47, data: [0xaa, 0xbb] })).toBe(0);
    await settled();

    expect(program.receive()).toMatchObject({ type: 1, netFn: 7, cmd: 0x47, data: [answer] });
    expect(device.counters).toMatchObject({ sent: 1, [counter]: 1 });
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { pid: 100, completionCode: answer, reason: `${code}: away` },
    ]);
  },
);

test('a closed file drops its answers and gives its client back', async () => {
  const clients = new FakeClients(echoing);
  const { device, open } = ipmiBench(clients);
  const before = clients.open_.length;
  const program = open();
  program.send();

  program.file.release();
  program.file.release();
  await settled();

  expect([program.file.isReadable, program.wakes, device.openFiles]).toEqual([false, 0, 0]);
  expect(device.counters).toMatchObject({ sent: 1, answersDropped: 1 });
  expect(clients.open_).toHaveLength(before);
});
