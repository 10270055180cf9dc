/**
 * Makes the two images a Debian guest is booted from, and keeps them in the cache: Debian's
 * packages, and what comes from this machine, node and the kernel's modules. All guests share them
 * read-only. An image depends on nothing of a test, so that few are made.
 */

import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { lockedCached } from './cache-lock.ts';
import { pipeTools, runTool } from './host-tool.ts';
import { fingerprint } from './initramfs.ts';
import type { Kernel } from './kernel.ts';

/** Raised when images are made in another way. */
const VERSION = 1;

const SUITE = 'bookworm';

/** In each image, besides Debian's essential packages; node needs libstdc++6. */
const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'dbus', 'udev', 'kmod', 'procps', 'ipmitool', 'libstdc++6'],
  // Or usrmerge is taken, and with it all of Perl.
  'usr-is-merged',
];

/** Nothing reads them in a guest, and they are half of what is unpacked. */
const LEFT_OUT = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*'];

/** Of a simple kind, because an emulated processor unpacks it. */
const SQUASHFS = ['-comp', 'lz4', '-quiet', '-no-progress'];

const IMAGE = 'image.squashfs';

/** Path of an image of Debian 12 with systemd and `packages`, which is made once. */
export async function debianImage({ packages = [] as readonly string[] } = {}): Promise<string> {
  const names = [...new Set([...PACKAGES, ...packages])].sort();
  const hash = createHash('sha256').update(JSON.stringify([VERSION, SUITE, LEFT_OUT, names]));
  const entry = `debian-${hash.digest('hex').slice(0, 16)}`;
  return join(await lockedCached(entry, (draft) => bootstrap(draft, names)), IMAGE);
}

/** Path of an image with this machine's node and the modules of `kernel`. */
export async function machineImage(kernel: Kernel): Promise<string> {
  const node = { '/usr/bin/node': process.execPath };
  const entry = `machine-${VERSION}-${kernel.release}-${fingerprint(node)}`;
  return join(await lockedCached(entry, (draft) => packMachine(draft, kernel)), IMAGE);
}

async function bootstrap(draft: string, names: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('a Debian guest is made by mmdebstrap as root: run this test as root');
  }
  const options = [
    ...['--mode=root', '--variant=essential', '--format=tar', `--include=${names.join(',')}`],
    ...['--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr'],
    // It is thrown away if the machine fails meanwhile.
    '--dpkgopt=force-unsafe-io',
    ...LEFT_OUT.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
  ];
  try {
    await pipeTools(
      ['mmdebstrap', [...options, SUITE, '-']],
      ['sqfstar', [...SQUASHFS, join(draft, IMAGE)]],
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = 'this needs the packages of Debian 12 and, once, network to deb.debian.org';
    throw new Error(`no Debian for the guest: ${reason}\n(${advice})`, { cause });
  }
}

async function packMachine(draft: string, kernel: Kernel): Promise<void> {
  const tree = join(draft, 'tree');
  const modules = join(tree, 'usr/lib/modules', kernel.release);
  const node = join(tree, 'usr/bin/node');
  await mkdir(dirname(modules), { recursive: true });
  await mkdir(dirname(node), { recursive: true });
  // Links, because it is 400 MB.
  await runTool('cp', ['-al', kernel.modulesDir, modules]);
  await runTool('cp', [process.execPath, node]);
  await runTool('mksquashfs', [tree, join(draft, IMAGE), ...SQUASHFS, '-all-root']);
  await runTool('rm', ['-r', tree]);
}
