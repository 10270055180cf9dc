/**
 * Finds and runs the programs of this machine that the guest is made with. A machine that lacks
 * one is told the Debian package to install, because that is what the reader wants to know.
 */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { programPath } from '../support/program-path.ts';

/** Each program, and the Debian package it is in. */
const PACKAGES = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  'bmc-device': 'freeipmi-tools',
  'bmc-info': 'freeipmi-tools',
  busybox: 'busybox-static',
  cp: 'coreutils',
  depmod: 'kmod',
  'dpkg-deb': 'dpkg',
  flock: 'util-linux',
  gcc: 'gcc and libc6-dev',
  'ipmi-chassis': 'freeipmi-tools',
  'ipmi-config': 'freeipmi-tools',
  'ipmi-dcmi': 'freeipmi-tools',
  'ipmi-fru': 'freeipmi-tools',
  'ipmi-raw': 'freeipmi-tools',
  'ipmi-sel': 'freeipmi-tools',
  'ipmi-sensors': 'freeipmi-tools',
  ipmi_sim: 'openipmi',
  ipmicmd: 'openipmi',
  ipmimonitoring: 'freeipmi-tools',
  ipmitool: 'ipmitool',
  ldd: 'libc-bin',
  lintian: 'lintian',
  make: 'make',
  mksquashfs: 'squashfs-tools',
  mmdebstrap: 'mmdebstrap',
  objdump: 'binutils',
  'qemu-system-x86_64': 'qemu-system-x86',
  rm: 'coreutils',
  rpm: 'rpm',
  sdrcomp: 'openipmi',
  setpriv: 'util-linux',
  sqfstar: 'squashfs-tools',
  tar: 'tar',
  unshare: 'util-linux',
  xz: 'xz-utils',
} as const;

/** Where `depmod` is; not in the PATH of an ordinary user. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

/** An unpacked kernel, the largest output, has some 70 MB. */
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/** As many of what a tool that fails said last as hold its reason. */
const LAST_LINES = 12;

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

/** A tool and its arguments. */
export type ToolCall = readonly [tool: HostTool, args: readonly string[]];

/** Runs `from` into `to` until both have ended; throws with the last words of one that fails. */
export async function pipeTools(from: ToolCall, to: ToolCall): Promise<void> {
  const source = spawn(findTool(from[0]), from[1], { stdio: ['ignore', 'pipe', 'pipe'] });
  const target = spawn(findTool(to[0]), to[1], { stdio: [source.stdout, 'ignore', 'pipe'] });
  // The target's alone, or the source would not notice that it has ended.
  source.stdout.destroy();
  const children = [source, target];
  const [sourceWords, targetWords] = await Promise.all(
    children.map(async (child) => {
      const [words] = await Promise.all([text(child.stderr), once(child, 'close')]);
      return words.trim().split('\n').slice(-LAST_LINES).join('\n');
    }),
  );
  if (source.exitCode !== 0) throw new Error(`${from[0]} failed: ${sourceWords}`);
  if (target.exitCode !== 0) throw new Error(`${to[0]} failed: ${targetWords}`);
}
