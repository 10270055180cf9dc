// The tests that Stryker runs, again and again, on a copy of the project in which one thing is
// wrong. Not those that start other programs or wait for the wall clock, nor those that read the
// source: they would find the copy odd, whatever is wrong in it. Nor those that test other tests,
// nor those that try thousands of cases to find in them what the others find in one.

import { basename } from 'node:path';

import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** The test files that take longest; the others find most mutants in a tenth of the time. */
const SLOW = [
  'bring-up',
  'arbiter',
  'poll-policy',
  'profiles',
  'seeds',
  'seeds-sharing',
  'secrets',
];

/** Tables of all commands, which hold what the tests of the modules of commands leave to them. */
const TABLES = ['command', 'command-names'];

/**
 * The first failure ends a run, so that the module's own tests go first, then the tables of all
 * modules, and the slow ones last.
 */
class QuickestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mutated = (this.ctx.config.related ?? []).map((path) => basename(path, '.ts'));
    const rank = ({ moduleId }: TestSpecification): number => {
      const name = basename(moduleId, '.test.ts');
      if (mutated.some((one) => name.startsWith(one))) return -2;
      return TABLES.includes(name) ? -1 : SLOW.indexOf(name) + 1;
    };
    return Promise.resolve([...files].sort((a, b) => rank(a) - rank(b)));
  }
}

export default defineConfig({
  test: {
    // The tests of what is broken, and those of the whole: tests of commands, of served devices and
    // of other users of the driver notice no more, and each mutant that survives would run them.
    include: [
      'test/{bmc,bt,device,driver,ipmi,share,whole}/**/*.test.ts',
      // The only ones that await answers of satellite controllers.
      'test/commands/bridge*.test.ts',
    ],
    exclude: [
      'test/whole/{bounded,broken-drivers,conformance,no-reset,placements,second-interface,second-interface-lives}.test.ts',
    ],
    sequence: { sequencer: QuickestFirst },
    env: { IPMI_BT_LIVES: '50' },
    // A test that asserts nothing fails.
    expect: { requireAssertions: true },
    setupFiles: ['test/support/strict.ts'],
    isolate: false,
    runner: './test/support/one-mutant-runner.ts',
  },
});
