/**
 * flock(2) of an open file: by the addon, or where there is none by util-linux's flock, which gets
 * the descriptor. The lock belongs to the open file, which both processes then have, so
 * that it outlives the child and ends with us: however we end, the kernel frees it.
 */

import nodeModule from 'node:module';

import { IpmiError } from '../errors.ts';
import type { NativeLoad, NativeLocks } from '../native.ts';

type Missing = Extract<NativeLoad, { readonly kind: 'missing' }>;

/** Exit code of flock(1) when another process has the lock. */
const LOCKED = 1;

/** Node's own modules are the same for every file, and a bundler may leave no `import.meta.url`. */
const ANY_FILE = '/';

/** The descriptor's number in the child. */
const CHILD_FD = '3';

/** The addon's way, or the other one: some milliseconds a call, during which nothing else runs. */
export function flockOf(load: NativeLoad): NativeLocks {
  switch (load.kind) {
    case 'loaded':
      return load.locks;
    case 'missing':
      return {
        tryLock: (fd) => run(['-x', '-n', CHILD_FD], fd, load) === 0,
        tryShare: (fd) => run(['-s', '-n', CHILD_FD], fd, load) === 0,
        unlock: (fd) => {
          run(['-u', CHILD_FD], fd, load);
        },
      };
  }
}

function run(args: readonly string[], fd: number, addon: Missing): number {
  // Loaded when needed, which is rarely, because it is most of what a short process would load.
  const require = nodeModule.createRequire(ANY_FILE);
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const child = spawnSync('flock', args, { stdio: ['ignore', 'ignore', 'pipe', fd] });
  if (child.status === 0 || child.status === LOCKED) return child.status;
  // Too many processes or open files: another way is no way out.
  if (child.error !== undefined && !isMissing(child.error)) throw child.error;

  const said = String(child.stderr).trimEnd();
  const cause = child.error ?? new Error(`flock ${args.join(' ')}: ${said}`);
  const lack = `the native addon cannot be loaded: ${addon.reason}; flock of util-linux: ${cause.message}`;
  const remedy = `${addon.remedy}, or install util-linux`;
  throw new IpmiError('PORT_UNSUPPORTED', `no way to lock the interface: ${lack} (${remedy})`, {
    cause,
  });
}

function isMissing(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOENT' || error.code === 'EACCES';
}
