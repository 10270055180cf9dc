/**
 * Check `teardown`: what the run leaves behind. The interface is quiet, what was taken is given
 * back, the kernel's driver is back and answers, and no port and no lock is held.
 */

import { Ctrl } from '../../bt/bits.ts';
import { IpmiError } from '../../errors.ts';
import type { Check, Means } from '../check.ts';
import { ctrlText, withRegisters } from '../register-log.ts';

/** The BMC may still work on the last command, whose reply is then taken out of the buffer. */
const FREE_WITHIN_MS = 5000;

export const TEARDOWN: Check = {
  id: 'teardown',
  question: 'Is everything closed, and given back as it was?',
  risk: 'read-only',
  needs: ['owner'],
  limitSeconds: 90,
  run: async (means: Means): Promise<void> => {
    const { subject, report } = means;
    await lookAtRegisters(means);
    report.progress(0.3);
    await giveBack(means);
    report.progress(0.8);
    const leftovers = await subject.leftovers();
    report.fact('left', leftovers.length);
    for (const { text } of leftovers) report.fail('bt-left-behind', text);
  },
};

/**
 * The host's bits must be as after a completed transaction. What the BMC does with its own bits is
 * the matter of other checks, and is a warning here.
 */
async function lookAtRegisters(means: Means): Promise<void> {
  const { subject, report, signal } = means;
  await withRegisters(means, async (log) => {
    const { kind, seen } = log.registers.presence();
    if (kind !== 'present') {
      report.warn('bt-absent', `the registers cannot be judged: ${seen} (see the check registers)`);
      return;
    }
    const status = await log.untilFree(subject.clock, FREE_WITHIN_MS, signal);
    report.fact('bt-ctrl', ctrlText(status));
    const left = status & (Ctrl.H_BUSY | Ctrl.B2H_ATN);
    if (left !== 0) {
      report.fail(
        'bt-left-behind',
        `the interface is not quiet after the last device was closed: BT_CTRL reads ` +
          `${ctrlText(status)}, and ${ctrlText(left)} are due to be 0. A kernel driver that is ` +
          'bound now meets a response that is not its own: report it, with the trace',
        log.lines,
      );
    }
    if ((status & (Ctrl.B_BUSY | Ctrl.H2B_ATN)) !== 0) {
      const text = `the BMC is busy ${FREE_WITHIN_MS} ms after the last command`;
      report.warn('bt-busy-stuck', `${text}: BT_CTRL reads ${ctrlText(status)}`, log.lines);
    }
  });
}

/** A failure is told, so that the rest is looked at as well. */
async function giveBack({ subject, report }: Means): Promise<void> {
  try {
    await subject.giveBack();
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    report.fail('bt-left-behind', error.message);
  }
}
