/**
 * The only loader of the addon. It is loaded when real ports are first opened and never on import,
 * so that the simulator, the tests and `--help` need no compiler and pay nothing for it.
 */

// Not by name: webpack follows a named `createRequire`, and leaves none where it cannot.
import nodeModule from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import nodeGypBuild from 'node-gyp-build';

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

/** A connection that was accepted, and the process that made it, as the kernel knows it. */
export interface AcceptedPeer {
  readonly fd: number;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Unix sockets, as the addon exports them. None of the calls waits. Wrong calls throw as above. */
export interface NativeSockets {
  /** Makes a socket's file with this mode and listens there; returns the descriptor. */
  listenUnix(path: string, mode: number, backlog: number): number;

  /** Accepts the next connection of a descriptor that listens; undefined when none waits. */
  acceptPeer(fd: number): AcceptedPeer | undefined;

  /**
   * Sends the service manager one datagram of its protocol, such as `READY=1`. A path that begins
   * with `@` is an abstract name.
   */
  notifySystemd(path: string, text: string): void;
}

/** The addon, by its parts, or why there is none and what to do about it. */
export type NativeLoad =
  | {
      readonly kind: 'loaded';
      readonly ports: NativePorts;
      readonly locks: NativeLocks;
      readonly watch: NativeWatch;
      readonly messages: NativeMessages;
      readonly sockets: NativeSockets;
    }
  | {
      readonly kind: 'missing';
      readonly reason: string;
      readonly remedy: string;
      readonly cause: unknown;
    };

type Addon = NativePorts & NativeLocks & NativeWatch & NativeMessages & NativeSockets;

/**
 * The package, seen alike from `src/`, from the modules in `dist/` and `lib/`, and from the bundled
 * `dist/program.cjs`.
 */
const PACKAGE_FOLDER = '..';

/** The addon as it is built in a clone, and as it is in the package. */
const ADDON_NAMES = ['ipmi_bt.node', 'ipmi-bt.glibc.node', 'ipmi-bt.musl.node'];

/** Is in every package. */
const PACKAGE_PATH = '../package.json';

/** Is in a clone, where the addon can be built, and not in a package. */
const SOURCES_PATH = '../binding.gyp';

const PACKAGE_NAME = 'ipmi-bt';

let isWarned = false;

/** Loads the addon; Node keeps it, so that a second call costs a lookup. */
export function loadNative(): NativeLoad {
  const files = ownFiles();
  const causes: unknown[] = [];
  for (const file of files) {
    try {
      const path = addonPath(file);
      if (!isTrusted(path, file)) return { kind: 'missing', ...distrusted(path), cause: undefined };
      const addon = nodeModule.createRequire(file)(path) as Addon;
      return { kind: 'loaded', ...partsOf(addon) };
    } catch (cause) {
      causes.push(cause);
    }
  }
  const own = files.findIndex((file) => packageName(file) === PACKAGE_NAME);
  if (own === -1) return { kind: 'missing', ...bundled(files.at(-1)), cause: causes[0] };
  return { kind: 'missing', ...explain(causes[own], files[own] ?? ''), cause: causes[own] };
}

/** Where the addon is; throws when there is none for this Node. */
function addonPath(file: string): string {
  const path = nodeGypBuild.path(join(dirname(pathOf(file)), PACKAGE_FOLDER));
  // Beside a bundle that is part of another project there may be another addon.
  if (ADDON_NAMES.includes(basename(path))) return path;
  throw new Error(`${path} is not the addon of ${PACKAGE_NAME}`);
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}

function partsOf(addon: Addon): Omit<Extract<NativeLoad, { kind: 'loaded' }>, 'kind'> {
  return { ports: addon, locks: addon, watch: addon, messages: addon, sockets: addon };
}

/** True unless more users can replace the addon than can replace this code. */
function isTrusted(path: string, file: string): boolean {
  const addon = systemFiles.stat(path);
  const code = systemFiles.stat(pathOf(file));
  return addon === undefined || code === undefined || isTrustedLike(addon, code);
}

function distrusted(path: string): Lack {
  return {
    reason: `other users may write to ${path}, and not to the code that loads it`,
    remedy: `run \`chmod go-w ${path}\`, and chown it to the owner of the package`,
  };
}

/**
 * The file of this code, as a URL or a path. A bundler puts the code into a file of the program:
 * esbuild then leaves `import.meta` empty in CommonJS, and webpack has the URL of the original file
 * there, which may be on another host. In CommonJS, Node has the path of the file that runs.
 */
function ownFiles(): readonly string[] {
  // A type of its own, because TypeScript believes that it is always there.
  const url: unknown = import.meta.url;
  const path = typeof __filename === 'string' ? __filename : undefined;
  return [url, path].filter((file) => typeof file === 'string');
}

/** The reason, and the remedy, which depends on where the code is: in a clone or not. */
interface Lack {
  readonly reason: string;
  readonly remedy: string;
}

function explain(cause: unknown, file: string): Lack {
  // The text of dlopen is the first line; what follows is the stack of modules that led here.
  const text = cause instanceof Error ? cause.message.split('\n', 1).join('') : String(cause);
  const reason = isFound(cause) ? text : 'it was not built';
  if (isClone(file)) return { reason, remedy: 'run `npm run build:native`' };
  const lack = foreignHost();
  if (lack !== undefined) return lack;
  const steps = 'run `npm run build:native` and `npm pack` in a clone of ipmi-bt';
  return { reason, remedy: `${steps}, and install that tarball` };
}

/** Hosts for which no package brings the addon. */
function foreignHost(): Lack | undefined {
  const { platform, arch } = process;
  if (platform !== 'linux' || arch !== 'x64') {
    return {
      reason: `it is for Linux on x86-64, and this is ${platform} on ${arch}`,
      remedy: 'here the simulator, the decoders and recordings work, and port I/O does not',
    };
  }
  if (!isMusl()) return undefined;
  return {
    reason: 'it is for glibc, and this Node uses musl',
    remedy: 'build it in a clone of ipmi-bt, as "Where it runs" in its docs/library.md shows',
  };
}

/** Asked for only where the addon cannot be loaded, because it takes some milliseconds. */
function isMusl(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

/** Without a warning the mistake would stay hidden: the program works on, but slower. */
function bundled(file = 'the program'): Lack {
  const lack = {
    reason: `ipmi-bt was bundled into ${file}, without its addon`,
    remedy: 'keep ipmi-bt external, as "Bundlers" in its docs/library.md shows',
  };
  if (!isWarned) process.emitWarning(`${lack.reason}: ${lack.remedy}`, 'IpmiBtWarning');
  isWarned = true;
  return lack;
}

/** True when dlopen failed, and not the search. */
function isFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_DLOPEN_FAILED';
}

/** The name of the package in whose `src/`, `dist/` or `lib/` a file is. */
function packageName(file: string): unknown {
  try {
    return (nodeModule.createRequire(file)(PACKAGE_PATH) as { readonly name?: unknown }).name;
  } catch {
    return undefined;
  }
}

function isClone(file: string): boolean {
  try {
    nodeModule.createRequire(file).resolve(SOURCES_PATH);
    return true;
  } catch {
    return false;
  }
}
