/**
 * Adds up the reports of test runs, and ends with one line that counts all tests. Each run must have
 * run as many tests as `.ci/least-tests` says, so that a test file that is no longer found is a
 * failure. Arguments: `NAME=REPORT` for each run, with the names of that file.
 */

import { existsSync, readFileSync } from 'node:fs';

const LEAST = process.env.IPMI_BT_LEAST_TESTS ?? new URL('least-tests', import.meta.url);

/** The least number of tests by the name of a run: a name and a number in each line. */
function leastTests() {
  const lines = readFileSync(LEAST, 'utf8').split('\n');
  const rows = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(rows.map((row) => row.split(' ')).map(([name, count]) => [name, Number(count)]));
}

/** What one run adds. Nothing is skipped in CI; a run that failed outside its tests failed once. */
function countOf(name, file, least) {
  if (!existsSync(file)) {
    console.log(`${name}: the run left no report: ${file}`);
    return { passed: 0, failed: 1 };
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) console.log(`${name}: ${skipped} tests were skipped`);
  let failed = report.numFailedTests + skipped;
  if (failed === 0 && !report.success) failed = 1;
  const ran = passed + report.numFailedTests;
  if (!(least > 0)) {
    console.log(`${name}: ${ran} tests ran, and .ci/least-tests has no number for this run`);
    failed += 1;
  } else if (ran < least) {
    const missing = `${least - ran} fewer than the ${least} of .ci/least-tests`;
    console.log(
      `${name}: ${ran} tests ran, ${missing}; correct it if they were removed on purpose`,
    );
    failed += 1;
  } else if (ran > least) {
    console.log(`${name}: ${ran} tests ran; write "${name} ${ran}" into .ci/least-tests`);
  }
  return { passed, failed };
}

const least = leastTests();
let [passed, failed] = [0, 0];
for (const argument of process.argv.slice(2)) {
  const [name, file] = argument.split('=');
  const count = countOf(name, file, least.get(name));
  passed += count.passed;
  failed += count.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
