/**
 * Boots a whole Debian 12 whose first process is systemd, and runs steps in it as root once
 * `multi-user.target` is reached. `systemctl`, `journalctl` and `systemd-analyze` work in a step.
 * Each boot begins with the same file system, whatever the one before did to it.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { packCpio } from './cpio.ts';
import type { GuestFiles } from './cpio.ts';
import { debianImage, machineImage } from './debian-image.ts';
import { systemFiles } from './debian-system.ts';
import { TIMEOUT_MS, budgetOf, checkNames, guestResult } from './guest.ts';
import type { GuestOptions, GuestResult } from './guest.ts';
import { findTool } from './host-tool.ts';
import { fetchKernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import { runMachine } from './machine.ts';
import type { MachineRun } from './machine.ts';
import { moduleFiles } from './modules.ts';
import { projectFiles } from './project.ts';
import { stepFiles } from './steps.ts';

/** Folder of the package in the guest, where one that is installed by Debian's tools would be. */
export const DEBIAN_ROOT = '/usr/lib/ipmi-bt';

/** Until the images are mounted, which have all others. */
const BOOT_MODULES = ['virtio_pci', 'virtio_blk', 'squashfs', 'overlay'];

const INIT_SCRIPT = fileURLToPath(new URL('debian-init.sh', import.meta.url));

/** Where `debian-init.sh` finds the files of a test. */
const FILES_FOLDER = '/files';

/** Neither terminals nor a first boot, at which systemd applies all presets. */
const SYSTEM_LINE = 'systemd.unit=multi-user.target systemd.getty_auto=no systemd.firstboot=no';

/** The guest ends itself so much earlier than others: it reads the journal out to the console. */
const LAST_WORDS_MS = 15_000;

/** All of Debian's kernel modules are there, so that none is asked for. */
export interface DebianOptions extends Omit<GuestOptions, 'modules'> {
  /** Debian's packages, besides those of every image (`debian-image.ts`). */
  readonly packages?: readonly string[];

  /** Units by name, such as `a.service`; a step starts or enables them. */
  readonly units?: Readonly<Record<string, string>>;
}

/** Throws, with the end of the console, if the guest does not get through all steps. */
export async function bootDebian(options: DebianOptions): Promise<GuestResult> {
  checkNames(options.steps);
  return guestResult(options.steps, await boot(options));
}

async function boot(options: DebianOptions): Promise<MachineRun> {
  const { bmc, tables = {}, processors = 1, memoryMiB = 1024, isCounted = false } = options;
  const { packages = [], append = '', timeoutMs = TIMEOUT_MS } = options;
  const kernel = await fetchKernel(options.kernelPackage);
  const disks = [await debianImage({ packages }), await machineImage(kernel)];
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-debian-'));
  try {
    const initrd = join(folder, 'initrd');
    await writeFile(initrd, packCpio(await initramfs(kernel, filesOf(options, timeoutMs))));
    const hardware = { bmc, tables, processors, memoryMiB, isCounted, disks };
    const line = `${SYSTEM_LINE} ${append}`;
    const { image } = kernel;
    return await runMachine({ image, initrd, append: line, ...hardware, folder, timeoutMs });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All that is not in an image; later ones replace those before. */
function filesOf(options: DebianOptions, timeoutMs: number): GuestFiles {
  const { steps, files = {}, units = {} } = options;
  const project = options.withoutProject === true ? {} : projectFiles(DEBIAN_ROOT);
  const unitFiles = Object.entries(units).map(([name, text]) => {
    return [`/etc/systemd/system/${name}`, Buffer.from(text)] as const;
  });
  return {
    ...project,
    ...systemFiles(budgetOf(timeoutMs - LAST_WORDS_MS)),
    ...Object.fromEntries(unitFiles),
    ...files,
    ...stepFiles(steps),
  };
}

async function initramfs(kernel: Kernel, files: GuestFiles): Promise<GuestFiles> {
  const moved = Object.entries(files).map(([path, source]) => [FILES_FOLDER + path, source]);
  return {
    '/bin/busybox': findTool('busybox'),
    '/init': INIT_SCRIPT,
    ...(await moduleFiles(kernel, BOOT_MODULES)),
    ...(Object.fromEntries(moved) as GuestFiles),
  };
}
