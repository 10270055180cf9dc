/**
 * Modules of the running kernel: looked up in the list that modprobe uses, and loaded.
 */

import nodeModule from 'node:module';

import { IpmiError } from '../errors.ts';
import type { Files } from '../files.ts';
import { driverPath } from './bus-device.ts';
import type { BusDevice } from './bus-device.ts';

/** Node's own modules are the same for every file, and a bundler may leave no `import.meta.url`. */
const ANY_FILE = '/';

/** Loads a module with its parameters, such as `spacing=4`. */
export type LoadModule = (name: string, ...parameters: readonly string[]) => void;

/** True when a driver is loaded, or part of the kernel. */
export function isLoaded(bus: BusDevice['bus'], driver: string, files: Files): boolean {
  return files.exists(driverPath({ bus, driver }));
}

/** True when there is such a module for the running kernel. */
export function hasModule(name: string, files: Files): boolean {
  const index = files.readText(`/lib/modules/${kernelRelease(files)}/modules.dep`) ?? '';
  return new RegExp(`(^|/)${name}\\.ko[.\\w]*:`, 'm').test(index);
}

/** As `uname -r` prints it. */
export function kernelRelease(files: Files): string {
  return files.readText('/proc/sys/kernel/osrelease')?.trimEnd() ?? 'unknown';
}

/** Runs modprobe, which takes some milliseconds, and nothing else happens meanwhile. */
export const modprobe: LoadModule = (name, ...parameters) => {
  // Loaded when needed: no other command has a use for it.
  const require = nodeModule.createRequire(ANY_FILE);
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const child = spawnSync('modprobe', [name, ...parameters], { encoding: 'utf8' });
  if (child.status === 0) return;
  const reason = child.error?.message ?? child.stderr.trim();
  throw new IpmiError('PORT_UNSUPPORTED', `the module ${name} could not be loaded: ${reason}`);
};
