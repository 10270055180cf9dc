// Runs the tests that a fault of test/sabotage names, in a copy of the project: as
// vitest.config.ts, but builds nothing: what a fault needs is built by test/sabotage/trial.ts.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vm/**', 'node_modules/**'],
    expect: { requireAssertions: true },
    setupFiles: ['test/support/strict.ts'],
    testTimeout: 60_000,
  },
});
