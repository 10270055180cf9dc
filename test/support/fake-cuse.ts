/**
 * The kernel's side of CUSE, written from linux/fuse.h and not from the code under test: its
 * requests as bytes, the replies taken apart, and /dev/cuse as a list of messages.
 */

import type { NativeLoad, NativeWatch } from '../../src/native.ts';
import type { ChannelListener, CuseChannel } from '../../src/serve/cuse/channel.ts';
import { FakeSystem } from './fake-files.ts';
import type { FakeTable } from './fake-files.ts';
import { fakeNative } from './fake-native.ts';
import { errno } from './fake-uio.ts';

/** Numbers of 32 bits, and bigints of 64, one behind the other; strings are hexadecimal bytes. */
export type Words = readonly (number | bigint | string)[];

export function bytesOf(words: Words): Buffer {
  return Buffer.concat(
    words.map((word) => {
      if (typeof word === 'string') return Buffer.from(word.replaceAll(' ', ''), 'hex');
      const bytes = Buffer.alloc(typeof word === 'number' ? 4 : 8);
      if (typeof word === 'number') bytes.writeUInt32LE(word >>> 0);
      else bytes.writeBigUInt64LE(word);
      return bytes;
    }),
  );
}

/** A request of process 300, of user 1000 and group 100. */
export function requestOf(opcode: number, unique: bigint, body: Words = []): Buffer {
  const content = bytesOf(body);
  const header: Words = [40 + content.length, opcode, unique, 0n, 1000, 100, 300, 0];
  return Buffer.concat([bytesOf(header), content]);
}

export const initRequest = (minor = 38, major = 7): Buffer =>
  requestOf(4096, 2n, [major, minor, 0, 1]);

export const openRequest = (unique: bigint): Buffer => requestOf(14, unique, [0o100002, 0]);

export const releaseRequest = (unique: bigint, file: bigint): Buffer =>
  requestOf(18, unique, [file, 0o100002, 0, 0n]);

export const pollRequest = (unique: bigint, file: bigint, flags = 1): Buffer =>
  requestOf(40, unique, [file, 0xabcd_0000_0000_0000n | file, flags, 0x19]);

export interface Call {
  readonly command: number;
  readonly argument?: bigint;
  readonly flags?: number;
  readonly input?: Uint8Array;
  readonly outputSize?: number;
}

export function ioctlRequest(unique: bigint, file: bigint, call: Call): Buffer {
  const { command, argument = 0n, flags = 2, input = Buffer.of(), outputSize = 0 } = call;
  const words: Words = [file, flags, command, argument, input.length, outputSize];
  return requestOf(39, unique, [...words, Buffer.from(input).toString('hex')]);
}

/** A reply as the kernel takes it apart: it refuses one whose header is wrong. */
export interface Answer {
  readonly unique: bigint;
  readonly error: number;
  readonly body: string;
}

export function answerOf(message: Uint8Array): Answer {
  const bytes = Buffer.from(message);
  const error = bytes.readInt32LE(4);
  const unique = bytes.readBigUInt64LE(8);
  const isNotice = unique === 0n;
  const isRight = isNotice ? error === 1 : error <= 0 && error > -512;
  if (bytes.length < 16 || bytes.readUInt32LE(0) !== bytes.length || !isRight) {
    throw new Error(`the kernel refuses ${bytes.toString('hex')}`);
  }
  if (!isNotice && error !== 0 && bytes.length !== 16) throw new Error('an error with a body');
  return { unique, error, body: bytes.subarray(16).toString('hex') };
}

/** A channel whose messages the test delivers. */
export class FakeChannel implements CuseChannel {
  canLook = true;
  readonly waiting: (Uint8Array | Error)[] = [];
  readonly answers: Answer[] = [];
  /** Errors of the next writes; a write of `undefined` succeeds. */
  readonly refusals: (Error | undefined)[] = [];
  isClosed = false;
  #listener: ChannelListener | undefined;

  read(): Uint8Array | undefined {
    const next = this.waiting.shift();
    if (next instanceof Error) throw next;
    return next;
  }

  write(message: Uint8Array): void {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    this.answers.push(answerOf(message));
  }

  pump(listener: ChannelListener): void {
    this.#listener = listener;
  }

  /** Delivers a message, and returns what was written before that returned. */
  deliver(message: Uint8Array): readonly Answer[] {
    const before = this.answers.length;
    this.#listener?.take(message);
    return this.answers.slice(before);
  }

  end(cause: Error): void {
    this.#listener?.ended(cause);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

const CUSE_FD = 20;

/** A host with /dev/cuse, which makes the device when INIT is answered. */
export class FakeCuse extends FakeSystem implements NativeWatch {
  /** Requests that wait; an error is what the read fails with. */
  readonly waiting: (Uint8Array | Error)[] = [];
  readonly answers: Answer[] = [];
  /** Reads that found no request. */
  readsInVain = 0;
  isOpen = false;
  /** The device number that /dev has for the device; the kernel's is 245:0. */
  made: string | undefined = '245:0';
  /** The kernel makes the device. */
  isWilling = true;
  #name = '';
  #ready: ((isWatched: boolean) => void) | undefined;
  #pooled: ((error: Error | null, count: number) => void) | undefined;
  #target: Uint8Array = new Uint8Array();

  constructor(table: FakeTable = {}) {
    super({ '/dev/cuse': { device: '10:203' }, ...table });
  }

  readonly load = (): NativeLoad => {
    const native = fakeNative().load();
    return native.kind === 'loaded' ? { ...native, watch: this } : native;
  };

  readonly pool = {
    open: (path: string): number => this.open(path),
    read: (fd: number, target: Uint8Array, done: (error: Error | null, count: number) => void) => {
      if (fd !== CUSE_FD || this.#pooled !== undefined) throw new Error('two reads at once');
      this.#target = target;
      this.#pooled = done;
    },
  };

  get isWatched(): boolean {
    return this.#ready !== undefined;
  }

  override open(path: string): number {
    super.open(path);
    this.isOpen = true;
    this.waiting.unshift(initRequest());
    return CUSE_FD;
  }

  override readFrom(_fd: number, target: Uint8Array): number {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.readsInVain += 1;
      throw errno('EAGAIN');
    }
    if (next instanceof Error) throw next;
    target.fill(0xee);
    target.set(next);
    return next.length;
  }

  override writeTo(_fd: number, source: Uint8Array): void {
    const answer = answerOf(source);
    this.answers.push(answer);
    const name = /DEVNAME=(.*)\0$/.exec(Buffer.from(answer.body, 'hex').toString('latin1'))?.[1];
    if (name === undefined) return;
    this.#name = name;
    if (!this.isWilling) {
      this.waiting.push(errno('ENODEV'));
      return;
    }
    this.set(`/sys/class/cuse/${name.replace('/', '!')}/dev`, '245:0\n');
    this.set(`/dev/${name}`, this.made === undefined ? undefined : { device: this.made });
  }

  override close(): void {
    super.close();
    this.isOpen = false;
    this.set(`/sys/class/cuse/${this.#name.replace('/', '!')}/dev`, undefined);
    this.set(`/dev/${this.#name}`, undefined);
  }

  override writeNow(path: string, text: string): void {
    super.writeNow(path, text);
    if (path.endsWith('/abort')) this.waiting.push(errno('ENODEV'));
  }

  watchFd(fd: number, ready: (isWatched: boolean) => void): number {
    if (fd !== CUSE_FD) throw errno('EBADF');
    this.#ready = ready;
    return 1;
  }

  unwatch(): void {
    if (this.#ready === undefined) throw errno('EBADF');
    this.#ready = undefined;
  }

  /** The event loop looks whether a request can be read. */
  turn(isWatched = true): void {
    this.#ready?.(isWatched);
    const done = this.#pooled;
    const next = done && this.waiting.shift();
    if (done === undefined || next === undefined) return;
    this.#pooled = undefined;
    if (next instanceof Error) done(next, 0);
    else {
      this.#target.set(next);
      done(null, next.length);
    }
  }
}
