/**
 * The open file /dev/cuse: each read gives one request of the kernel, each write is one reply. The
 * device exists as long as the file is open, so the end of the process, of whatever kind, ends it.
 *
 * With the addon, the event loop says when a request waits. Without it, a thread of Node's pool
 * waits in read(2), which nothing but the end of the device can interrupt: Node joins that thread
 * when it exits, so the kernel is told to abort the device before.
 */

import { constants, openSync, read as readInPool } from 'node:fs';

import type { System } from '../../files.ts';
import type { NativeWatch, loadNative } from '../../native.ts';
import { REQUEST_HEADER_BYTES, IOCTL_IN_BYTES } from './wire.ts';

export const CUSE_PATH = '/dev/cuse';

/** Bytes of the longest request that can be read. The kernel refuses less than 8,192. */
const REQUEST_BYTES_MAX = 65_536;

/** Bytes of a caller's memory that one round of an ioctl can show or fill. */
export const IOCTL_BYTES_MAX = REQUEST_BYTES_MAX - REQUEST_HEADER_BYTES - IOCTL_IN_BYTES;

/** The reads of a file that blocks, by Node's pool. */
export interface Pool {
  open(path: string): number;
  read(fd: number, target: Uint8Array, done: (error: Error | null, count: number) => void): void;
}

/** The parts of the host that a channel needs. */
export interface ChannelHost {
  readonly system: System;
  readonly load: typeof loadNative;
  readonly pool: Pool;
}

/** Receives what a channel reads. */
export interface ChannelListener {
  /** `message` is overwritten when this has returned. */
  readonly take: (message: Uint8Array) => void;
  /** The kernel has ended the device; nothing is read after this. */
  readonly ended: (cause: Error) => void;
}

export interface CuseChannel {
  /**
   * Reads one request, before {@link pump}; undefined when none waits. A channel of the pool waits
   * for one.
   */
  read(): Uint8Array | undefined;

  /** True when {@link read} says that no request waits, and does not wait for one. */
  readonly canLook: boolean;

  /** Writes a reply or a notice. Throws the system's error. */
  write(message: Uint8Array): void;

  /** Gives `listener` each request from now on. */
  pump(listener: ChannelListener): void;

  /** Ends the device; resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

export const nodePool: Pool = {
  open: (path) => openSync(path, constants.O_RDWR),
  read: (fd, target, done) => {
    readInPool(fd, target, 0, target.length, null, done);
  },
};

/** Opens /dev/cuse. `abortPath` is the file in /sys that ends the device. */
export function openChannel(abortPath: string, host: ChannelHost): CuseChannel {
  const native = host.load();
  if (native.kind === 'loaded') {
    return new WatchedChannel(host.system.open(CUSE_PATH), host.system, native.watch);
  }
  return new PooledChannel(host.pool.open(CUSE_PATH), abortPath, host);
}

/** Reads a request; undefined when there is none now. Throws when the device has ended. */
function readRequest(fd: number, buffer: Uint8Array, system: System): Uint8Array | undefined {
  try {
    const count = system.readFrom(fd, buffer);
    return count === 0 ? undefined : buffer.subarray(0, count);
  } catch (error) {
    if (isForLater(error)) return undefined;
    throw error;
  }
}

/** Nothing waits, or what waited was interrupted before it was read. */
function isForLater(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EINTR' || code === 'ENOENT';
}

class WatchedChannel implements CuseChannel {
  readonly canLook = true;
  readonly #buffer = new Uint8Array(REQUEST_BYTES_MAX);
  readonly #fd: number;
  readonly #system: System;
  readonly #watch: NativeWatch;
  #handle: number | undefined;
  #isOpen = true;

  constructor(fd: number, system: System, watch: NativeWatch) {
    this.#fd = fd;
    this.#system = system;
    this.#watch = watch;
  }

  read(): Uint8Array | undefined {
    return readRequest(this.#fd, this.#buffer, this.#system);
  }

  write(message: Uint8Array): void {
    // The number of the file may be another one's by now.
    if (!this.#isOpen) throw new Error(`bug: a write to ${CUSE_PATH} after close()`);
    this.#system.writeTo(this.#fd, message);
  }

  pump(listener: ChannelListener): void {
    this.#handle = this.#watch.watchFd(this.#fd, (isWatched) => {
      this.#take(isWatched, listener);
    });
  }

  close(): Promise<void> {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#unwatch();
      this.#system.close(this.#fd);
    }
    return Promise.resolve();
  }

  /**
   * Takes one request a turn. Only a read in vain would tell that no other waits, and the exception
   * that Node makes of it takes several times as long as reading, answering, and another turn.
   */
  #take(isWatched: boolean, { take, ended }: ChannelListener): void {
    try {
      const message = this.read();
      if (message !== undefined) take(message);
      if (isWatched || !this.#isOpen) return;
      throw new Error(`${CUSE_PATH} can no longer be waited for`);
    } catch (error) {
      this.#unwatch();
      ended(error as Error);
    }
  }

  #unwatch(): void {
    if (this.#handle !== undefined) this.#watch.unwatch(this.#handle);
    this.#handle = undefined;
  }
}

class PooledChannel implements CuseChannel {
  readonly canLook = false;
  readonly #buffer = new Uint8Array(REQUEST_BYTES_MAX);
  readonly #fd: number;
  readonly #abortPath: string;
  readonly #host: ChannelHost;
  #isOpen = true;
  /** A thread is in read(2). */
  #isReading = false;
  /** The file is closed once that thread is back. */
  #closed: Promise<void> | undefined;
  #returned: () => void = () => undefined;

  constructor(fd: number, abortPath: string, host: ChannelHost) {
    this.#fd = fd;
    this.#abortPath = abortPath;
    this.#host = host;
  }

  read(): Uint8Array | undefined {
    return readRequest(this.#fd, this.#buffer, this.#host.system);
  }

  write(message: Uint8Array): void {
    if (!this.#isOpen) throw new Error(`bug: a write to ${CUSE_PATH} after close()`);
    this.#host.system.writeTo(this.#fd, message);
  }

  pump(listener: ChannelListener): void {
    process.on('exit', this.#abort);
    this.#readNext(listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    if (this.#isReading) {
      const returned = new Promise<void>((resolve) => (this.#returned = resolve));
      this.#abort();
      await returned;
    }
    process.off('exit', this.#abort);
    this.#host.system.close(this.#fd);
  }

  #readNext(listener: ChannelListener): void {
    if (!this.#isOpen) return;
    this.#isReading = true;
    this.#host.pool.read(this.#fd, this.#buffer, (error, count) => {
      this.#isReading = false;
      // A request that was read meanwhile fails for its caller, when the file is closed.
      if (!this.#isOpen) this.#returned();
      else if (error !== null && !isForLater(error)) listener.ended(error);
      else {
        if (error === null) listener.take(this.#buffer.subarray(0, count));
        this.#readNext(listener);
      }
    });
  }

  readonly #abort = (): void => {
    if (this.#isReading) this.#host.system.writeNow(this.#abortPath, '1');
  };
}
