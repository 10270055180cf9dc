/**
 * Turns a refusal of ioperm(2) or of /dev/port into an error that names the cause and the remedy.
 * The kernel says EPERM alike for a missing capability, a seccomp filter, a user namespace and
 * Secure Boot, and "run as root" is wrong advice for all but the first.
 */

import { getSystemErrorMap } from 'node:util';

import { IpmiError, type IpmiErrorCode } from '../errors.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Files } from '../files.ts';
import type { PortRange } from './port.ts';
import { formatRange } from './range.ts';

/** The two ways to real ports. */
export type PortBackend = 'native' | 'dev-port';

/** Node and the addon throw this when a system call fails. */
export type SystemError = NodeJS.ErrnoException;

/** The attempt that failed. */
export interface Refusal {
  readonly backend: PortBackend;
  readonly range: PortRange;
  readonly cause: SystemError;
}

/** The error's code, what stands in the way, and what to do about it. */
type Diagnosis = readonly [code: IpmiErrorCode, advice: string];

/** The capability both ways need: its bit in CapEff. */
const CAP_SYS_RAWIO = 1 << 17;

/** Tells Secure Boot's lockdown, on hosts where securityfs is mounted. */
const LOCKDOWN = '/sys/kernel/security/lockdown';

/** `uid_map` where user ids are those of the host, and so are capabilities. */
const NO_USER_NAMESPACE = /^\s*0\s+0\s+4294967295\s*$/;

const USER_NAMESPACE =
  'CAP_SYS_RAWIO of a user namespace does not count: run as root outside of it';

/** The error for a refusal; `files` says why it came. */
export function denied(refusal: Refusal, files: Files): IpmiError {
  const { backend, range, cause } = refusal;
  const attempt =
    backend === 'native' ? `ioperm ${formatRange(range)}` : `open ${cause.path ?? '/dev/port'}`;
  const verdict = diagnose(refusal, files);
  if (verdict === undefined) return fileTrouble(attempt, cause) as IpmiError;
  const [code, advice] = verdict;
  return new IpmiError(code, `${attempt}: ${textOf(cause)} (${advice})`, { cause });
}

/**
 * The refusal that opening the ports would end with, as far as files tell it; undefined when they
 * speak for success, or do not say. Nothing is opened.
 */
export function foreseeDenial(
  files: Files,
  backend: PortBackend = 'native',
): IpmiError | undefined {
  const diagnosis = foresee(files, backend);
  if (diagnosis === undefined) return undefined;
  const [code, advice] = diagnosis;
  return new IpmiError(code, `the ports cannot be had: ${advice}`);
}

function foresee(files: Files, backend: PortBackend): Diagnosis | undefined {
  const status = files.readText('/proc/self/status');
  if (status === undefined || field(status, 'CapEff') === '') return undefined;
  if (!hasRawIo(status)) return ['PORT_DENIED', missingCapability(backend, status, files)];
  const lockdown = lockdownMode(files);
  if (lockdown !== undefined && lockdown !== 'none') return lockedDown(lockdown);
  if (isUserNamespace(files)) return ['PORT_DENIED', USER_NAMESPACE];
  return undefined;
}

/** The mode of lockdown, such as `none`; undefined where securityfs is not mounted. */
export function lockdownMode(files: Files): string | undefined {
  return /\[(\w+)\]/.exec(files.readText(LOCKDOWN) ?? '')?.[1];
}

/** Undefined for an errno that is about files, and not about ports. */
function diagnose(refusal: Refusal, files: Files): Diagnosis | undefined {
  switch (refusal.cause.code ?? '') {
    case 'EPERM':
    case 'EACCES':
      return diagnoseRefusal(refusal, files);
    case 'ENOSYS':
      return ['PORT_UNSUPPORTED', 'the kernel has no ioperm; use the port type dev-port'];
    case 'ENOENT':
    case 'ENXIO':
    case 'ENODEV':
      return ['PORT_UNSUPPORTED', missingFile(files)];
  }
  return undefined;
}

// The order matters: each line rules out what the next ones take for granted.
function diagnoseRefusal({ backend, cause }: Refusal, files: Files): Diagnosis {
  const status = files.readText('/proc/self/status') ?? '';
  if (!hasRawIo(status)) return ['PORT_DENIED', missingCapability(backend, status, files)];
  // Lockdown, seccomp and namespaces say EPERM.
  if (cause.code === 'EACCES') {
    const isRoot = field(status, 'Uid') === '0';
    const text = 'file permissions or a security module forbid it';
    return ['PORT_DENIED', isRoot ? text : `${text}: run as root`];
  }

  const lockdown = lockdownMode(files);
  if (lockdown !== undefined && lockdown !== 'none') return lockedDown(lockdown);
  if (field(status, 'Seccomp') === '2') return ['PORT_DENIED', seccompFilter(lockdown)];
  if (isUserNamespace(files)) return ['PORT_DENIED', USER_NAMESPACE];
  if (backend === 'dev-port' && isContainer(files)) {
    return ['PORT_DENIED', 'start the container with --device /dev/port'];
  }
  if (lockdown === 'none') {
    return ['PORT_DENIED', 'a security module forbids it, such as SELinux or AppArmor'];
  }
  const look = `mount -t securityfs securityfs /sys/kernel/security; cat ${LOCKDOWN}`;
  return ['PORT_LOCKED_DOWN', `most likely lockdown by Secure Boot; to see: ${look}`];
}

function lockedDown(mode: string): Diagnosis {
  const cause = `kernel lockdown "${mode}", which comes with Secure Boot, forbids port I/O`;
  const remedy = 'turn Secure Boot off, boot without lockdown=, or use the ipmi_si driver';
  return ['PORT_LOCKED_DOWN', `${cause}: ${remedy}`];
}

function seccompFilter(lockdown: string | undefined): string {
  const remedy =
    'in a container use --security-opt seccomp=unconfined, in a systemd unit allow @raw-io';
  const doubt =
    lockdown === undefined ? ', or lockdown of the host, which cannot be seen from here' : '';
  return `a seccomp filter forbids it${doubt}: ${remedy}`;
}

function missingCapability(backend: PortBackend, status: string, files: Files): string {
  const device = backend === 'dev-port' ? ' --device /dev/port' : '';
  const isRoot = field(status, 'Uid') === '0';
  if (isContainer(files)) {
    const start = `start it as root with --cap-add SYS_RAWIO${device}`;
    return `this container has no CAP_SYS_RAWIO: ${start}`;
  }
  if (!isRoot) return 'needs root or CAP_SYS_RAWIO: run it with sudo';
  const unit = 'a systemd unit needs it in CapabilityBoundingSet= and PrivateDevices=no';
  return `root without CAP_SYS_RAWIO: a container needs --cap-add SYS_RAWIO${device}, ${unit}`;
}

function missingFile(files: Files): string {
  if (isContainer(files)) {
    return 'start the container with --device /dev/port --cap-add SYS_RAWIO';
  }
  return 'this kernel has no /dev/port; the port type native needs none';
}

// The mask has 64 bits; a number's bitwise AND sees the lower 32.
function hasRawIo(status: string): boolean {
  const lower = Number.parseInt(field(status, 'CapEff').slice(-8), 16);
  return (lower & CAP_SYS_RAWIO) !== 0;
}

function isContainer(files: Files): boolean {
  return files.exists('/.dockerenv') || files.exists('/run/.containerenv');
}

function isUserNamespace(files: Files): boolean {
  const map = files.readText('/proc/self/uid_map');
  return map !== undefined && !NO_USER_NAMESPACE.test(map);
}

// First word of a line of /proc/self/status, such as `Seccomp:	2`; empty when there is none.
function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(\\w+)`, 'm').exec(status)?.[1] ?? '';
}

// `Operation not permitted`, as strerror(3) has it. Node's errno is negative, the addon's is not.
function textOf(cause: SystemError): string {
  const [, text] = getSystemErrorMap().get(-Math.abs(cause.errno ?? 0)) ?? [];
  return text === undefined ? cause.message : text.charAt(0).toUpperCase() + text.slice(1);
}
