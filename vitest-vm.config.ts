import { defineConfig } from 'vitest/config';

import { reporters } from './test/reporters.ts';

// Guests take their time, and two at once take more than twice as long.
export default defineConfig({
  test: {
    include: ['test/vm/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    reporters: reporters(),
    // A process each, not a thread: QEMU is killed with the thread that started it.
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    // The first boot downloads a kernel.
    hookTimeout: 600_000,
  },
});
