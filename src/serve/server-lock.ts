/**
 * The lock by which an interface has one server, and the name of the device file that it had last,
 * so that a server that starts again offers the same one.
 */

import { IpmiError, hex } from '../errors.ts';
import type { Files } from '../files.ts';
import type { loadNative } from '../native.ts';
import { flockOf } from '../share/flock.ts';
import { LockFile, checkFolder, lockersOf } from '../share/lock-file.ts';
import { isDeviceName } from './cuse/node.ts';
import { SERVE_FOLDER, baseOfSocket, serverLockPath, stopText } from './place.ts';

/** Names of device files that are chosen by number. */
const NAME_PREFIX = 'ipmi';

/** Devices that a host can have; the kernel's driver has no more numbers either. */
const NUMBERS = 256;

/** The sockets lie there as well, which other users may reach: the policy decides what they may. */
const FOLDER_MODE = 0o755;

/** Everything a {@link ServerLock} is taken with. */
export interface ServerLockOptions {
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly files: Files;
  readonly load: typeof loadNative;
  readonly folder?: string;
}

export class ServerLock {
  readonly #file: LockFile;
  readonly #options: Required<ServerLockOptions>;

  /** Throws `DEVICE_LOCKED` when another process serves the interface. */
  constructor({ folder = SERVE_FOLDER, ...options }: ServerLockOptions) {
    const { base, files, load } = options;
    this.#options = { ...options, folder };
    checkFolder(folder, FOLDER_MODE);
    this.#file = new LockFile(serverLockPath(base, folder), flockOf(load()));
    if (this.#file.tryLock()) return;
    const [pid = 0] = this.#file.holders(files);
    this.#file.close();
    throw served(base, pid);
  }

  /**
   * The name for the device file of this interface: the one that it had last, or else the first
   * `ipmiN` that neither a file has nor another server had.
   */
  chooseName(): string {
    const last = this.#file.read();
    if (isDeviceName(last)) return last;
    const others = new Set(this.#namesOfOthers());
    const { files } = this.#options;
    const names = Array.from({ length: NUMBERS }, (_, number) => `${NAME_PREFIX}${number}`);
    const free = names.find((name) => !others.has(name) && !files.exists(`/dev/${name}`));
    if (free !== undefined) return free;
    const taken = `/dev/${NAME_PREFIX}0 to /dev/${NAME_PREFIX}${NUMBERS - 1} are all taken`;
    throw new IpmiError('DEVICE_LOCKED', `${taken}; name another with --name`);
  }

  /** Keeps the name for the next server of this interface. */
  remember(name: string): void {
    this.#file.write(name);
  }

  /** Lets another process serve the interface. Idempotent. */
  close(): void {
    this.#file.close();
  }

  #namesOfOthers(): readonly string[] {
    const { base, files, folder } = this.#options;
    const bases = files.list(folder).map((name) => baseOfSocket(name.replace(/lock$/, 'sock')));
    return bases.flatMap((other) => {
      if (other === undefined || other === base) return [];
      return files.readText(serverLockPath(other, folder)) ?? [];
    });
  }
}

/** Throws `DEVICE_LOCKED` if a process serves the interface, as far as it is seen. */
export function checkNoServer(base: number, files: Files, folder = SERVE_FOLDER): void {
  const [pid] = lockersOf(serverLockPath(base, folder), files);
  if (pid !== undefined) throw served(base, pid);
}

function served(base: number, pid: number): IpmiError {
  const name = pid === 0 ? 'another process' : `pid ${pid}`;
  return new IpmiError('DEVICE_LOCKED', `${name} serves ${hex(base)}: ${stopText(pid)}`);
}
