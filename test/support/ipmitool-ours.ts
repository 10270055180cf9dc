/** Runs `ipmi-bt ipmitool` in this process, as a test compares it with ipmitool. */

import { readCommandLine } from '../../src/cli/ipmitool/command-line.ts';
import { runCommand } from '../../src/cli/ipmitool/families.ts';
import type { Requester } from '../../src/ipmi/requester.ts';
import type { VirtualClock } from '../../src/sim/virtual-clock.ts';
import type { Printed } from './ipmitool-dummy.ts';

/** Runs the words behind `ipmi-bt ipmitool`. */
export async function runOurs(
  words: readonly string[],
  { requester, clock }: { readonly requester: Requester; readonly clock: VirtualClock },
): Promise<Printed> {
  let [stdout, stderr] = ['', ''];
  const streams = {
    print: (text: string) => void (stdout += text),
    complain: (text: string) => void (stderr += `${text}\n`),
  };
  const bytes = words.map((word) => Buffer.from(word).toString('latin1'));
  const line = readCommandLine(bytes, streams);
  if (line.kind === 'ended') return { stdout, stderr, exit: line.exit };
  const state = { memory: { isExtended: false }, signal: undefined, clock };
  const session = { ...streams, ...state, requester, choices: line.choices };
  const exit = await clock.until(runCommand(session, line.words));
  return { stdout, stderr, exit };
}
