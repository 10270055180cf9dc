/**
 * The device file of a CUSE device, /dev/NAME: what stands in the way of it, whether the kernel has
 * made it, and its mode and owner. The kernel makes and removes it together with the device.
 */

import { IpmiError } from '../../errors.ts';
import { fileTrouble, isRoot } from '../../file-trouble.ts';
import type { Files, System } from '../../files.ts';
import { hasModule } from '../../kernel/module.ts';
import { lockdownMode } from '../../port/denied.ts';
import type { Owner } from '../../whole-file.ts';
import { CUSE_PATH } from './channel.ts';

/** Devices of CUSE, and those of the kernel's IPMI driver. */
const CUSE_CLASS = '/sys/class/cuse';
const IPMI_CLASS = '/sys/class/ipmi';

/** A file in /dev, or in one folder there. */
const NAME = /^(?:[a-zA-Z0-9][\w.-]{0,30}\/)?[a-zA-Z0-9][\w.-]{0,30}$/;

/** Folder of /sys that describes the CUSE device `name`. */
export function describingFolder(name: string): string {
  return `${CUSE_CLASS}/${name.replace('/', '!')}`;
}

/** True when the kernel can make a device of that name. */
export function isDeviceName(name: string): boolean {
  return NAME.test(name);
}

/** Throws a `RangeError` unless the kernel can make a device of that name. */
export function checkName(name: string): void {
  if (isDeviceName(name)) return;
  const shown = JSON.stringify(name.slice(0, 40));
  throw new RangeError(`the device file must have a name such as ipmi0 or ipmidev/0, not ${shown}`);
}

/** Throws when the name is another's, or when there is no /dev/cuse. */
export function checkBefore(name: string, files: Files): void {
  const path = `/dev/${name}`;
  if (files.exists(`${IPMI_CLASS}/${name}`)) {
    const text = `the kernel's driver ipmi_devintf has ${path}`;
    const remedy = 'run `modprobe -r ipmi_devintf`, or serve another name, such as ipmidev/0';
    throw new IpmiError('PORT_CLAIMED', `${text}: ${remedy}`);
  }
  if (files.exists(describingFolder(name))) {
    const text = `another process serves ${path}`;
    throw new IpmiError('DEVICE_LOCKED', `${text}: end it (\`fuser -v ${CUSE_PATH}\` names it)`);
  }
  if (files.stat(path) !== undefined) {
    const text = `${path} exists, and no driver has made it`;
    throw new IpmiError('PORT_DENIED', `${text}: remove it, or serve another name`);
  }
  checkPresent(files);
}

/** Throws when there is no /dev/cuse. */
export function checkPresent(files: Files): void {
  if (!files.exists(CUSE_PATH)) throw absent(files);
}

/** The error for /dev/cuse when it cannot be opened. */
export function openTrouble(cause: unknown, files: Files): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO') return absent(files);
  if (code !== 'EACCES' && code !== 'EPERM') return fileTrouble('CUSE cannot be used', cause);
  const remedy = isRoot()
    ? 'a container needs --device /dev/cuse, a systemd unit DeviceAllow=/dev/cuse rw'
    : 'run as root';
  return new IpmiError('PORT_DENIED', `CUSE cannot be used: ${message} (${remedy})`, { cause });
}

/** Throws unless /dev/NAME is the device that the kernel has just made. */
export function checkMade(name: string, files: System): void {
  const path = `/dev/${name}`;
  const made = files.readText(`${describingFolder(name)}/dev`)?.trim();
  if (made === undefined) {
    const text = `the kernel did not make the device ${name}`;
    const remedy = 'its log may say why (dmesg); /sys must be mounted';
    throw new IpmiError(
      'DEVICE_LOCKED',
      `${text}: ${describingFolder(name)} is absent (${remedy})`,
    );
  }
  const found = files.deviceNumber(path);
  if (found === made) return;
  const text = `${path} is not the device ${made} that the kernel has made`;
  if (found !== undefined) {
    const remedy = 'end the driver that has it, or serve another name';
    throw new IpmiError('DEVICE_LOCKED', `${text}, but ${found}: ${remedy}`);
  }
  const remedy = 'serve on the host, where /dev is a devtmpfs, and not in a container';
  throw new IpmiError('PORT_UNSUPPORTED', `${text}, which is not in /dev: ${remedy}`);
}

/** Gives the device file its owner and mode. */
export function giveAccess(name: string, access: Owner, system: System): void {
  const path = `/dev/${name}`;
  try {
    system.setAccess(path, access);
  } catch (cause) {
    const { uid, gid, mode } = access;
    const wanted = `owner ${uid}:${gid} and mode ${mode.toString(8)}`;
    const text = `${path} cannot be given ${wanted}: ${(cause as Error).message}`;
    const remedy = 'it needs CAP_CHOWN and CAP_FOWNER, and a /dev that can be written';
    throw new IpmiError('PORT_DENIED', `${text} (${remedy})`, { cause });
  }
}

function absent(files: Files): IpmiError {
  if (files.exists('/sys/class/misc/cuse')) {
    const remedy = 'a container needs --device /dev/cuse, a systemd unit DeviceAllow=/dev/cuse rw';
    return new IpmiError('PORT_UNSUPPORTED', `CUSE is loaded, and ${CUSE_PATH} absent: ${remedy}`);
  }
  const text = `there is no ${CUSE_PATH}`;
  if (!hasModule('cuse', files)) {
    const remedy = 'install the package of modules of the running kernel (CONFIG_CUSE)';
    const other = "or use the other sockets of the server, such as ipmitool's dummy";
    return new IpmiError('PORT_UNSUPPORTED', `${text}, and no module cuse: ${remedy}, ${other}`);
  }
  const lockdown = lockdownMode(files);
  const isLocked = lockdown !== undefined && lockdown !== 'none';
  const doubt = isLocked ? ` (lockdown "${lockdown}" loads it only if it is signed)` : '';
  return new IpmiError('PORT_UNSUPPORTED', `${text}: run \`modprobe cuse\`${doubt}`);
}
