/** `baseline`: compares the run with one of the same machine that was saved before. */

import type { Check } from './check.ts';
import { compareBaseline } from './baseline.ts';
import { baselineOf } from './baseline-file.ts';
import type { Baseline } from './baseline-file.ts';
import type { RunRecord } from './record.ts';

/**
 * Makes the check, which runs last. `record` gives the run so far; with `isStrict` a change is a
 * failure. An error says that the baseline is of another machine.
 */
export function baselineCheck(before: Baseline, record: () => RunRecord, isStrict: boolean): Check {
  return {
    id: 'baseline',
    question: 'Is everything as it was when the baseline was saved?',
    risk: 'read-only',
    needs: [],
    limitSeconds: 60,
    run: ({ report }) => {
      report.fact('saved-at', before.savedAt);
      const { changes, notes } = compareBaseline(before, baselineOf(record()));
      report.fact('changes', changes.length);
      for (const note of notes) report.warn('bt-changed', note);
      for (const { where, text } of changes) {
        if (isStrict) report.fail('bt-changed', `${where}: ${text}`);
        else report.warn('bt-changed', `${where}: ${text}`);
      }
      return Promise.resolve();
    },
  };
}
