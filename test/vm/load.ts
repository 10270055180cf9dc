/**
 * How much a guest has to do. What CI runs is enough to show each promise once, of machines that
 * are alike in turn; with `IPMI_BT_LOAD=whole` the same tests have all machines, and many more
 * clients, requests and rounds: `npm run test:vm-whole`, before a release.
 */

import { commitSeed } from '../support/commit-seed.ts';

/** True when the guests have all the time that they need. */
export const IS_WHOLE = process.env['IPMI_BT_LOAD'] === 'whole';

/** As many as there are, when that was asked for, and else so few. */
export function load(whole: number, few: number): number {
  return IS_WHOLE ? whole : few;
}

/** All of them, when that was asked for, and else the one whose turn it is with this commit. */
export function inTurn<T>(all: readonly T[]): readonly T[] {
  const turn = commitSeed() % all.length;
  return IS_WHOLE ? all : all.slice(turn, turn + 1);
}
