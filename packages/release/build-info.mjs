/** Facts of the build that the program tells: the same at every build of the same sources. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

const isClone = existsSync(new URL('../../.git', import.meta.url));

/** The answer of git about the sources; empty where they are not those of a clone. */
function git(...args) {
  if (!isClone) return '';
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { encoding: 'utf8', stdio }).trim();
  } catch {
    return '';
  }
}

function givenDate() {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return epoch === undefined ? '' : new Date(Number(epoch) * 1000).toISOString().slice(0, 10);
}

/** The commit, with `-dirty` where files differ from it. */
const COMMIT = git('describe', '--always', '--dirty', '--abbrev=12', '--exclude=*');

/** The day of the commit, unless `SOURCE_DATE_EPOCH` says otherwise; empty where it is not known. */
export const DATE = givenDate() || git('log', '-1', '--format=%cs');

/** Names in the sources, and what a bundle has in their place. */
export const BUILD = {
  IPMI_BT_VERSION: JSON.stringify(version),
  IPMI_BT_COMMIT: JSON.stringify(COMMIT),
  IPMI_BT_DATE: JSON.stringify(DATE),
};
