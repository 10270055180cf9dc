/**
 * The smoke checks against QEMU's BT device, over qtest: hardware of other authors, on a host that
 * is made up, and without a guest.
 */

import { expect, onTestFinished, test } from 'vitest';

import { systemClock, timestamp } from '../../src/clock.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { Rng } from '../../src/sim/rng.ts';
import { CATALOG } from '../../src/smoke/catalog.ts';
import type { CheckEnd, SmokeEvent } from '../../src/smoke/events.ts';
import { runChecks } from '../../src/smoke/runner.ts';
import { simulatedHost } from '../../src/smoke/simulated-host.ts';
import { simulatedSubject } from '../../src/smoke/simulated.ts';
import type { Subject } from '../../src/smoke/subject.ts';
import { columnOf, columnOfRuns, outcomesOfEnds } from '../smoke/where.ts';
import { offenders } from '../support/lists.ts';
import { describeWithQemu } from './describe-with-qemu.ts';
import { startQemu } from './qemu.ts';

const CHECKS = CATALOG.filter((check) => columnOf('qtest').some(({ id }) => id === check.id));

/** The simulated BMC says only where the registers are; QEMU answers there. */
async function subjectInQemu(): Promise<Subject> {
  const qemu = await startQemu({ bmc: 'sim' });
  onTestFinished(() => qemu.stop());
  const { port, base } = qemu;
  const clock = systemClock;
  return simulatedSubject({
    bmc: new SimBmc({ clock, base }),
    port,
    clock,
    files: simulatedHost(),
  });
}

async function endsOf(subject: Subject): Promise<readonly CheckEnd[]> {
  const events: SmokeEvent[] = [];
  await runChecks({
    ...{ checks: CHECKS, subject, timestamp, isQuick: true, isFatal: false, retests: 0 },
    ...{ limitMs: undefined, allowedSkips: new Set(), totalMs: 0, onProgress: () => undefined },
    info: {
      ...{ version: '0', commandLine: 'ipmi-bt smoke', parameters: {}, seed: 1 },
      ...{ isSimulated: true, host: 'qtest', base: 0xce4 },
    },
    emit: (event) => events.push(event),
    choices: { numa: false, reset: undefined, takeover: false },
    randomOf: (seed) => new Rng(seed),
    signal: new AbortController().signal,
  });
  return events.flatMap((event) => (event.kind === 'check-end' ? [event] : []));
}

describeWithQemu('the smoke checks on the BT device of QEMU', () => {
  test('end as the table says, and find nothing else', async () => {
    const ends = await endsOf(await subjectInQemu());

    expect(columnOfRuns(outcomesOfEnds(ends))).toEqual(columnOf('qtest'));
    expect(ends.flatMap(({ slugs }) => slugs)).toEqual([]);
    expect(offenders(ends, ({ result, isAllowed }) => result === 'skip' && !isAllowed)).toEqual([]);
  });
});
