/**
 * A root folder with Debian 12 and no more than apt needs: no compiler, no Node. Commands run in it
 * with processes and mounts of their own, and without a network. The folder is unpacked out of an
 * archive that is made once.
 */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lockedCached } from './cache-lock.ts';
import { findTool, runTool } from './host-tool.ts';

/** Raised when the archive is made in another way. */
const VERSION = 1;

const SUITE = 'bookworm';
const ARCHIVE = 'root.tar';

/** A chroot that ends with its first process, and sees none of the host's. */
const ISOLATED = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Nothing of the caller's: neither its PATH, nor its language, nor switches of Node. */
const ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** Some output of apt or dpkg. */
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/** How a command in the root ended, and what it printed. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A root folder, which must be removed in the end. */
export class CleanRoot {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A folder with nothing in it. */
  static async empty(): Promise<CleanRoot> {
    return new CleanRoot(await mkdtemp(join(tmpdir(), 'ipmi-bt-root-')));
  }

  /** Debian 12, with apt. */
  static async debian(): Promise<CleanRoot> {
    const entry = await lockedCached(`root-${SUITE}-${VERSION}`, bootstrap);
    const root = await CleanRoot.empty();
    await runTool('tar', ['-xpf', join(entry, ARCHIVE), '--numeric-owner'], root.folder);
    return root;
  }

  /** Copies a file of the host into the root. */
  async add(file: string, path: string): Promise<void> {
    await runTool('cp', ['-L', file, join(this.folder, path)]);
  }

  /** Runs a command line by the root's own shell. */
  async shell(line: string): Promise<Outcome> {
    return await this.run('/bin/sh', ['-c', line]);
  }

  /** Runs a program of the root, which may have no shell. */
  async run(program: string, args: readonly string[] = []): Promise<Outcome> {
    const all = [...ISOLATED, `--root=${this.folder}`, program, ...args];
    const options = { env: ENVIRONMENT, maxBuffer: OUTPUT_BYTES_MAX };
    return await new Promise((resolve) => {
      execFile(findTool('unshare'), all, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        resolve({ exitCode: typeof code === 'number' ? code : NaN, stdout, stderr });
      });
    });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function bootstrap(draft: string): Promise<void> {
  const options = [
    ...['--mode=root', '--variant=minbase', '--include=usr-is-merged'],
    ...['--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr', '--dpkgopt=force-unsafe-io'],
  ];
  await runTool('mmdebstrap', [...options, SUITE, join(draft, ARCHIVE)]);
}
