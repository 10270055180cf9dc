/**
 * `describe` for tests that need Chromium. Where it is not installed they are skipped, and the
 * report says why; in CI they run and fail, since a skipped suite there would be taken for a passed
 * one.
 */

import { describe, test } from 'vitest';

import { findChromium } from './chromium.ts';

const isCi = (process.env['CI'] ?? '') !== '';

export function describeWithChromium(name: string, body: () => void): void {
  if (isCi || findChromium() !== undefined) {
    describe(name, body);
    return;
  }
  describe(name, () => {
    test.skip('skipped: chromium is not installed', () => undefined);
  });
}
