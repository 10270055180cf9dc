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
    testTimeout: 30_000,
  },
});
