/**
 * `share`: five processes use the interface at once, each with requests whose replies are known, so
 * that a reply that reaches the wrong process is noticed. Behind a BMC of 10 ms an answer the full
 * 300 requests take 5 s with the turns of the processes, and the quick 40 take 1 s.
 */

import type { Check, Means } from '../check.ts';
import { knownReads } from '../known-reads.ts';
import type { KnownRead } from '../known-reads.ts';
import { askVia, isSameReply, replyText, reportTrouble, withDevice } from '../session.ts';
import type { Process } from '../subject.ts';

const PROCESSES = 5;

/** Findings of one process after which it ends. */
const FINDINGS_MAX = 2;

export const SHARE: Check = {
  id: 'share',
  question: 'Do five processes that use the interface at once each get their own answers?',
  risk: 'read-only',
  needs: ['bring-up'],
  limitSeconds: 180,
  run,
};

async function run(means: Means): Promise<void> {
  const { subject, signal, report, amount, random } = means;
  const reads = await referenceOf(means);
  if (reads === undefined) return;
  report.fact('different-requests', reads.length);
  const count = amount(60, 8);
  const startMs = subject.clock.now();
  const processes = await subject.processes(PROCESSES, signal);
  try {
    let done = 0;
    const shares = processes.map((process, index) => {
      const draws = Array.from({ length: count }, () => random.integer(0, reads.length - 1));
      return useShare(means, process, {
        name: `process ${index + 1} of ${PROCESSES}`,
        reads: draws.flatMap((draw) => reads[draw] ?? []),
        onDone: () => {
          done += 1;
          report.progress(done / (PROCESSES * count));
        },
      });
    });
    await Promise.all(shares);
  } finally {
    await Promise.all(processes.map((process) => process.close()));
  }
  const seconds = (subject.clock.now() - startMs) / 1000;
  report.measure({ name: 'shared', value: (PROCESSES * count) / seconds, unit: '/s' });
}

/** The requests and their replies, read by this process alone. */
async function referenceOf(means: Means): Promise<readonly KnownRead[] | undefined> {
  return await withDevice(means, {}, async (session) => {
    const reads = await knownReads(session);
    if (!('kind' in reads)) return reads;
    await reportTrouble(session, reads, { where: 'a request of a process that is alone' });
    return undefined;
  });
}

/** The part of one process. */
interface Share {
  readonly name: string;
  readonly reads: readonly KnownRead[];
  readonly onDone: () => void;
}

async function useShare(
  means: Means,
  process: Process,
  { name, reads, onDone }: Share,
): Promise<void> {
  const { report } = means;
  let findings = 0;
  for (const [index, { name: asked, request, reply }] of reads.entries()) {
    if (findings >= FINDINGS_MAX) return;
    const exchange = await askVia(process, request, means);
    const where = `${name}, request ${index + 1}, ${asked}`;
    onDone();
    if (exchange.kind === 'trouble') {
      findings += 1;
      const advice = 'run the check again with --only share, and see which process had the turn';
      report.fail(exchange.slug, `${where}: ${exchange.text}; ${advice}`);
    } else if (!isSameReply(exchange.reply, reply)) {
      findings += 1;
      const got = `got ${replyText(exchange.reply)} instead of ${replyText(reply)}`;
      const advice = 'let one program use this interface until the BMC is updated';
      report.fail('bt-shared-wrong', `${where}, ${got}; ${advice}`);
    }
  }
}
