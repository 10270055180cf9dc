/**
 * `describe` for tests that need QEMU. Where it is not installed they are skipped, and the report
 * says why; in CI they run and fail, since a skipped suite there would be taken for a passed one.
 */

import { describe, test } from 'vitest';

import { findQemu } from './qemu.ts';

const isCi = (process.env['CI'] ?? '') !== '';

export function describeWithQemu(name: string, body: () => void): void {
  if (isCi || findQemu() !== undefined) {
    describe(name, body);
    return;
  }
  describe(name, () => {
    test.skip('skipped: qemu-system-x86_64 is not installed', () => undefined);
  });
}
