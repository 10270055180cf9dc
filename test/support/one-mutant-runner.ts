/**
 * How vitest runs the tests of a mutant. All files share one worker, which saves most of the time,
 * and takes four repairs: vitest would import what it then skips after the first failure; Stryker
 * would count what runs in `onTestFinished` as run outside of tests, and with it all other tests as
 * its tests; it would add up its counts once more for each file; and it would take a test file that
 * cannot be imported for one without tests, and the mutant by which it cannot for one not found.
 *
 * And it ends most endless loops and waits long before Stryker would: what runs on a virtual clock
 * takes an event-loop turn a step, and no test takes nearly as many as are granted here; a loop
 * without turns passes the place of its mutant again and again; and a promise that does not settle
 * holds a test for some seconds.
 */

import { basename } from 'node:path';

import type { RunnerTestCase, RunnerTestSuite } from 'vitest';
import { TestRunner, test } from 'vitest';

/** Twice as many as the busiest test takes; and the same for files with a sweep, or seeds. */
const TURNS_MAX = 80_000;
const LONG: Readonly<Record<string, number>> = {
  'seeds.test.ts': 1_000_000,
  'seeds-sharing.test.ts': 1_000_000,
  'profiles.test.ts': 1_000_000,
  'poll-policy.test.ts': 1_000_000,
};

/** Milliseconds for a test, and for one of the long files; of the former, none takes a third. */
const TEST_MS = 10_000;
const LONG_TEST_MS = 60_000;

/** How often each mutant's place was passed, by its number. */
type Hits = Record<string, number>;

/** What the instrumented code and Stryker's own setup file share. */
interface Stryker {
  currentTestId?: string | undefined;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { readonly static: Hits; readonly perTest: Record<string, Hits> };
}

const stryker = ((globalThis as { __stryker__?: Stryker }).__stryker__ ??= {});

/**
 * Stryker grants a mutant's place a hundred times the passes of all tests together; here one test
 * has twice as many as all of them.
 */
const LESS_HITS = 50;

const turns = { left: Infinity };

const { setImmediate } = globalThis;
globalThis.setImmediate = Object.assign((...args: Parameters<typeof setImmediate>) => {
  turns.left -= 1;
  if (turns.left < 0) throw new Error('a test without end');
  return setImmediate(...args);
}, setImmediate);

/** A name that is not filtered out: the first of the tests that are wanted. */
function nameFor(wanted: RegExp | undefined): string {
  const [first = ''] = wanted?.source.split(/(?<!\\)\|/) ?? ['import'];
  return first.replace(/\\(.)/g, '$1');
}

class OneMutantRunner extends TestRunner {
  #isOver = false;
  #hitLimit: number | undefined;

  override cancel(reason: Parameters<TestRunner['cancel']>[0]): void {
    this.#isOver = true;
    super.cancel(reason);
  }

  override async importFile(...args: Parameters<TestRunner['importFile']>): Promise<unknown> {
    if (this.#isOver) return undefined;
    const [path] = args;
    this.config.testTimeout = LONG[basename(path)] === undefined ? TEST_MS : LONG_TEST_MS;
    try {
      return await super.importFile(...args);
    } catch (error) {
      if (args[1] !== 'collect') throw error;
      test(nameFor(this.config.testNamePattern), () => {
        throw error;
      });
      return undefined;
    }
  }

  override onBeforeTryTask(test: RunnerTestCase): void {
    super.onBeforeTryTask(test);
    turns.left = LONG[basename(test.file.filepath)] ?? TURNS_MAX;
    this.#limitHits();
  }

  override onAfterTryTask(test: RunnerTestCase): void {
    super.onAfterTryTask(test);
    const { currentTestId } = stryker;
    // The last one to be registered runs first.
    TestRunner.getCurrentTest()?.context.onTestFinished(() => {
      stryker.currentTestId = currentTestId;
    });
  }

  onAfterRetryTask(): void {
    stryker.currentTestId = undefined;
    turns.left = Infinity;
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite);
    if ('filepath' in suite) this.#handOver(suite);
  }

  /** Each file has its limit set anew. */
  #limitHits(): void {
    stryker.hitCount = 0;
    if (stryker.hitLimit === undefined || stryker.hitLimit === this.#hitLimit) return;
    this.#hitLimit = stryker.hitLimit / LESS_HITS;
    stryker.hitLimit = this.#hitLimit;
  }

  #handOver({ meta }: RunnerTestSuite): void {
    const { mutantCoverage } = stryker;
    if (mutantCoverage === undefined || !('mutantCoverage' in meta)) return;
    Object.assign(meta, { mutantCoverage: structuredClone(mutantCoverage) });
    for (const hits of Object.values(mutantCoverage) as Hits[]) {
      for (const key of Object.keys(hits)) Reflect.deleteProperty(hits, key);
    }
  }
}

// What vitest loads a runner by.
export { OneMutantRunner as default };
