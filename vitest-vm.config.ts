import { defineConfig } from 'vitest/config';

import { reporters } from './test/support/reporters.ts';

/**
 * A guest keeps one processor busy and no more, and few machines that run this have more than two.
 * Two guests with a processor each take as long as one.
 */
const GUESTS_AT_ONCE = 2;

export default defineConfig({
  test: {
    include: ['test/vm/**/*.test.ts'],
    globalSetup: ['test/support/build.ts', 'test/vm/prepare.ts'],
    reporters: reporters(),
    // A process each, not a thread: QEMU is killed with the thread that started it.
    pool: 'forks',
    maxWorkers: GUESTS_AT_ONCE,
    // A test that asserts nothing fails.
    expect: { requireAssertions: true },
    setupFiles: ['test/support/strict.ts'],
    testTimeout: 600_000,
    // Most guests are booted in a hook, and do all their work there.
    hookTimeout: 600_000,
  },
});
