/** A seed that changes with every commit, so that CI looks somewhere new each time. */

import { execFileSync } from 'node:child_process';

import { ROOT } from './source-code.ts';

/** In an unpacked archive there is no commit. */
const WITHOUT_GIT = 0x5eed;

export function commitSeed(): number {
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return parseInt(commit.slice(0, 8), 16);
  } catch {
    return WITHOUT_GIT;
  }
}
