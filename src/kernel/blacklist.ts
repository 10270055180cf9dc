/**
 * Keeps `ipmi_si` from being loaded at the next boot: a file for modprobe, which is ours when it
 * begins with our line. A file that is not ours is never overwritten or removed.
 */

import type { System } from '../files.ts';

/** modprobe reads it, and a minimal installation may not have it. */
const MODPROBE_FOLDER = '/etc/modprobe.d';

export const MODPROBE_FILE = `${MODPROBE_FOLDER}/ipmi-bt.conf`;

/** Like its neighbours there, every user may read it. */
const FILE_MODE = 0o644;

const FIRST_LINE = '# Written by "ipmi-bt claim --persistent".';

/** `blacklist` stops udev, which loads by alias; `install` stops programs that load it by name. */
const TEXT = `${FIRST_LINE}
# Keeps the kernel's driver ipmi_si off all IPMI interfaces, so that ipmi-bt can use one.
# To undo: ipmi-bt release --persistent, or remove this file; then modprobe ipmi_si.
blacklist ipmi_si
install ipmi_si /bin/false
`;

/** True when the file is there; throws when it is there and not ours. */
export function isPersistent(system: System): boolean {
  if (!system.exists(MODPROBE_FILE)) return false;
  if (system.readText(MODPROBE_FILE)?.startsWith(`${FIRST_LINE}\n`) === true) return true;
  throw new Error(`${MODPROBE_FILE} was not written by ipmi-bt: move it out of the way`);
}

/**
 * Writes the file, and its folder if there is none; returns what undoes that. Throws when there is
 * one that is not ours, or what the system says, and has changed nothing then.
 */
export function makePersistent(system: System): () => void {
  const isThere = isPersistent(system);
  system.makeFolder(MODPROBE_FOLDER);
  system.replace(MODPROBE_FILE, TEXT, FILE_MODE);
  return () => {
    if (!isThere) system.remove(MODPROBE_FILE);
  };
}

/** Removes the file, if it is there; throws as above. */
export function endPersistent(system: System): boolean {
  if (!isPersistent(system)) return false;
  system.remove(MODPROBE_FILE);
  return true;
}
