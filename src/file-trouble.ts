/**
 * The meaning of a system call on a file that failed, for a caller: an error code, and a remedy. A
 * host on which a file cannot be had is no bug of this library, whatever the reason is.
 */

import { IpmiError } from './errors.ts';
import type { IpmiErrorCode } from './errors.ts';

/** Node and the addon throw this when a system call fails. */
type SystemError = NodeJS.ErrnoException;

/** Names of errno; Node's own codes begin with ERR_. */
const ERRNO = /^E[A-Z\d]+$/;

/** The code, and the remedy. */
type Verdict = readonly [code: IpmiErrorCode, remedy: string];

const NOT_OURS: Verdict = [
  'PORT_DENIED',
  'something that ipmi-bt did not make is in the way: remove the path',
];
const FULL: Verdict = ['DEVICE_LOCKED', 'free space or inodes there: see df and df -i'];
const LATER: Verdict = ['DEVICE_LOCKED', 'try again; the log of the kernel may say more (dmesg)'];

/** By errno. All others are {@link LATER}. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  EROFS: ['PORT_DENIED', 'the file system is read-only: mount it to be written, or a tmpfs there'],
  ENOENT: ['PORT_DENIED', 'a folder of the path is missing: make it'],
  ELOOP: NOT_OURS,
  EISDIR: NOT_OURS,
  ENOTDIR: NOT_OURS,
  EEXIST: NOT_OURS,
  ENXIO: NOT_OURS,
  ENODEV: NOT_OURS,
  EINVAL: NOT_OURS,
  ENOTSUP: NOT_OURS,
  ENAMETOOLONG: ['PORT_DENIED', 'the path is too long for the file system'],
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  EMFILE: ['DEVICE_LOCKED', 'this process has too many open files: close some, or raise ulimit -n'],
  ENFILE: ['DEVICE_LOCKED', 'the host has too many open files: raise fs.file-max'],
};

/** True when a call failed for a lack of permission, which trying again does not change. */
export function isDenied(cause: unknown): boolean {
  const { code } = cause as SystemError;
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
}

/** True when the process may do what root may, as far as the user decides that. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** The remedy for a lack of permission; "run as root" is no help to root. */
export function permissionRemedy(): string {
  if (!isRoot()) return 'run as root';
  return 'a container or a security module keeps root from it';
}

/**
 * The error of a system call that failed: `what` could not be done, such as "the interface cannot
 * be locked with PATH". `PORT_DENIED` where the same call fails again, `DEVICE_LOCKED` where it may
 * succeed. Anything that no system call has thrown is returned as it is.
 */
export function fileTrouble(what: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !ERRNO.test((cause as SystemError).code ?? '')) return cause;
  const [code, remedy] = verdictOf(cause);
  return new IpmiError(code, `${what}: ${cause.message} (${remedy})`, { cause });
}

function verdictOf(cause: SystemError): Verdict {
  const { code = '' } = cause;
  if (code === 'EACCES' || code === 'EPERM') return ['PORT_DENIED', permissionRemedy()];
  return VERDICTS[code] ?? LATER;
}
