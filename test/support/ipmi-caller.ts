/** A program that uses a served IPMI device, with the structures of linux/ipmi.h in its memory. */

import type { IpmiFile } from '../../src/serve/ipmidev/file.ts';
import { CallerMemory } from './caller-memory.ts';

const READ = 2;
const WRITE = 1;

/** Spelt a second time, as the header has them: number, direction, bytes for 64 and 32 bits. */
const IOCTLS = {
  receiveTruncated: [11, READ | WRITE, 48, 24],
  receive: [12, READ | WRITE, 48, 24],
  send: [13, READ, 40, 20],
  register: [14, READ, 2, 2],
  unregister: [15, READ, 2, 2],
  setGetsEvents: [16, READ, 4, 4],
  setAddress: [17, READ, 4, 4],
  getAddress: [18, READ, 4, 4],
  setLun: [19, READ, 4, 4],
  getLun: [20, READ, 4, 4],
  sendTimed: [21, READ, 48, 28],
  setTiming: [22, READ, 8, 8],
  getTiming: [23, READ, 8, 8],
  setChannelAddress: [24, READ, 4, 4],
  getChannelAddress: [25, READ, 4, 4],
  setChannelLun: [26, READ, 4, 4],
  getChannelLun: [27, READ, 4, 4],
  registerOnChannels: [28, READ, 12, 12],
  unregisterOnChannels: [29, READ, 12, 12],
  getMaintenanceMode: [30, READ, 4, 4],
  setMaintenanceMode: [31, WRITE, 4, 4],
} as const;

export type IoctlName = keyof typeof IOCTLS;

export const IOCTL_NAMES = Object.keys(IOCTLS) as readonly IoctlName[];

export function ioctlNumber(name: IoctlName, is32Bit = false): number {
  const [nr, direction, bytes64, bytes32] = IOCTLS[name];
  const bytes = is32Bit ? bytes32 : bytes64;
  return ((direction << 30) | (bytes << 16) | (0x69 << 8) | nr) >>> 0;
}

/** The BMC's address, with a logical unit. */
export function systemAddress(lun = 0): number[] {
  return [0x0c, 0, 0, 0, 0x0f, 0, lun, 0];
}

export function ipmbAddress(address: number, { channel = 0, lun = 0, type = 0x01 } = {}): number[] {
  return [type, 0, 0, 0, channel & 0xff, (channel >> 8) & 0xff, address, lun];
}

/** What a program sends; a pointer in place of the bytes that it would point to. */
export interface Sent {
  readonly to?: readonly number[];
  readonly toPointer?: bigint;
  readonly toBytes?: number;
  readonly messageId?: bigint;
  readonly netFn?: number;
  readonly cmd?: number;
  readonly data?: readonly number[];
  readonly dataPointer?: bigint;
  readonly dataBytes?: number;
  /** Repeats and milliseconds: the structure with times. */
  readonly times?: readonly [retries: number, retryMs: number];
}

export interface Received {
  readonly result: number;
  readonly type: number;
  readonly messageId: bigint;
  readonly netFn: number;
  readonly cmd: number;
  readonly address: readonly number[];
  readonly data: readonly number[];
}

/** The room that a program has for a message. */
export interface Room {
  readonly addressBytes?: number;
  readonly dataBytes?: number;
  readonly addressPointer?: bigint;
  readonly dataPointer?: bigint;
}

export class IpmiCaller {
  readonly memory: CallerMemory;
  readonly file: IpmiFile;
  readonly #width: 4 | 8;

  constructor(file: IpmiFile, { is32Bit = false } = {}) {
    this.file = file;
    this.memory = new CallerMemory({ is32Bit });
    this.#width = is32Bit ? 4 : 8;
  }

  ioctl(name: IoctlName, argument: bigint): number {
    const number = ioctlNumber(name, this.#width === 4);
    return this.memory.ioctl(this.file, number, argument);
  }

  /** Result of an ioctl on a structure, and the structure as it is then. */
  set(name: IoctlName, struct: readonly number[]): { result: number; struct: readonly number[] } {
    const address = this.memory.place(struct);
    const result = this.ioctl(name, address);
    return { result, struct: [...this.memory.at(address, struct.length)] };
  }

  send(sent: Sent = {}): number {
    const { to = systemAddress(), data = [], messageId = 1n, netFn = 6, cmd = 1, times } = sent;
    const dataPointer = data.length === 0 ? 0n : this.memory.place(data);
    const struct = [
      ...this.#pointer(sent.toPointer ?? this.memory.place(to)),
      ...this.#padded(u32(sent.toBytes ?? to.length)),
      ...this.#pointer(messageId),
      ...this.#padded([netFn, cmd, ...u16(sent.dataBytes ?? data.length)]),
      ...this.#pointer(sent.dataPointer ?? dataPointer),
      ...(times === undefined ? [] : times.flatMap((one) => u32(one))),
    ];
    const name = times === undefined ? 'send' : 'sendTimed';
    return this.ioctl(name, this.memory.place(struct));
  }

  receive(name: 'receive' | 'receiveTruncated' = 'receive', room: Room = {}): Received {
    const { addressBytes = 40, dataBytes = 272 } = room;
    const addressPointer = room.addressPointer ?? this.memory.place(new Uint8Array(40));
    const dataPointer = room.dataPointer ?? this.memory.place(new Uint8Array(dataBytes));
    const struct = [
      ...this.#padded(u32(0)),
      ...this.#pointer(addressPointer),
      ...this.#padded(u32(addressBytes)),
      ...this.#pointer(0n),
      ...this.#padded([0, 0, ...u16(dataBytes)]),
      ...this.#pointer(dataPointer),
    ];
    const at = this.memory.place(struct);
    const result = this.ioctl(name, at);
    return { result, ...this.#received(this.memory.at(at, struct.length)) };
  }

  #received(struct: Uint8Array): Omit<Received, 'result'> {
    const [width, view] = [this.#width, new DataView(struct.buffer)];
    const long = (at: number): bigint =>
      width === 8 ? view.getBigInt64(at, true) : BigInt(view.getInt32(at, true));
    return {
      type: view.getInt32(0, true),
      messageId: long(3 * width),
      netFn: view.getUint8(4 * width),
      cmd: view.getUint8(4 * width + 1),
      address: [...this.memory.at(long(width), view.getUint32(2 * width, true))],
      data: [...this.memory.at(long(5 * width), view.getUint16(4 * width + 2, true))],
    };
  }

  /** A pointer, or a `long`. */
  #pointer(value: bigint): number[] {
    return Array.from({ length: this.#width }, (_, at) =>
      Number((BigInt.asUintN(64, value) >> BigInt(8 * at)) & 0xffn),
    );
  }

  #padded(bytes: readonly number[]): number[] {
    return [...bytes, ...new Array<number>(this.#width - bytes.length).fill(0)];
  }
}

export function u16(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(value), ...u16(value >>> 16)];
}
