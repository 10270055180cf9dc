/**
 * A character device of the kernel whose calls this process answers: the beginning of CUSE's
 * protocol, the table of open files, and one reply to each request, written before the next request
 * is read. A request without a reply would leave its caller unkillable, so nothing waits here, and
 * what goes wrong is answered with EIO.
 */

import { constants } from 'node:os';

import { IpmiError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Area, CharacterDevice, CharacterFile, IoctlAnswer } from '../character-device.ts';
import { IOCTL_BYTES_MAX } from './channel.ts';
import type { CuseChannel } from './channel.ts';
import { AREAS_MAX, commonVersion, decodeRequest } from './wire.ts';
import { encodeInit, encodeIoctl, encodeNotice, encodeOpen } from './wire.ts';
import { encodePoll, encodeRetry, encodeStatus } from './wire.ts';
import type { Body, CuseRequest } from './wire.ts';

const { EBADF, EINVAL, EIO, ENOSYS } = constants.errno;

/** The kernel takes no errno beyond in a reply. */
const ERRNO_MAX = 511;

const RESULT_MAX = 0x7fffffff;

/** A write fails with these when the caller, or the device, is gone. */
const GONE = ['ENOENT', 'ENODEV', 'ENOTCONN', 'EBADF'];

/** Counters since the beginning. */
export interface CuseStatistics {
  /** Requests that were answered; each costs the caller two changes of process. */
  readonly requests: number;
  /** Notices to callers that wait. */
  readonly notices: number;
  /** Requests that were answered with EIO because of a mistake in this code. */
  readonly bugs: number;
  readonly openFiles: number;
}

interface OpenFile {
  readonly file: CharacterFile;
  /** Names it in notices; undefined until a caller has waited for it. */
  pollHandle: bigint | undefined;
}

interface Parts {
  readonly channel: CuseChannel;
  readonly device: CharacterDevice;
  readonly log: Log;
  /** Is called once, unless {@link CuseDevice.close} came first. */
  readonly ended: (cause: Error) => void;
}

export class CuseDevice {
  readonly #parts: Parts;
  readonly #files = new Map<bigint, OpenFile>();
  #lastFile = 0n;
  #requests = 0;
  #notices = 0;
  #bugs = 0;
  #isOpen = true;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get statistics(): CuseStatistics {
    const openFiles = this.#files.size;
    return { requests: this.#requests, notices: this.#notices, bugs: this.#bugs, openFiles };
  }

  /**
   * Lets the kernel make the device, which it does before this returns. Throws
   * `PORT_UNSUPPORTED` when the kernel's CUSE is too old, and `DEVICE_LOCKED` when it refuses.
   */
  begin(name: string): void {
    const { channel } = this.#parts;
    const message = channel.read();
    const request = message && decodeRequest(message);
    if (request?.body.kind !== 'init') {
      throw new IpmiError('PORT_UNSUPPORTED', `CUSE did not begin: ${describeBegin(request)}`);
    }
    const { major, minor } = request.body.version;
    const version = commonVersion(request.body.version);
    if (version === undefined) {
      const text = `the kernel speaks CUSE ${major}.${minor}, and this needs 7.16 or a later 7`;
      throw new IpmiError('PORT_UNSUPPORTED', `${text}: use a newer kernel`);
    }
    channel.write(encodeInit(request.unique, version, name));
    if (channel.canLook) this.#lookOnce(name);
  }

  /** Answers requests from now on. */
  serve(): void {
    this.#parts.channel.pump({
      take: (message) => {
        this.#take(message);
      },
      ended: (cause) => {
        this.#end();
        this.#parts.ended(cause);
      },
    });
  }

  /** Ends the device and its open files; resolves when the kernel has removed it. Idempotent. */
  async close(): Promise<void> {
    this.#end();
    await this.#parts.channel.close();
  }

  /** The kernel refuses a device silently: only the next read tells. */
  #lookOnce(name: string): void {
    let message: Uint8Array | undefined;
    try {
      message = this.#parts.channel.read();
    } catch (cause) {
      const text = `the kernel refused to make the device ${name}: ${(cause as Error).message}`;
      const remedy = 'another process may have made one of that name meanwhile: try again';
      throw new IpmiError('DEVICE_LOCKED', `${text} (${remedy})`, { cause });
    }
    if (message !== undefined) this.#take(message);
  }

  #end(): void {
    this.#isOpen = false;
    for (const number of [...this.#files.keys()]) this.#release(number);
  }

  #take(message: Uint8Array): void {
    const request = decodeRequest(message);
    if (request === undefined) {
      this.#bug('?', new Error(`no reply is possible to a message of ${message.length} bytes`));
      return;
    }
    if (request.body.kind === 'interrupt') return;
    this.#requests += 1;
    const isSent = this.#send(this.#answer(request), request);
    // The caller is gone, and no release will come.
    if (!isSent && request.body.kind === 'open') this.#release(this.#lastFile);
  }

  #answer(request: CuseRequest): Uint8Array {
    try {
      return this.#replyTo(request, request.body);
    } catch (cause) {
      this.#bug(request.opcode, cause);
      return encodeStatus(request.unique, EIO);
    }
  }

  #replyTo(request: CuseRequest, body: Body): Uint8Array {
    const { unique } = request;
    switch (body.kind) {
      case 'open':
        return this.#open(request, body.flags);
      case 'release':
        this.#release(body.file);
        return encodeStatus(unique, 0);
      case 'ioctl': {
        const opened = this.#files.get(body.file);
        if (opened === undefined) return encodeStatus(unique, EBADF);
        const answer = opened.file.ioctl(body);
        checkAnswer(answer, body.outputSize);
        if (answer.kind === 'retry') return encodeRetry(unique, answer.input, answer.output);
        return encodeIoctl(unique, answer.result, answer.output);
      }
      case 'poll': {
        const opened = this.#files.get(body.file);
        if (opened === undefined) return encodeStatus(unique, EBADF);
        // For good: a caller of epoll(7) by edges does not ask again before it waits again.
        if (body.isWaiting) opened.pollHandle = body.pollHandle;
        return encodePoll(unique, opened.file.isReadable);
      }
      case 'transfer':
        // As the kernel answers for a driver without read and write.
        return encodeStatus(unique, EINVAL);
      case 'unknown':
        return encodeStatus(unique, ENOSYS);
      case 'init':
      case 'malformed':
        throw new Error(`the kernel sent no ${body.kind === 'init' ? 'second' : 'whole'} request`);
      case 'interrupt':
        throw new Error('bug: a signal is not answered');
    }
  }

  #open({ unique, pid, uid, gid }: CuseRequest, flags: number): Uint8Array {
    const number = this.#lastFile + 1n;
    this.#lastFile = number;
    const opener = { door: 'device', pid, uid, gid } as const;
    const file = this.#parts.device.open(opener, flags, () => {
      this.#wake(number);
    });
    if (typeof file === 'number') {
      if (!isWithin(file, 1, ERRNO_MAX)) throw new Error(`bug: open() failed with errno ${file}`);
      return encodeStatus(unique, file);
    }
    this.#files.set(number, { file, pollHandle: undefined });
    return encodeOpen(unique, number);
  }

  #release(number: bigint): void {
    const opened = this.#files.get(number);
    this.#files.delete(number);
    try {
      opened?.file.release();
    } catch (cause) {
      this.#bug('release', cause);
    }
  }

  #wake(number: bigint): void {
    const pollHandle = this.#files.get(number)?.pollHandle;
    if (!this.#isOpen || pollHandle === undefined) return;
    this.#notices += 1;
    this.#send(encodeNotice(pollHandle));
  }

  /** Writes a message; false when it did not arrive. */
  #send(message: Uint8Array, request?: CuseRequest): boolean {
    // The device was closed by what the request led to, and the kernel has failed the call.
    if (!this.#isOpen) return false;
    try {
      this.#parts.channel.write(message);
      return true;
    } catch (cause) {
      if (GONE.includes((cause as NodeJS.ErrnoException).code ?? '')) return false;
      this.#bug(request?.opcode ?? 'notice', cause);
      // The kernel may have taken the refused reply for an answer, and then refuses this one.
      if (request !== undefined) this.#sendFailure(request);
      return false;
    }
  }

  #sendFailure({ unique, opcode }: CuseRequest): void {
    try {
      this.#parts.channel.write(encodeStatus(unique, EIO));
    } catch (cause) {
      const isGone = GONE.includes((cause as NodeJS.ErrnoException).code ?? '');
      if (!isGone) this.#bug(opcode, cause);
    }
  }

  #bug(opcode: number | string, cause: unknown): void {
    this.#bugs += 1;
    const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    this.#parts.log.warn({ opcode, reason }, 'bug: a request of CUSE failed');
  }
}

function describeBegin(request: CuseRequest | undefined): string {
  const got = request === undefined ? 'no request came' : `request ${request.opcode} came first`;
  return `${got} (is /dev/cuse the kernel's: character device 10:203?)`;
}

/** Throws for what the kernel would refuse: a refused reply would fail with no reason told. */
function checkAnswer(answer: IoctlAnswer, outputSize: number): void {
  if (answer.kind === 'done') {
    const { result, output } = answer;
    if (!isWithin(result, -ERRNO_MAX, RESULT_MAX)) throw new Error(`bug: ioctl result ${result}`);
    if (output.length <= outputSize) return;
    throw new Error(`bug: ${output.length} bytes of output for ${outputSize}`);
  }
  const { input, output } = answer;
  const isBad = [...input, ...output].some(({ size }) => !isWithin(size, 1, IOCTL_BYTES_MAX));
  const isMuch = sizeOf(input) > IOCTL_BYTES_MAX || sizeOf(output) > IOCTL_BYTES_MAX;
  if (!isBad && !isMuch && input.length + output.length <= AREAS_MAX) return;
  const text = `${input.length} areas of ${sizeOf(input)} bytes to read`;
  throw new Error(`bug: ${text}, ${output.length} of ${sizeOf(output)} to write`);
}

function sizeOf(areas: readonly Area[]): number {
  return areas.reduce((total, { size }) => total + size, 0);
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
