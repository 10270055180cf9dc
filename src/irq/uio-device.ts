/**
 * Finds the UIO device that the interrupt of an interface comes to, whichever driver made it.
 * Nothing is bound.
 */

import type { Files } from '../files.ts';
import type { BusDevice } from '../kernel/bus-device.ts';
import { findDevice } from '../kernel/port-owner.ts';
import { UIO_CLASS } from '../port/uio-line.ts';

/** Path of the UIO device of the interface whose BT_CTRL is at `base`, such as `/dev/uio0`. */
export function findUio(base: number, files: Files): string | undefined {
  const device = findDevice(base, files);
  const names = uioNames(files);
  // Every user may read the first; the second needs /proc/ioports for a platform device.
  const name =
    names.find((uio) => firstPort(uio, files) === base) ??
    names.find((uio) => device !== undefined && deviceOf(uio, files) === device.device);
  return name === undefined ? undefined : `/dev/${name}`;
}

/** Path of the UIO device that a driver made of `device`. */
export function uioOf({ device }: BusDevice, files: Files): string | undefined {
  const name = uioNames(files).find((uio) => deviceOf(uio, files) === device);
  return name === undefined ? undefined : `/dev/${name}`;
}

/** The interrupts that came since it was bound; undefined when that is not seen. */
export function uioEvents(path: string, files: Files): number | undefined {
  const text = files.readText(`${UIO_CLASS}/${path.replace(/.*\//, '')}/event`);
  return text === undefined || !/^\d+\n$/.test(text) ? undefined : Number(text);
}

function uioNames(files: Files): readonly string[] {
  return files.list(UIO_CLASS).filter((name) => /^uio\d+$/.test(name));
}

/** The first port, as our module gives it: `0xce4`. */
function firstPort(uio: string, files: Files): number | undefined {
  const text = files.readText(`${UIO_CLASS}/${uio}/portio/port0/start`) ?? '';
  return /^0x[\da-f]+\n$/.test(text) ? Number(text) : undefined;
}

function deviceOf(uio: string, files: Files): string | undefined {
  return files.linkTarget(`${UIO_CLASS}/${uio}/device`)?.replace(/.*\//, '');
}
