// Mutation testing: breaks the driver in one place after another, and lists the places where no
// test notices. `docs/mutation.md` says what is left of them and why.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['src/{bmc,bt,device,driver,ipmi,share}/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest-mutation.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A mutant may make an endless loop. The tests' clock is virtual: what is slow is stuck.
  // The first run, which counts, is the measure; one that does not count is several times as fast.
  // Tests that wait for nothing end sooner, by `test/support/one-mutant-runner.ts`.
  timeoutMS: 15_000,
  timeoutFactor: 2,
  // Counting what each test passes makes the first run some five times slower.
  dryRunTimeoutMinutes: 30,
  // The addon and the library as built are part of the tests of locks.
  ignorePatterns: ['/.cache'],
  tempDirName: '.cache/stryker',
  reporters: ['clear-text', 'html', 'json', 'progress'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  incrementalFile: '.cache/mutation/incremental.json',
  htmlReporter: { fileName: '.cache/mutation/report.html' },
  jsonReporter: { fileName: '.cache/mutation/report.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
