/** The version and the time of the packages that are made. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './paths.ts';
import { runTool } from './tool.ts';

/** The name and version in the manifest of the package of npm. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Where faults are reported, as npm has it; a release has it. */
  readonly bugs?: unknown;
}

/** The version that is made, and its time. */
export interface Release extends Manifest {
  /** Second since 1970 that all files have and all dates name. */
  readonly epochS: number;
}

/** A domain that is no one's (RFC 2606), until the packages are published from one. */
const UNKNOWN_ADDRESS = 'ipmi-bt@packages.example';

/** A number of seconds, as SOURCE_DATE_EPOCH must be. */
const SECONDS = /^\d+$/;

/**
 * The release that the project stands at. Its time is SOURCE_DATE_EPOCH, or else that of the last
 * commit, so that the same sources make the same packages.
 */
export function releaseOf(given = process.env['SOURCE_DATE_EPOCH']): Release {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  const { name, version, description, bugs } = JSON.parse(text) as Manifest;
  const epoch = given ?? runTool('git', ['log', '-1', '--format=%ct']).trim();
  if (!SECONDS.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH is no number: ${epoch}`);
  return { name, version, description, bugs, epochS: Number(epoch) };
}

/** A version of npm as dpkg and rpm order it: `1.0.0-rc.1` is before `1.0.0`. */
export function packageVersion(version: string): string {
  return version.replace('-', '~').replaceAll('-', '.');
}

/** Named by DEBFULLNAME and DEBEMAIL, as for all of Debian's tools. */
export function packager(env = process.env): string {
  const { DEBFULLNAME: name = 'ipmi-bt packagers', DEBEMAIL: address = UNKNOWN_ADDRESS } = env;
  return `${name} <${address}>`;
}
