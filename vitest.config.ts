import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

import { reporters } from './test/support/reporters.ts';

/**
 * Folders whose files share a worker, which saves the start of a process for each of some four
 * hundred files: their tests change nothing of the process.
 */
const SHARING = [
  ...['bmc', 'bt', 'commands', 'device', 'discover', 'driver', 'ipmi', 'irq', 'kernel', 'port'],
  ...['registry', 'serve', 'share', 'sim', 'smoke', 'trace'],
].map((folder) => `test/${folder}/**/*.test.ts`);

/** Vitest's own choice leaves one processor idle, which is half of a machine with two. */
const WORKERS = Math.max(2, availableParallelism());

const NO_TESTS = ['test/vm/**', 'node_modules/**'];

const STRICT = 'test/support/strict.ts';

const common = {
  globalSetup: ['test/support/build.ts'],
  // A test that asserts nothing fails.
  expect: { requireAssertions: true },
  // A host under load takes many times as long. What hangs is noticed by this, and nothing else.
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

export default defineConfig({
  test: {
    reporters: reporters(),
    maxWorkers: WORKERS,
    projects: [
      {
        test: {
          ...common,
          name: 'sharing',
          include: SHARING,
          isolate: false,
          setupFiles: ['test/support/fresh-modules.ts', STRICT],
        },
      },
      {
        test: {
          ...common,
          name: 'alone',
          include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude: [...NO_TESTS, ...SHARING],
          setupFiles: [STRICT],
        },
      },
    ],
  },
});
