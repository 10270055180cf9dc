/**
 * Good and bad ioctls and what comes of each, as the kernel's `ipmi_devintf` has it, from programs
 * of 64 and of 32 bits.
 */

import { describe, expect, test } from 'vitest';

import { nonEmpty } from '../../support/lists.ts';
import { FakeClients, echoing } from '../../support/fake-clients.ts';
import { ipmbAddress, ioctlNumber, systemAddress, u16, u32 } from '../../support/ipmi-caller.ts';
import type { IoctlName } from '../../support/ipmi-caller.ts';
import { ipmiBench, settled } from '../../support/open-ipmi-file.ts';
import type { Program } from '../../support/open-ipmi-file.ts';

/** Negative, as the kernel returns them. */
const ENOENT = -2;
const EAGAIN = -11;
const EFAULT = -14;
const EBUSY = -16;
const EINVAL = -22;
const ENOTTY = -25;
const EMSGSIZE = -90;
const EAFNOSUPPORT = -97;

const NOWHERE = 8n;

type Call = readonly [
  what: string,
  call: (program: Program) => unknown,
  expected: number | readonly unknown[],
];

/** Data behind an address of other kinds. */
const LAN = [0x04, 0, 0, 0, 0, 0, 4, 1, 0x81, 0x81, 0, 0];
const DIRECT = [0x81, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0];

const channelSet = (channel: number, value: number) => [...u16(channel), value, 0];
const onChannels = (netFn: number, cmd: number, channels: number) =>
  [netFn, cmd, channels].flatMap((one) => u32(one));
const set = (name: IoctlName, struct: readonly number[]) => (program: Program) =>
  program.set(name, struct).result;
const get = (name: IoctlName, struct: readonly number[]) => (program: Program) => {
  const { result, struct: got } = program.set(name, struct);
  return [result, ...got];
};

const SENDS: readonly Call[] = [
  ['a request without data', (p) => p.send(), 0],
  ['a request with data', (p) => p.send({ data: [1, 2, 3] }), 0],
  ['a request to each logical unit', (p) => p.send({ to: systemAddress(3) }), 0],
  ['logical unit 4', (p) => p.send({ to: systemAddress(4) }), EINVAL],
  ['no structure', (p) => p.ioctl('send', 0n), EFAULT],
  ['a structure that is nowhere', (p) => p.ioctl('send', NOWHERE), EFAULT],
  ['an address that is nowhere', (p) => p.send({ toPointer: NOWHERE }), EFAULT],
  ['no address', (p) => p.send({ toPointer: 0n }), EFAULT],
  ['an address of 40 bytes', (p) => p.send({ toBytes: 40 }), 0],
  ['an address of 41 bytes', (p) => p.send({ toBytes: 41 }), EINVAL],
  ['an address of 2^32-1 bytes', (p) => p.send({ toBytes: 0xffffffff }), EINVAL],
  ['an address of 7 bytes', (p) => p.send({ toBytes: 7 }), EINVAL],
  ['an address of 0 bytes', (p) => p.send({ toBytes: 0 }), EINVAL],
  ['an address of 4 bytes that is nowhere', (p) => p.send({ toBytes: 4, toPointer: 8n }), EFAULT],
  ['the BMC on channel 0', (p) => p.send({ to: [0x0c, 0, 0, 0, 0, 0, 0, 0] }), EINVAL],
  ['the BMC on channel 0x010f', (p) => p.send({ to: [0x0c, 0, 0, 0, 0x0f, 1, 0, 0] }), EINVAL],
  ['an address of type 0', (p) => p.send({ to: [0, 0, 0, 0, 0, 0, 0, 0] }), EINVAL],
  ['an address of type -1', (p) => p.send({ to: [255, 255, 255, 255, 0, 0, 0, 0] }), EINVAL],
  ['an IPMB on channel 0x0f', (p) => p.send({ to: ipmbAddress(0x82, { channel: 15 }) }), EINVAL],
  ['an IPMB on channel 16', (p) => p.send({ to: ipmbAddress(0x82, { channel: 16 }) }), EINVAL],
  ['an IPMB on channel -1', (p) => p.send({ to: ipmbAddress(0x82, { channel: -1 }) }), EINVAL],
  ['a channel without an IPMB', (p) => p.send({ to: ipmbAddress(0x82, { channel: 1 }) }), EINVAL],
  ['logical unit 4 on an IPMB', (p) => p.send({ to: ipmbAddress(0x82, { lun: 4 }) }), EINVAL],
  ['an odd address on an IPMB', (p) => p.send({ to: ipmbAddress(0x83) }), EINVAL],
  ['a LAN session', (p) => p.send({ to: LAN }), EINVAL],
  ['a LAN session of 11 bytes', (p) => p.send({ to: LAN.slice(0, 11) }), EINVAL],
  ['an IPMB of the host', (p) => p.send({ to: DIRECT }), EAFNOSUPPORT],
  ['an odd address on it', (p) => p.send({ to: DIRECT.with(6, 0x21) }), EINVAL],
  ['an odd network function', (p) => p.send({ netFn: 7 }), EINVAL],
  ['network function 0x40', (p) => p.send({ netFn: 0x40 }), 0],
  ['network function 0xff', (p) => p.send({ netFn: 0xff }), EINVAL],
  ['Get Message', (p) => p.send({ cmd: 0x33 }), EINVAL],
  ['Send Message', (p) => p.send({ cmd: 0x34, data: [0, 0x82] }), EINVAL],
  ['Send Message, its network function masked', (p) => p.send({ netFn: 0x46, cmd: 0x34 }), EINVAL],
  ['Read Event Message Buffer', (p) => p.send({ cmd: 0x35 }), EINVAL],
  ['the same numbers of another network function', (p) => p.send({ netFn: 4, cmd: 0x34 }), 0],
  ['data that is nowhere', (p) => p.send({ dataPointer: NOWHERE, dataBytes: 3 }), EFAULT],
  ['a length without data', (p) => p.send({ dataBytes: 100 }), 0],
  ['data of 0 bytes that is nowhere', (p) => p.send({ dataPointer: NOWHERE, dataBytes: 0 }), 0],
  ['252 bytes of data', (p) => p.send({ data: new Array<number>(252).fill(1) }), 0],
  ['271 bytes of data', (p) => p.send({ data: new Array<number>(271).fill(1) }), EMSGSIZE],
  ['273 bytes of data', (p) => p.send({ data: new Array<number>(273).fill(1) }), EMSGSIZE],
  ['65535 bytes that are nowhere', (p) => p.send({ dataPointer: 8n, dataBytes: 65535 }), EMSGSIZE],
  ['a request with times', (p) => p.send({ times: [2, 500] }), 0],
  ['times to be ignored', (p) => p.send({ times: [-7, -1] }), 0],
  ['a message identifier of -1', (p) => p.send({ messageId: -1n }), 0],
  ['245 bytes on an IPMB', (p) => ipmb(p, 245), EMSGSIZE],
];

function ipmb(program: Program, count: number): number {
  return program.send({ to: ipmbAddress(0x82), data: new Array<number>(count).fill(1) });
}

const RECEIVES: readonly Call[] = [
  ['nothing is there', (p) => p.receive().result, EAGAIN],
  ['nothing is there to cut', (p) => p.receive('receiveTruncated').result, EAGAIN],
  ['nothing is there, and no structure', (p) => p.ioctl('receive', 0n), EFAULT],
  ['nothing is there for no room', (p) => p.receive('receive', { addressBytes: 0 }).result, EAGAIN],
];

const SETTINGS: readonly Call[] = [
  ['the address at first', get('getAddress', u32(7)), [0, ...u32(0x20)]],
  ['an address', set('setAddress', u32(0x24)), 0],
  ['an address of more than a byte', set('setAddress', u32(0x124)), 0],
  ['an address that is nowhere', (p) => p.ioctl('setAddress', NOWHERE), EFAULT],
  ['room for an address that is nowhere', (p) => p.ioctl('getAddress', NOWHERE), EFAULT],
  ['the logical unit at first', get('getLun', u32(7)), [0, ...u32(2)]],
  ['a logical unit', set('setLun', u32(1)), 0],
  ['the address of a channel', get('getChannelAddress', channelSet(15, 9)), [0, 15, 0, 0x20, 0]],
  ['the address of channel 16', get('getChannelAddress', channelSet(16, 9)), [-22, 16, 0, 9, 0]],
  ['an address for channel 15', set('setChannelAddress', channelSet(15, 0x82)), 0],
  ['an address for channel 65535', set('setChannelAddress', channelSet(65535, 0x82)), EINVAL],
  ['the logical unit of a channel', get('getChannelLun', channelSet(3, 9)), [0, 3, 0, 2, 0]],
  ['the logical unit of channel 16', set('getChannelLun', channelSet(16, 9)), EINVAL],
  ['a logical unit for channel 16', set('setChannelLun', channelSet(16, 1)), EINVAL],
  ['the times at first', get('getTiming', u32(0).concat(u32(0))), [0, ...u32(-1), ...u32(0)]],
  ['times', set('setTiming', [...u32(3), ...u32(100)]), 0],
  ['the maintenance mode at first', get('getMaintenanceMode', u32(7)), [0, ...u32(0)]],
  ['maintenance mode 2', set('setMaintenanceMode', u32(2)), 0],
  ['maintenance mode 3', set('setMaintenanceMode', u32(3)), EINVAL],
  ['maintenance mode -1', set('setMaintenanceMode', u32(-1)), EINVAL],
  ['events', set('setGetsEvents', u32(1)), 0],
  ['events, by another number', set('setGetsEvents', u32(-5)), 0],
  ['no events', set('setGetsEvents', u32(0)), 0],
  ['a command', set('register', [6, 1]), 0],
  ['a command that is not registered', set('unregister', [6, 2]), ENOENT],
  ['a command on channels', set('registerOnChannels', onChannels(6, 3, 3)), 0],
  ['the same on others', twice('registerOnChannels', [6, 3, 3], [6, 3, 4]), 0],
  ['the same on one of them', twice('registerOnChannels', [6, 3, 3], [6, 3, 6]), EBUSY],
  ['a part of its channels', twice('unregisterOnChannels', [6, 3, 3], [6, 3, 2]), 0],
  ['no channel of it', twice('unregisterOnChannels', [6, 3, 3], [6, 3, 4]), ENOENT],
  ['no registration', (p) => p.ioctl('register', 0n), EFAULT],
];

/** Registers a command, then makes the call. */
function twice(
  name: 'registerOnChannels' | 'unregisterOnChannels',
  first: [number, number, number],
  second: [number, number, number],
): (program: Program) => unknown {
  return (program) => {
    program.set('registerOnChannels', onChannels(...first));
    return program.set(name, onChannels(...second)).result;
  };
}

const UNKNOWN: readonly Call[] = [
  ['number 10', (p) => p.memory.ioctl(p.file, 0x80006900 | 10, 0n), ENOTTY],
  ['number 32', (p) => p.memory.ioctl(p.file, 0x80046920, 0n), ENOTTY],
  ['0', (p) => p.memory.ioctl(p.file, 0, 0n), ENOTTY],
  ['TCGETS', (p) => p.memory.ioctl(p.file, 0x5401, 0n), ENOTTY],
  ['SEND of another size', (p) => p.memory.ioctl(p.file, 0x8029690d, 0n), ENOTTY],
  ['SEND of another letter', (p) => p.memory.ioctl(p.file, 0x80286a0d, 0n), ENOTTY],
  ['SEND of another direction', (p) => p.memory.ioctl(p.file, 0x4028690d, 0n), ENOTTY],
];

describe.each([{ is32Bit: false }, { is32Bit: true }])('from a program, %o,', (width) => {
  const open = () => ipmiBench(new FakeClients(echoing)).open(width);

  describe.each([
    ['sends', SENDS],
    ['receives', RECEIVES],
    ['sets or gets', SETTINGS],
    ['makes the ioctl', UNKNOWN],
  ] as const)('one that %s', (_, calls) => {
    test.each(nonEmpty(calls) as Call[])('%s', async (_what, call, expected) => {
      const program = open();

      const result = call(program);

      expect(result).toEqual(expected);
      await settled();
      expect(program.file.isReadable).toBe(result === 0 && calls === SENDS);
    });
  });
});

test('the numbers are those of the header', () => {
  // printf("%x") of IPMICTL_SEND_COMMAND, and of the 32-bit IPMICTL_RECEIVE_MSG.
  expect(ioctlNumber('send')).toBe(0x8028690d);
  expect(ioctlNumber('receive', true)).toBe(0xc018690c);
});
