/**
 * The interface between CUSE, which knows nothing of IPMI, and a device file that is served through
 * it. Nothing here waits: every call is answered when it returns.
 */

import type { Opener } from './opener.ts';

/** A piece of the caller's memory. */
export interface Area {
  readonly address: bigint;
  /** Bytes, at least 1. */
  readonly size: number;
}

/** A call of ioctl(2), in one of its rounds: each shows more of the caller's memory. */
export interface IoctlCall {
  readonly command: number;
  readonly argument: bigint;
  /** The caller is a 32-bit process. */
  readonly is32Bit: boolean;
  /** Content of the areas that the last round asked for, one behind the other; empty at first. */
  readonly input: Uint8Array;
  /** Bytes that an answer may write: of the areas that the last round named; 0 at first. */
  readonly outputSize: number;
}

/** `retry` asks for another round; `result` below 0 is a negative errno, with or without output. */
export type IoctlAnswer =
  | { readonly kind: 'retry'; readonly input: readonly Area[]; readonly output: readonly Area[] }
  | { readonly kind: 'done'; readonly result: number; readonly output: Uint8Array };

/** One open file. */
export interface CharacterFile {
  ioctl(call: IoctlCall): IoctlAnswer;
  /** poll(2) says that it can be read. */
  readonly isReadable: boolean;
  /** The last descriptor of it was closed. */
  release(): void;
}

export interface CharacterDevice {
  /**
   * Returns an open file, or the errno (above 0) that refuses it. `wake` is to be called whenever
   * the file has become readable.
   */
  open(opener: Opener, flags: number, wake: () => void): CharacterFile | number;
}
