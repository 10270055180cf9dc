/**
 * Check `owner`: the driver and the processes that have the ports, and if they can be had. With
 * `--takeover` they are taken from the kernel's driver for the rest of the run; `teardown` gives
 * them back.
 */

import { hex } from '../../errors.ts';
import type { Files } from '../../files.ts';
import { entriesAt, readIoPorts } from '../../kernel/io-ports.ts';
import { findLeftBehind, leftText } from '../../kernel/left-behind.ts';
import { findOwner } from '../../kernel/port-owner.ts';
import type { RegisterBlock } from '../../port/register-block.ts';
import { registerPorts } from '../../port/register-block.ts';
import { pidInProc } from '../../share/holder.ts';
import { LOCK_FOLDER, lockPath, lockersOf } from '../../share/lock-file.ts';
import { shownName } from '../../shown.ts';
import type { Check, Means, Report } from '../check.ts';

export const OWNER: Check = {
  id: 'owner',
  question: 'Who has the ports, and can they be had?',
  risk: 'read-only',
  needs: [],
  limitSeconds: 60,
  run: async ({ subject, report, choices, signal }: Means): Promise<void> => {
    const { files } = subject;
    const block = await subject.block();
    const ports = registerPorts(block);
    report.fact('ports', ports.map(hex).join(' '));
    const owner = findOwner(ports, files);
    report.fact('kernel-driver', owner?.driver ?? 'none');
    if (owner !== undefined) report.fact('kernel-device', owner.device);
    report.fact('reserved-as', reservation(block, files));
    tellProcesses(block, files, report);
    for (const left of findLeftBehind(files)) report.warn('bt-left-behind', leftText(left));
    await subject.take(choices.takeover, signal);
    const isTaken = owner !== undefined && findOwner(ports, files) === undefined;
    report.fact('taken', isTaken ? `${owner.device} from ${owner.driver}` : 'nothing');
  },
};

/** The innermost entry of /proc/ioports for BT_CTRL. */
function reservation({ base }: RegisterBlock, files: Files): string {
  const ioPorts = readIoPorts(files);
  switch (ioPorts.kind) {
    case 'read':
      return entriesAt(base, ioPorts.entries).at(-1)?.name ?? 'nothing';
    case 'unreadable':
      return `unknown: ${ioPorts.reason}`;
  }
}

/** Other processes take turns with the run, which its latencies show. */
function tellProcesses({ base }: RegisterBlock, files: Files, report: Report): void {
  const own = pidInProc(files);
  const pids = lockersOf(lockPath(LOCK_FOLDER, base, 'users'), files).filter((pid) => pid !== own);
  const names = pids.map((pid) => {
    const command = files.readText(`/proc/${pid}/comm`)?.trimEnd() ?? 'gone';
    return `pid ${pid} (${shownName(command)})`;
  });
  report.fact('other-processes', names.length === 0 ? 'none' : names.join(', '));
  if (names.length === 0) return;
  const text = `${names.join(', ')} of ipmi-bt also has ${hex(base)} open`;
  report.warn(
    'host-limits',
    `${text} and takes turns with this run: latencies include its turns; ` +
      'stop it and run again to judge them',
  );
}
