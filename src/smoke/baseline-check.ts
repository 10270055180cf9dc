/** `baseline`: compares the run with one of the same machine that was saved before. */

import { IpmiError } from '../errors.ts';
import type { Check, Means } from './check.ts';
import { compareBaseline } from './baseline.ts';
import { baselineOf } from './baseline-file.ts';
import type { Baseline } from './baseline-file.ts';
import { IDENTITY, tellIdentity } from './identity.ts';
import { factNamed } from './record.ts';
import type { RunRecord } from './record.ts';
import { textOf, withDevice } from './session.ts';

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
    run: async (means) => {
      const { report } = means;
      report.fact('saved-at', before.savedAt);
      if (factNamed(record(), IDENTITY.guid) === undefined) await askIdentity(means);
      const { changes, notes } = compareBaseline(before, baselineOf(record()));
      report.fact('changes', changes.length);
      for (const note of notes) report.warn('bt-changed', note);
      for (const { where, text } of changes) {
        if (isStrict) report.fail('bt-changed', `${where}: ${text}`);
        else report.warn('bt-changed', `${where}: ${text}`);
      }
    },
  };
}

/** No other check has asked. A BMC that cannot be asked is told by those; a note is made of it. */
async function askIdentity(means: Means): Promise<void> {
  try {
    await withDevice(means, {}, ({ device }) => tellIdentity(device, means));
  } catch (error) {
    if (!(error instanceof IpmiError) || means.signal.aborted) throw error;
    means.report.fact('bmc-not-asked', textOf(error));
  }
}
