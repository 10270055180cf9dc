/**
 * The byte stream between QEMU's `ipmi-bmc-extern` and the BMC behind it, which QEMU calls the VM
 * protocol. A message carries one IPMI request or reply under an id that pairs them; a command says
 * something about the machine. Pure functions: the socket belongs to `extern-bmc.ts`.
 */

const END_OF_MESSAGE = 0xa0;
const END_OF_COMMAND = 0xa1;
const ESCAPE = 0xaa;

/** Set in the byte after `ESCAPE`, so that the two end marks occur nowhere but at an end. */
const ESCAPED = 0x10;

/** First byte of a command. */
export const VmCommand = {
  NO_ATTN: 0x00,
  ATTN: 0x01,
  ATTN_IRQ: 0x02,
  ENABLE_IRQ: 0x05,
  DISABLE_IRQ: 0x06,
  CAPABILITIES: 0x08,
  VERSION: 0xff,
} as const;

export type VmCommand = (typeof VmCommand)[keyof typeof VmCommand];

/** One whole unit of the stream, without escapes, checksum and end mark. */
export type VmUnit =
  | { readonly kind: 'message'; readonly body: Uint8Array }
  | { readonly kind: 'command'; readonly body: Uint8Array }
  | { readonly kind: 'garbled'; readonly wire: Uint8Array };

/** What `decode` found, and the bytes of a unit that has not ended yet. */
export interface Decoded {
  readonly units: readonly VmUnit[];
  readonly rest: Uint8Array;
}

/** Wire bytes of a message: id, NetFn/LUN, command, then whatever the command has. */
export function encodeMessage(body: Uint8Array): Uint8Array {
  return Uint8Array.from([...escape([...body, -sum(body) & 0xff]), END_OF_MESSAGE]);
}

/** Wire bytes of a command: a `VmCommand` and its arguments. */
export function encodeCommand(body: Uint8Array): Uint8Array {
  return Uint8Array.from([...escape([...body]), END_OF_COMMAND]);
}

/** Takes all whole units off the front of `wire`; the next call wants `rest` in front of it. */
export function decode(wire: Uint8Array): Decoded {
  const units: VmUnit[] = [];
  let start = 0;
  for (const [index, byte] of wire.entries()) {
    if (byte !== END_OF_MESSAGE && byte !== END_OF_COMMAND) continue;
    units.push(decodeUnit(wire.slice(start, index + 1)));
    start = index + 1;
  }
  return { units, rest: wire.slice(start) };
}

function decodeUnit(wire: Uint8Array): VmUnit {
  const body = unescape(wire.subarray(0, -1));
  if (body === undefined || body.length === 0) return { kind: 'garbled', wire };
  if (wire.at(-1) === END_OF_COMMAND) return { kind: 'command', body };
  if (sum(body) !== 0) return { kind: 'garbled', wire };
  return { kind: 'message', body: body.slice(0, -1) };
}

function escape(bytes: readonly number[]): number[] {
  return bytes.flatMap((byte) => (mustEscape(byte) ? [ESCAPE, byte | ESCAPED] : [byte]));
}

/** Undefined when an escape has nothing, or nothing that needed one, behind it. */
function unescape(wire: Uint8Array): Uint8Array | undefined {
  const bytes: number[] = [];
  let escaped = false;
  for (const byte of wire) {
    if (escaped && !mustEscape(byte & ~ESCAPED)) return undefined;
    if (byte === ESCAPE) {
      escaped = true;
      continue;
    }
    bytes.push(escaped ? byte & ~ESCAPED : byte);
    escaped = false;
  }
  return escaped ? undefined : Uint8Array.from(bytes);
}

function mustEscape(byte: number): boolean {
  return byte === END_OF_MESSAGE || byte === END_OF_COMMAND || byte === ESCAPE;
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
}
