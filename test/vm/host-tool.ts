/**
 * Finds and runs the programs of this machine that the guest is made with. A machine that lacks
 * one is told the Debian package to install, because that is what the reader wants to know.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { programPath } from '../support/program-path.ts';

/** Each program, and the Debian package it is in. */
const PACKAGES = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  'bmc-info': 'freeipmi-tools',
  busybox: 'busybox-static',
  depmod: 'kmod',
  'dpkg-deb': 'dpkg',
  flock: 'util-linux',
  gcc: 'gcc and libc6-dev',
  'ipmi-chassis': 'freeipmi-tools',
  'ipmi-dcmi': 'freeipmi-tools',
  'ipmi-fru': 'freeipmi-tools',
  'ipmi-sel': 'freeipmi-tools',
  'ipmi-sensors': 'freeipmi-tools',
  ipmi_sim: 'openipmi',
  ipmitool: 'ipmitool',
  ldd: 'libc-bin',
  make: 'make',
  'qemu-system-x86_64': 'qemu-system-x86',
  sdrcomp: 'openipmi',
  setpriv: 'util-linux',
  xz: 'xz-utils',
} as const;

/** Where `depmod` is; not in the PATH of an ordinary user. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

/** An unpacked kernel, the largest output, has some 70 MB. */
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

const execFileAsync = promisify(execFile);

export type HostTool = keyof typeof PACKAGES;

/** Path of `tool`; throws, naming the package, where it is not installed. */
export function findTool(tool: HostTool): string {
  const path = programPath(tool, SYSTEM_FOLDERS);
  if (path === undefined) {
    throw new Error(`${tool} is not installed: on Debian, install ${PACKAGES[tool]}`);
  }
  return path;
}

/** Runs `tool` to its end and gives what it printed; throws with its last words if it fails. */
export async function runTool(
  tool: HostTool,
  args: readonly string[],
  cwd?: string,
): Promise<Buffer> {
  const options = { cwd, env: { ...process.env, LC_ALL: 'C' }, maxBuffer: OUTPUT_BYTES_MAX };
  const path = findTool(tool);
  try {
    const { stdout } = await execFileAsync(path, args, { ...options, encoding: 'buffer' });
    return stdout;
  } catch (cause) {
    const stderr = (cause as { stderr?: Buffer }).stderr?.toString().trim() ?? String(cause);
    throw new Error(`'${[tool, ...args].join(' ')}' failed: ${stderr}`, { cause });
  }
}
