/**
 * The rounds of an ioctl. Each shows the caller's memory that the one before asked for, and nothing
 * links them but that memory's size.
 */

import type { Area, IoctlAnswer, IoctlCall } from '../character-device.ts';

const NOTHING = new Uint8Array();

/** The end of an ioctl that went well. */
export function succeeded(output: Uint8Array = NOTHING): IoctlAnswer {
  return { kind: 'done', result: 0, output };
}

/** The end of one that did not; `errno` is above 0. */
export function failed(errno: number, output: Uint8Array = NOTHING): IoctlAnswer {
  return { kind: 'done', result: -errno, output };
}

/** Asks for another round; areas of 0 bytes are left out, which CUSE must not be asked for. */
export function ask(input: readonly Area[], output: readonly Area[]): IoctlAnswer {
  return { kind: 'retry', input: withBytes(input), output: withBytes(output) };
}

/** True when a round has these areas. */
export function has(call: IoctlCall, input: readonly Area[], output: readonly Area[]): boolean {
  return call.input.length === sizeOf(input) && call.outputSize === sizeOf(output);
}

export function sizeOf(areas: readonly Area[]): number {
  return areas.reduce((sum, { size }) => sum + size, 0);
}

function withBytes(areas: readonly Area[]): readonly Area[] {
  return areas.filter(({ size }) => size > 0);
}

/** One buffer of several. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
