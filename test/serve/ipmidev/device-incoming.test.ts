/** Events and commands that the BMC has for programs. */

import { expect, test } from 'vitest';

import { decodeEventRecord } from '../../../src/ipmi/event-record.ts';
import { encodeIpmbRequest } from '../../../src/ipmi/ipmb.ts';
import { FakeClients, answering, echoing } from '../../support/fake-clients.ts';
import { ipmbAddress, systemAddress, u32 } from '../../support/ipmi-caller.ts';
import { ipmiBench, settled } from '../../support/open-ipmi-file.ts';

const EPERM = -1;
const EAGAIN = -11;
const EBUSY = -16;

const RECORD = Array.from({ length: 16 }, (_, at) => at + 1).with(2, 0x02);
const EVENT = { kind: 'event', record: decodeEventRecord(Uint8Array.from(RECORD)) } as const;

/** A command of the controller at 0x82 for our logical unit 2, as Get Message has it. */
function command(cmd: number, data: readonly number[] = [], netFn = 0x30) {
  const frame = encodeIpmbRequest({
    ...{ address: 0x20, lun: 2, netFn, cmd, seq: 0x15, data: Uint8Array.from(data) },
    ...{ requester: 0x82, requesterLun: 1 },
  });
  return { kind: 'message', channel: 0, data: frame.subarray(1) } as const;
}

const onChannels = (netFn: number, cmd: number, channels: number) =>
  [netFn, cmd, channels].flatMap((one) => u32(one));

test('an event goes to every file that gets events, and to no other', () => {
  const clients = new FakeClients(echoing);
  const { open } = ipmiBench(clients);
  const [one, two, without] = [open(), open({ is32Bit: true }), open()];
  one.set('setGetsEvents', u32(1));
  two.set('setGetsEvents', u32(1));

  clients.emit(EVENT);

  const expected = {
    ...{ result: 0, type: 2, messageId: 0n, netFn: 7, cmd: 0x35 },
    ...{ address: systemAddress(), data: RECORD },
  };
  expect([one.receive(), two.receive()]).toEqual([expected, expected]);
  expect([without.receive().result, one.wakes]).toEqual([EAGAIN, 1]);
});

test('the BMC is asked for events only while a file gets them, or is registered', () => {
  const clients = new FakeClients(echoing);
  const { open } = ipmiBench(clients);
  const [one, two] = [open(), open()];
  const counts = [clients.listeners.size];
  const count = () => counts.push(clients.listeners.size);

  one.set('setGetsEvents', u32(1));
  count();
  two.set('setGetsEvents', u32(1));
  count();
  one.set('setGetsEvents', u32(0));
  count();
  two.file.release();
  count();
  one.set('register', [0x30, 1]);
  count();
  one.set('unregister', [0x30, 1]);
  count();
  one.set('register', [0x30, 1]);
  one.file.release();
  count();

  expect(counts).toEqual([0, 1, 1, 1, 0, 1, 0, 0]);
});

test('events that are not received are bounded, and the first ones are kept', () => {
  const clients = new FakeClients(echoing);
  const { open, device } = ipmiBench(clients);
  const program = open();
  program.set('setGetsEvents', u32(1));

  for (let told = 0; told < 250; told += 1) clients.emit(EVENT);

  expect(device.counters).toMatchObject({ unaskedTold: 100, unaskedDropped: 150 });
  expect(program.send()).toBe(0);
});

test('a command goes to the file that is registered for it on that channel', () => {
  const clients = new FakeClients(echoing);
  const { open, device } = ipmiBench(clients, { ipmbChannels: new Set([0, 1]) });
  const [one, other] = [open(), open()];
  one.set('registerOnChannels', onChannels(0x30, 5, 0b01));
  expect(other.set('registerOnChannels', onChannels(0x30, 5, 0b10)).result).toBe(0);

  clients.emit(command(5, [7, 8]));
  clients.emit({ ...command(5, [9]), channel: 1 });

  expect(one.receive()).toEqual({
    ...{ result: 0, type: 3, messageId: 0x15n, netFn: 0x30, cmd: 5 },
    ...{ address: ipmbAddress(0x82, { lun: 1 }), data: [7, 8] },
  });
  expect(other.receive()).toMatchObject({ result: 0, data: [9] });
  expect(device.counters.commandsUnhandled).toBe(0);
});

test('the answer of a program is sent as a message, whose end the program receives', async () => {
  const bmc = answering(() => ({ completionCode: 0x83, data: new Uint8Array() }));
  const clients = new FakeClients(bmc);
  const program = ipmiBench(clients).open();

  const to = ipmbAddress(0x82, { lun: 1 });
  const sent = program.send({ to, messageId: 0x15n, netFn: 0x31, cmd: 5, data: [0, 0xaa] });
  await settled();

  const answer = encodeIpmbRequest({
    ...{ address: 0x82, lun: 1, netFn: 0x31, cmd: 5, seq: 0x15, data: Uint8Array.of(0, 0xaa) },
    ...{ requester: 0x20, requesterLun: 2 },
  });
  expect(sent).toBe(0);
  expect(clients.requests).toEqual([{ netFn: 6, cmd: 0x34, data: Uint8Array.of(0, ...answer) }]);
  expect(program.receive()).toEqual({
    ...{ result: 0, type: 4, messageId: 0x15n, netFn: 0x31, cmd: 5, address: to },
    data: [0x83],
  });
});

test('a command that no file is registered for is answered as unknown', async () => {
  const clients = new FakeClients(echoing);
  const { open, device } = ipmiBench(clients);
  open().set('setGetsEvents', u32(1));

  clients.emit(command(5, [7, 8]));
  await settled();

  const answer = encodeIpmbRequest({
    ...{ address: 0x82, lun: 1, netFn: 0x31, cmd: 5, seq: 0x15, data: Uint8Array.of(0xc1) },
    ...{ requester: 0x20, requesterLun: 2 },
  });
  expect(clients.requests).toEqual([{ netFn: 6, cmd: 0x34, data: Uint8Array.of(0, ...answer) }]);
  expect(device.counters.commandsUnhandled).toBe(1);
});

test('answers to unknown commands are few at a time, however many come', async () => {
  const waiting = { ...echoing, request: () => new Promise<never>(() => undefined) };
  const clients = new FakeClients(waiting);
  const { open, device } = ipmiBench(clients);
  open().set('setGetsEvents', u32(1));

  for (let told = 0; told < 1000; told += 1) clients.emit(command(5));
  await settled();

  expect([clients.requests.length, device.counters.commandsUnhandled]).toEqual([8, 1000]);
});

/** Messages that are no command for a file. */
const NOT_COMMANDS = [
  ['an answer', command(5, [0], 0x31)],
  ['a message of a channel without an IPMB', { ...command(5), channel: 3 }],
  ['five bytes', { ...command(5), data: Uint8Array.of(0xc2, 0, 0x82, 0, 5) }],
  ['nothing', { ...command(5), data: new Uint8Array() }],
  ['the watchdog', { kind: 'watchdogPretimeout' }],
  ['a flag', { kind: 'oem', flags: 0x20 }],
] as const;

test.each(NOT_COMMANDS)('%s is told to no file, and not answered', async (_, event) => {
  const clients = new FakeClients(echoing);
  const program = ipmiBench(clients).open();
  program.set('register', [0x30, 5]);
  program.set('setGetsEvents', u32(1));

  clients.emit(event);
  await settled();

  expect([program.file.isReadable, clients.requests]).toEqual([false, []]);
});

test('a command belongs to the file that was first, until that is closed', () => {
  const clients = new FakeClients(echoing);
  const { open } = ipmiBench(clients);
  const [one, other] = [open(), open()];
  one.set('register', [0x30, 5]);

  const before = other.set('register', [0x30, 5]).result;
  one.file.release();
  const after = other.set('register', [0x30, 5]).result;
  clients.emit(command(5));

  expect([before, after, other.receive().cmd]).toEqual([EBUSY, 0, 5]);
});

test('a file whose program may not hear events asks for none, and is told none', () => {
  const heard = new Set<string>();
  const clients = new FakeClients(echoing, { mayHear: (kind) => heard.has(kind) });
  const { open } = ipmiBench(clients);
  const file = open();

  // ipmitool does that whenever it opens the device, and goes no further when it fails.
  expect(file.set('setGetsEvents', u32(1)).result).toBe(0);
  expect(clients.listeners.size).toBe(0);
  clients.emit(EVENT);
  expect(file.receive().result).toBe(EAGAIN);
  heard.add('event');
  file.set('setGetsEvents', u32(1));
  clients.emit(EVENT);

  expect(file.receive()).toMatchObject({ result: 0, data: RECORD });
});

test('a program that may not hear messages cannot take the commands of controllers', async () => {
  const heard = new Set<string>(['message']);
  const clients = new FakeClients(echoing, { mayHear: (kind) => heard.has(kind) });
  const { open } = ipmiBench(clients);
  const [one, two] = [open(), open()];
  expect(one.set('register', [0x30, 0x01]).result).toBe(0);
  heard.clear();

  expect(two.set('register', [0x30, 0x02]).result).toBe(EPERM);
  clients.emit(command(0x01));
  await settled();

  expect(one.receive().result).toBe(EAGAIN);
});

test('what all files share is changed by a program that may do everything, and by no other', () => {
  const may = ipmiBench(new FakeClients(echoing)).open();
  const mayNot = ipmiBench(new FakeClients(echoing, { mayHear: () => true })).open();
  const calls = [
    ['setAddress', u32(0x22)],
    ['setLun', u32(1)],
    ['setChannelAddress', [0, 0, 0x22, 0]],
    ['setMaintenanceMode', u32(1)],
  ] as const;

  const results = (file: typeof may) =>
    calls.map(([name, struct]) => file.set(name, struct).result);
  expect(results(may)).toEqual([0, 0, 0, 0]);
  expect(results(mayNot)).toEqual([EPERM, EPERM, EPERM, EPERM]);
});
