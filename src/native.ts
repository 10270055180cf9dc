/**
 * The only loader of the addon. It is loaded when real ports are first opened and never on import,
 * so that the simulator, the tests and `--help` need no compiler and pay nothing for it.
 */

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { systemFiles } from './files.ts';
import { isTrustedLike } from './trust.ts';

/**
 * Port I/O, as the addon exports it, for the calling thread. Any wrong call throws an `Error` with
 * `errno`, `code` and `syscall`; none can crash the process. An access outside the claims of this
 * thread is EACCES.
 */
export interface NativePorts {
  /** Claims `count` ports from `base` and returns a handle. EBUSY when a claim overlaps. */
  open(base: number, count: number): number;

  /** Gives the ports of one claim back. EBADF when there is no such claim. */
  release(handle: number): void;

  inb(port: number): number;
  outb(port: number, value: number): void;

  /** Reads one port `count` times. EINVAL when `target` is shorter than that. */
  readBytes(port: number, target: Uint8Array, count: number): void;

  /** Writes one port `count` times. EINVAL when `source` is shorter than that. */
  writeBytes(port: number, source: Uint8Array, count: number): void;
}

/** Locks of open files, as the addon exports them. Wrong calls throw as above. */
export interface NativeLocks {
  /**
   * Takes the exclusive flock(2) of an open file; false when another open file has it. One that was
   * shared is lost then.
   */
  tryLock(fd: number): boolean;

  /** Takes it together with others; false when another open file has it for itself. */
  tryShare(fd: number): boolean;

  /** Gives it back; no error when it was not taken. */
  unlock(fd: number): void;
}

/** Readiness of files, as the addon exports it. Wrong calls throw as above. */
export interface NativeWatch {
  /**
   * Calls back from the event loop whenever the file can be read, again and again until it was, and
   * returns a handle. `isWatched` is false when that was the last time: reading tells why. The file
   * no longer blocks after this. Keeps no process alive. EPERM for files that are always ready.
   */
  watchFd(fd: number, ready: (isWatched: boolean) => void): number;

  /** Stops that, also in mid-wait. EBADF when there is no such handle. */
  unwatch(handle: number): void;
}

/**
 * Messages through an open device of the kernel's IPMI driver, as the addon exports them.
 * Neither call waits. Wrong calls throw as above.
 */
export interface NativeMessages {
  /** Hands the kernel a message with the first `count` bytes of `data`. */
  sendMessage(fd: number, netFn: number, cmd: number, ...data: [Uint8Array, number]): void;

  /** Puts the reply into `target`, completion code first; 0 when none has come, else its length. */
  receiveMessage(fd: number, target: Uint8Array, count: number): number;
}

/** The addon, by its parts, or why there is none. */
export type NativeLoad =
  | {
      readonly kind: 'loaded';
      readonly ports: NativePorts;
      readonly locks: NativeLocks;
      readonly watch: NativeWatch;
      readonly messages: NativeMessages;
    }
  | { readonly kind: 'missing'; readonly reason: string; readonly cause: unknown };

type Addon = NativePorts & NativeLocks & NativeWatch & NativeMessages;

/** Seen alike from `src/`, from the modules in `dist/` and from the bundled `dist/program.cjs`. */
const ADDON_PATH = '../build/Release/ipmi_bt.node';

/** Loads the addon; Node keeps it, so that a second call costs a lookup. */
export function loadNative(): NativeLoad {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve(ADDON_PATH);
    if (!isTrusted(path)) {
      const reason = `other users may write to ${path}, and not to the code that loads it`;
      return { kind: 'missing', reason, cause: undefined };
    }
    const addon = require(path) as Addon;
    return { kind: 'loaded', ports: addon, locks: addon, watch: addon, messages: addon };
  } catch (cause) {
    return { kind: 'missing', reason: reasonOf(cause), cause };
  }
}

/** True unless more users can replace the addon than can replace this code. */
function isTrusted(path: string): boolean {
  const addon = systemFiles.stat(path);
  // In the bundled program it is a path. (The bundler knows no other way to write this.)
  const url = import.meta.url;
  const code = systemFiles.stat(url.startsWith('file:') ? fileURLToPath(url) : url);
  return addon === undefined || code === undefined || isTrustedLike(addon, code);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ('code' in cause && cause.code === 'MODULE_NOT_FOUND') return 'it was not built';
  // dlopen's text is the first line; what follows is the stack of modules that led here.
  return cause.message.split('\n', 1).join('');
}
