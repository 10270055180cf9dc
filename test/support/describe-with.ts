/**
 * `describe` for tests that need a program. Where it is not installed they are skipped, and the
 * report says why; in CI they run and fail, since a skipped suite there would be taken for a passed
 * one.
 */

import { describe, test } from 'vitest';

import { programPath } from './program-path.ts';

const isCi = (process.env['CI'] ?? '') !== '';

/** Describes tests that need a program of that name. */
export function describeWith(program: string, name: string, body: () => void): void {
  if (isCi || programPath(program) !== undefined) {
    describe(name, body);
    return;
  }
  describe(name, () => {
    test.skip(`skipped: ${program} is not installed`, () => undefined);
  });
}
