/**
 * Gets the Node that the standalone packages bring along: the official one, as npm's registry has
 * it, in the version and with the checksum of `node-release.json`. It is downloaded once.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { CACHE_FOLDER, ROOT } from './paths.ts';
import { runTool } from './tool.ts';

/** A release of Node for linux-x64. */
export interface NodeRelease {
  /** Name of the package in npm's registry. */
  readonly package: string;
  readonly version: string;
  /** Checksum of the package's tarball, as npm writes it. */
  readonly integrity: string;
}

/** Files of a release in the cache. */
export interface NodeFiles {
  readonly version: string;
  readonly program: string;
  readonly license: string;
}

/** The release that the standalone packages are made with. */
export const NODE_RELEASE = JSON.parse(
  readFileSync(join(ROOT, 'packages/release/node-release.json'), 'utf8'),
) as NodeRelease;

/** The files of `release`; throws if what the registry has is not what the checksum says. */
export function fetchNode(release = NODE_RELEASE): NodeFiles {
  const { version } = release;
  const folder = join(CACHE_FOLDER, `node-${version}`);
  if (!existsSync(folder)) download(release, folder);
  return { version, program: join(folder, 'bin/node'), license: join(folder, 'LICENSE') };
}

/** In a folder of its own first, so that one cut short leaves nothing behind. */
function download(release: NodeRelease, folder: string): void {
  mkdirSync(CACHE_FOLDER, { recursive: true });
  const draft = mkdtempSync(join(CACHE_FOLDER, 'draft-'));
  try {
    const { package: name, version } = release;
    const packed = runTool('npm', ['pack', `${name}@${version}`, '--json'], { cwd: draft });
    const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
    const tarball = join(draft, filename);
    checkIntegrity(readFileSync(tarball), release);
    const wanted = ['package/bin/node', 'package/LICENSE'];
    runTool('tar', ['-xzf', tarball, '--strip-components=1', ...wanted], { cwd: draft });
    rmSync(tarball);
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Throws unless `tarball` is the one of `release`. */
export function checkIntegrity(tarball: Uint8Array, release: NodeRelease): void {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  if (integrity === release.integrity) return;
  const { package: name, version } = release;
  throw new Error(`${name}@${version} has ${integrity}, not ${release.integrity}`);
}
