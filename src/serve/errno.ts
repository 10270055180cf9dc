/** The errno of Linux that the served device answers with, the same on every architecture. */

export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EAGAIN: 11,
  ENOMEM: 12,
  EBUSY: 16,
  ENODEV: 19,
  EINVAL: 22,
  ENOTTY: 25,
  EMSGSIZE: 90,
  EAFNOSUPPORT: 97,
} as const;
