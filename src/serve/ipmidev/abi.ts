/**
 * The binary interface of `/dev/ipmi0` (linux/ipmi.h): the numbers of its ioctls, and the layouts
 * of the structures that they point to, for processes of 64 and of 32 bits. All numbers are
 * little-endian. Nothing here has state.
 */

/** Bytes of a pointer and of a `long` of the caller. */
export type Width = 4 | 8;

/** The direction as the number says it, which is not always the way that the data goes. */
const WRITE = 1;
const READ = 2;

const MAGIC = 'i'.charCodeAt(0);

/** The ioctls that set or get something, by the names of linux/ipmi.h. */
export type SettingIoctl =
  | 'registerCommand'
  | 'unregisterCommand'
  | 'setGetsEvents'
  | 'setAddress'
  | 'getAddress'
  | 'setLun'
  | 'getLun'
  | 'setTiming'
  | 'getTiming'
  | 'setChannelAddress'
  | 'getChannelAddress'
  | 'setChannelLun'
  | 'getChannelLun'
  | 'registerCommandOnChannels'
  | 'unregisterCommandOnChannels'
  | 'getMaintenanceMode'
  | 'setMaintenanceMode';

/** Sends a message; `isTimed` with the times for it. */
export interface SendIoctl {
  readonly kind: 'send';
  readonly isTimed: boolean;
  readonly width: Width;
  readonly bytes: number;
}

/** Receives a message; `isCutting` even if there is no room for all of it. */
export interface ReceiveIoctl {
  readonly kind: 'receive';
  readonly isCutting: boolean;
  readonly width: Width;
  readonly bytes: number;
}

/** An ioctl as a caller makes it: with the bytes of its structure. */
export type Ioctl =
  | SendIoctl
  | ReceiveIoctl
  | { readonly kind: 'setting'; readonly name: SettingIoctl; readonly bytes: number };

/** Number and direction of the ioctls whose structures hold pointers, and what they are. */
const MESSAGES: readonly (readonly [number, number, (width: Width) => SendIoctl | ReceiveIoctl])[] =
  [
    [11, READ | WRITE, (width) => receiveIoctl(width, true)],
    [12, READ | WRITE, (width) => receiveIoctl(width, false)],
    [13, READ, (width) => sendIoctl(width, false)],
    [21, READ, (width) => sendIoctl(width, true)],
  ];

/** Two pointers, a length and a `long`, each padded to a pointer, and the head of a message. */
function sendIoctl(width: Width, isTimed: boolean): SendIoctl {
  return { kind: 'send', isTimed, width, bytes: 5 * width + (isTimed ? 8 : 0) };
}

/** The same with a type in front. */
function receiveIoctl(width: Width, isCutting: boolean): ReceiveIoctl {
  return { kind: 'receive', isCutting, width, bytes: 6 * width };
}

/** Name, number, direction, and bytes of the structure, which has no pointer. */
const SETTINGS: readonly (readonly [SettingIoctl, number, number, number])[] = [
  ['registerCommand', 14, READ, 2],
  ['unregisterCommand', 15, READ, 2],
  ['setGetsEvents', 16, READ, 4],
  ['setAddress', 17, READ, 4],
  ['getAddress', 18, READ, 4],
  ['setLun', 19, READ, 4],
  ['getLun', 20, READ, 4],
  ['setTiming', 22, READ, 8],
  ['getTiming', 23, READ, 8],
  ['setChannelAddress', 24, READ, 4],
  ['getChannelAddress', 25, READ, 4],
  ['setChannelLun', 26, READ, 4],
  ['getChannelLun', 27, READ, 4],
  ['registerCommandOnChannels', 28, READ, 12],
  ['unregisterCommandOnChannels', 29, READ, 12],
  ['getMaintenanceMode', 30, READ, 4],
  ['setMaintenanceMode', 31, WRITE, 4],
];

/** The number of an ioctl, as `_IOC()` of linux/ioctl.h makes it. */
function numberOf(direction: number, nr: number, bytes: number): number {
  return ((direction << 30) | (bytes << 16) | (MAGIC << 8) | nr) >>> 0;
}

/** The ioctls of a 64-bit process. */
const NATIVE: ReadonlyMap<number, Ioctl> = new Map<number, Ioctl>([
  ...messagesOf(8),
  ...SETTINGS.map(([name, nr, direction, bytes]): [number, Ioctl] => [
    numberOf(direction, nr, bytes),
    { kind: 'setting', name, bytes },
  ]),
]);

/** Those that a 32-bit process has besides; the kernel's driver takes the others of it as well. */
const COMPAT: ReadonlyMap<number, Ioctl> = new Map(messagesOf(4));

function messagesOf(width: Width): [number, Ioctl][] {
  return MESSAGES.map(([nr, direction, make]) => {
    const ioctl = make(width);
    return [numberOf(direction, nr, ioctl.bytes), ioctl];
  });
}

/** The ioctl of that number; undefined for one that the device does not have. */
export function ioctlOf(command: number, is32Bit: boolean): Ioctl | undefined {
  const number = command >>> 0;
  return (is32Bit ? COMPAT.get(number) : undefined) ?? NATIVE.get(number);
}

/** `struct ipmi_req`, and the times of `struct ipmi_req_settime`. */
export interface SendArgument {
  readonly address: bigint;
  readonly addressBytes: number;
  /** A `long` of the caller, which its answer repeats. */
  readonly messageId: bigint;
  readonly netFn: number;
  readonly cmd: number;
  readonly data: bigint;
  readonly dataBytes: number;
  /** Undefined where the structure has none. */
  readonly timing: Timing | undefined;
}

/** `struct ipmi_timing_parms`. */
export interface Timing {
  /** Times that a request to a controller behind the BMC is repeated; -1 is the default. */
  readonly retries: number;
  /** Milliseconds that an attempt waits for its answer; 0 is the default. */
  readonly retryMs: number;
}

/** `struct ipmi_recv` as the caller fills it in. */
export interface ReceiveArgument {
  readonly address: bigint;
  readonly addressBytes: number;
  readonly data: bigint;
  readonly dataBytes: number;
}

/** The rest of `struct ipmi_recv`, as the device fills it in. */
export interface ReceivedFields extends Pick<ReceiveArgument, 'addressBytes' | 'dataBytes'> {
  readonly type: number;
  readonly messageId: bigint;
  readonly netFn: number;
  readonly cmd: number;
}

/** `struct ipmi_cmdspec` and `struct ipmi_cmdspec_chans`. */
export interface CommandSpec {
  readonly netFn: number;
  readonly cmd: number;
  /** One bit for each channel. */
  readonly channels: number;
}

/** `IPMI_CHAN_ALL`. */
const ALL_CHANNELS = 0xffffffff;

/** Reads `struct ipmi_req`, or `ipmi_req_settime`; members begin at multiples of a pointer. */
export function decodeSend(struct: Uint8Array, { width, isTimed }: SendIoctl): SendArgument {
  const view = viewOf(struct);
  const { netFn, cmd, ...data } = messageAt(view, 3 * width, width);
  return {
    address: pointerAt(view, 0, width),
    addressBytes: view.getUint32(width, true),
    messageId: longAt(view, 2 * width, width),
    ...{ netFn, cmd, ...data },
    timing: isTimed ? timingAt(view, 5 * width) : undefined,
  };
}

/** Reads `struct ipmi_recv`. */
export function decodeReceive(struct: Uint8Array, width: Width): ReceiveArgument {
  const view = viewOf(struct);
  const { data, dataBytes } = messageAt(view, 4 * width, width);
  const [address, addressBytes] = [pointerAt(view, width, width), view.getUint32(2 * width, true)];
  return { address, addressBytes, data, dataBytes };
}

/** The structure with the device's fields in it; its pointers and its padding stay. */
export function encodeReceive(
  struct: Uint8Array,
  width: Width,
  fields: ReceivedFields,
): Uint8Array {
  const written = Uint8Array.from(struct);
  const view = viewOf(written);
  view.setInt32(0, fields.type, true);
  view.setUint32(2 * width, fields.addressBytes, true);
  if (width === 8) view.setBigInt64(3 * width, fields.messageId, true);
  else view.setInt32(3 * width, Number(BigInt.asIntN(32, fields.messageId)), true);
  view.setUint8(4 * width, fields.netFn);
  view.setUint8(4 * width + 1, fields.cmd);
  view.setUint16(4 * width + 2, fields.dataBytes, true);
  return written;
}

/** Reads the structure of the registrations; the one without channels means all of them. */
export function decodeCommandSpec(struct: Uint8Array): CommandSpec {
  const [netFn = 0, cmd = 0] = struct;
  if (struct.length < 12) return { netFn, cmd, channels: ALL_CHANNELS };
  const view = viewOf(struct);
  // The kernel's driver takes the lowest byte of each.
  const [first, second] = [view.getUint8(0), view.getUint8(4)];
  return { netFn: first, cmd: second, channels: view.getUint32(8, true) };
}

/** `struct ipmi_channel_lun_address_set`. */
export interface ChannelValue {
  readonly channel: number;
  readonly value: number;
}

export function decodeChannelValue(struct: Uint8Array): ChannelValue {
  const view = viewOf(struct);
  return { channel: view.getUint16(0, true), value: view.getUint8(2) };
}

/** The structure with the value in it. */
export function encodeChannelValue(struct: Uint8Array, value: number): Uint8Array {
  const written = Uint8Array.from(struct);
  written[2] = value;
  return written;
}

export function decodeTiming(struct: Uint8Array): Timing {
  return timingAt(viewOf(struct), 0);
}

export function encodeTiming({ retries, retryMs }: Timing): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, retries, true);
  view.setUint32(4, retryMs, true);
  return new Uint8Array(view.buffer);
}

export function decodeInt(struct: Uint8Array): number {
  return viewOf(struct).getInt32(0, true);
}

export function encodeInt(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, value, true);
  return new Uint8Array(view.buffer);
}

/** `struct ipmi_msg`. */
function messageAt(
  view: DataView,
  at: number,
  width: Width,
): Pick<SendArgument, 'netFn' | 'cmd' | 'data' | 'dataBytes'> {
  return {
    netFn: view.getUint8(at),
    cmd: view.getUint8(at + 1),
    dataBytes: view.getUint16(at + 2, true),
    data: pointerAt(view, at + width, width),
  };
}

function timingAt(view: DataView, at: number): Timing {
  return { retries: view.getInt32(at, true), retryMs: view.getUint32(at + 4, true) };
}

function pointerAt(view: DataView, at: number, width: Width): bigint {
  return width === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
}

function longAt(view: DataView, at: number, width: Width): bigint {
  return width === 8 ? view.getBigInt64(at, true) : BigInt(view.getInt32(at, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
