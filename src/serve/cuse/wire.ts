/**
 * The messages of CUSE, which are those of FUSE (linux/fuse.h, API 7.31), as bytes: requests of the
 * kernel decoded, replies and notices encoded. All of a message's numbers are in the byte order of
 * the host, which is little endian wherever there are I/O ports.
 */

import type { Area } from '../character-device.ts';

/** Operations of the kernel. A character device has no others. */
export const Opcode = {
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  RELEASE: 18,
  INTERRUPT: 36,
  IOCTL: 39,
  POLL: 40,
  CUSE_INIT: 4096,
} as const;

/** Bytes of `fuse_in_header` and `fuse_out_header`. */
export const REQUEST_HEADER_BYTES = 40;
const REPLY_HEADER_BYTES = 16;

/** Bytes of `fuse_ioctl_in` and `fuse_ioctl_out`, which stand before the data. */
export const IOCTL_IN_BYTES = 32;
const IOCTL_OUT_BYTES = 16;

/** Bytes of `fuse_ioctl_iovec`. */
const AREA_BYTES = 16;

/** Most areas that an answer can ask for (FUSE_IOCTL_MAX_IOV). */
export const AREAS_MAX = 256;

/** Versions of the protocol. From minor 16 on, areas have the layout of {@link encodeRetry}. */
const MAJOR = 7;
const MINOR_MIN = 16;
const MINOR_MAX = 31;

/** Flag of INIT: an ioctl may reach any of the caller's memory (CUSE_UNRESTRICTED_IOCTL). */
const UNRESTRICTED_IOCTL = 1;

/** Bytes of a read or write of the file; the kernel allows no less, and neither is served. */
const TRANSFER_BYTES = 4096;

/** The file cannot be sought, and the kernel keeps no pages of it. */
const FOPEN_DIRECT_IO = 1;
const FOPEN_NONSEEKABLE = 4;

/** Flags of IOCTL. */
const IOCTL_RETRY = 4;
const IOCTL_32BIT = 8;

/** Flag of POLL: the caller waits, and is to be told (FUSE_POLL_SCHEDULE_NOTIFY). */
const SCHEDULE_NOTIFY = 1;

/** The file can be read: POLLIN and POLLRDNORM. */
const READABLE = 0x41;

/** Stands in place of an error in a notice about poll(2), whose `unique` is 0. */
const NOTIFY_POLL = 1;

/** The versions of the protocol that the kernel and this code have in common. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** The body of a request, decoded. */
export type Body =
  | { readonly kind: 'init'; readonly version: Version }
  | { readonly kind: 'open'; readonly flags: number }
  | { readonly kind: 'release'; readonly file: bigint }
  | {
      readonly kind: 'ioctl';
      readonly file: bigint;
      readonly command: number;
      readonly argument: bigint;
      readonly is32Bit: boolean;
      readonly input: Uint8Array;
      readonly outputSize: number;
    }
  | {
      readonly kind: 'poll';
      readonly file: bigint;
      /** Names the file in a notice. */
      readonly pollHandle: bigint;
      readonly isWaiting: boolean;
    }
  /** A caller got a signal; the request that it interrupts is answered anyway. */
  | { readonly kind: 'interrupt' }
  /** read(2) or write(2), which a device like this does not have. */
  | { readonly kind: 'transfer' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'malformed' };

/** A message of the kernel. */
export interface CuseRequest {
  readonly opcode: number;
  /** Names the request in its reply. */
  readonly unique: bigint;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly body: Body;
}

/** Decodes a message; undefined when it does not say which reply it expects. */
export function decodeRequest(message: Uint8Array): CuseRequest | undefined {
  if (message.length < REQUEST_HEADER_BYTES) return undefined;
  const view = viewOf(message);
  const opcode = view.getUint32(4, true);
  const unique = view.getBigUint64(8, true);
  // The number of notices.
  if (unique === 0n) return undefined;
  const isWhole = view.getUint32(0, true) === message.length;
  return {
    opcode,
    unique,
    uid: view.getUint32(24, true),
    gid: view.getUint32(28, true),
    pid: view.getUint32(32, true),
    body: isWhole ? decodeBody(opcode, message.subarray(REQUEST_HEADER_BYTES)) : MALFORMED,
  };
}

const MALFORMED: Body = { kind: 'malformed' };

/** Bytes that a body has at least. */
const BODY_BYTES_MIN: Readonly<Record<number, number>> = {
  [Opcode.CUSE_INIT]: 16,
  [Opcode.OPEN]: 8,
  [Opcode.RELEASE]: 8,
  [Opcode.IOCTL]: IOCTL_IN_BYTES,
  [Opcode.POLL]: 24,
};

function decodeBody(opcode: number, bytes: Uint8Array): Body {
  if (bytes.length < (BODY_BYTES_MIN[opcode] ?? 0)) return MALFORMED;
  const view = viewOf(bytes);
  switch (opcode) {
    case Opcode.CUSE_INIT: {
      const version = { major: view.getUint32(0, true), minor: view.getUint32(4, true) };
      return { kind: 'init', version };
    }
    case Opcode.OPEN:
      return { kind: 'open', flags: view.getUint32(0, true) };
    case Opcode.RELEASE:
      return { kind: 'release', file: view.getBigUint64(0, true) };
    case Opcode.IOCTL:
      return decodeIoctl(view, bytes);
    case Opcode.POLL:
      return {
        kind: 'poll',
        file: view.getBigUint64(0, true),
        pollHandle: view.getBigUint64(8, true),
        isWaiting: (view.getUint32(16, true) & SCHEDULE_NOTIFY) !== 0,
      };
    case Opcode.INTERRUPT:
      return { kind: 'interrupt' };
    case Opcode.READ:
    case Opcode.WRITE:
      return { kind: 'transfer' };
    default:
      return { kind: 'unknown' };
  }
}

function decodeIoctl(view: DataView, bytes: Uint8Array): Body {
  // A copy: the bytes of a message are overwritten by the next one.
  const input = new Uint8Array(bytes.subarray(IOCTL_IN_BYTES));
  if (view.getUint32(24, true) !== input.length) return MALFORMED;
  return {
    kind: 'ioctl',
    file: view.getBigUint64(0, true),
    command: view.getUint32(12, true),
    argument: view.getBigUint64(16, true),
    is32Bit: (view.getUint32(8, true) & IOCTL_32BIT) !== 0,
    input,
    outputSize: view.getUint32(28, true),
  };
}

/** The version that both sides have; undefined when there is none. */
export function commonVersion({ major, minor }: Version): Version | undefined {
  if (major !== MAJOR || minor < MINOR_MIN) return undefined;
  return { major, minor: Math.min(minor, MINOR_MAX) };
}

/** Encodes a reply without a body: success with `errno` 0, or an errno above 0. */
export function encodeStatus(unique: bigint, errno: number): Uint8Array {
  return encode(unique, { bodyBytes: 0, error: -errno }).message;
}

/** Encodes the reply to INIT, after which the kernel makes the device called `name`. */
export function encodeInit(unique: bigint, version: Version, name: string): Uint8Array {
  const words = Buffer.from(`DEVNAME=${name}\0`, 'latin1');
  const { message, body } = encode(unique, { bodyBytes: 72 + words.length });
  body.setUint32(0, version.major, true);
  body.setUint32(4, version.minor, true);
  body.setUint32(12, UNRESTRICTED_IOCTL, true);
  body.setUint32(16, TRANSFER_BYTES, true);
  body.setUint32(20, TRANSFER_BYTES, true);
  message.set(words, REPLY_HEADER_BYTES + 72);
  return message;
}

/** Encodes the reply to OPEN; `file` is the number that later requests for this file have. */
export function encodeOpen(unique: bigint, file: bigint): Uint8Array {
  const { message, body } = encode(unique, { bodyBytes: 16 });
  body.setBigUint64(0, file, true);
  body.setUint32(8, FOPEN_DIRECT_IO | FOPEN_NONSEEKABLE, true);
  return message;
}

/** Encodes the reply to IOCTL that ends the call. The body is there also without output. */
export function encodeIoctl(unique: bigint, result: number, output: Uint8Array): Uint8Array {
  const { message, body } = encode(unique, { bodyBytes: IOCTL_OUT_BYTES + output.length });
  body.setInt32(0, result, true);
  message.set(output, REPLY_HEADER_BYTES + IOCTL_OUT_BYTES);
  return message;
}

/** Encodes the reply to IOCTL that asks the kernel for another round with these areas. */
export function encodeRetry(
  unique: bigint,
  input: readonly Area[],
  output: readonly Area[],
): Uint8Array {
  const areas = [...input, ...output];
  const { message, body } = encode(unique, {
    bodyBytes: IOCTL_OUT_BYTES + areas.length * AREA_BYTES,
  });
  body.setUint32(4, IOCTL_RETRY, true);
  body.setUint32(8, input.length, true);
  body.setUint32(12, output.length, true);
  for (const [at, { address, size }] of areas.entries()) {
    body.setBigUint64(IOCTL_OUT_BYTES + at * AREA_BYTES, address, true);
    body.setBigUint64(IOCTL_OUT_BYTES + at * AREA_BYTES + 8, BigInt(size), true);
  }
  return message;
}

/** Encodes the reply to POLL. */
export function encodePoll(unique: bigint, isReadable: boolean): Uint8Array {
  const { message, body } = encode(unique, { bodyBytes: 8 });
  body.setUint32(0, isReadable ? READABLE : 0, true);
  return message;
}

/** Encodes the notice that wakes the callers that wait for a file. */
export function encodeNotice(pollHandle: bigint): Uint8Array {
  const { message, body } = encode(0n, { bodyBytes: 8, error: NOTIFY_POLL });
  body.setBigUint64(0, pollHandle, true);
  return message;
}

interface Parts {
  readonly bodyBytes: number;
  readonly error?: number;
}

interface Draft {
  readonly message: Uint8Array;
  readonly body: DataView;
}

function encode(unique: bigint, { bodyBytes, error = 0 }: Parts): Draft {
  const message = new Uint8Array(REPLY_HEADER_BYTES + bodyBytes);
  const view = viewOf(message);
  view.setUint32(0, message.length, true);
  view.setInt32(4, error, true);
  view.setBigUint64(8, unique, true);
  return { message, body: viewOf(message.subarray(REPLY_HEADER_BYTES)) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
