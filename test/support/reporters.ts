/**
 * What a test run writes: the usual text, and a JSON report for CI where it asks for one, which
 * counts the tests of all runs.
 */

export function reporters(): (string | [string, { outputFile: string }])[] {
  const outputFile = process.env['IPMI_BT_TEST_REPORT'];
  return outputFile === undefined ? ['default'] : ['default', ['json', { outputFile }]];
}
