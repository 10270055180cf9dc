/** Transactions of `ipmi-bt ipmitool` beside those of ipmitool, and the table of them. */

import { beforeAll, expect, test } from 'vitest';

import { linesText } from '../bench/ipmitool-transactions.ts';
import { describeWith } from '../support/describe-with.ts';
import { filesText, lineCosts } from '../support/ipmitool-transactions.ts';
import type { LineCost } from '../support/ipmitool-transactions.ts';
import { offenders } from '../support/lists.ts';
import { readText } from '../support/source-code.ts';

describeWith('ipmitool', 'command lines of ipmitool', () => {
  let costs: readonly LineCost[];

  beforeAll(async () => {
    costs = await lineCosts();
  });

  test('cost no more transactions with ipmi-bt, which prints the same', () => {
    expect(offenders(costs, ({ ours, theirs }) => ours < 1 || ours > theirs)).toEqual([]);
    expect(offenders(costs, ({ isSame }) => !isSame)).toEqual([]);
  });

  test('cost what docs/performance.md says', () => {
    const page = readText('docs/performance.md');
    expect(page).toContain(linesText({ lines: costs }));
    expect(page).toContain(`\n${filesText()}`);
  });
});
