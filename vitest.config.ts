import { defineConfig } from 'vitest/config';

import { reporters } from './test/support/reporters.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vm/**', 'node_modules/**'],
    globalSetup: ['test/support/build.ts'],
    reporters: reporters(),
    // A test that asserts nothing fails.
    expect: { requireAssertions: true },
    setupFiles: ['test/support/strict.ts'],
    // A host under load takes many times as long. What hangs is noticed by this, and nothing else.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
