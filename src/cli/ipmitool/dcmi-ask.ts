/** Commands of DCMI (DCMI 1.5 §6) for ipmitool's families, and their errors. */

import { GROUP_DCMI, GROUP_EXTENSION } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { PowerLimitCode } from '../../ipmi/dcmi-power.ts';
import { ask } from './ask.ts';
import type { Session } from './session.ts';

/** Completion codes that mean something of their own. */
const CODES: Readonly<Record<number, string>> = {
  0x80: 'Parameter not supported',
  0x81: 'Something else has already claimed these parameters',
  0x82: 'Not supported or failed to write a read-only parameter',
  0x83: 'Access mode is not supported',
  [PowerLimitCode.OUT_OF_RANGE]: 'Power/Thermal limit out of range',
  [PowerLimitCode.CORRECTION_OUT_OF_RANGE]: 'Correction/Exception time out of range',
  [PowerLimitCode.PERIOD_OUT_OF_RANGE]: 'Sample/Statistics Reporting period out of range',
  0x8a: 'Power limit already active',
};

/** A command of DCMI: its number, and the data behind the group. */
export interface DcmiCommand {
  readonly cmd: number;
  readonly data: readonly number[];
  /** Completion codes besides 0 whose data is an answer. */
  readonly allowed?: readonly number[];
}

/** The data of the answer, group included; undefined, with a complaint, where there is none. */
export async function askDcmi(
  session: Session,
  { cmd, data, allowed = [] }: DcmiCommand,
): Promise<Buffer | undefined> {
  const reply = await ask(session, { netFn: GROUP_EXTENSION, cmd, data: [GROUP_DCMI, ...data] });
  if (reply === undefined) {
    session.complain('\n    Unable to get DCMI information');
    return undefined;
  }
  const { completionCode: code } = reply;
  if (code !== Completion.OK && !allowed.includes(code)) {
    const why = CODES[code] ?? completionText(code);
    session.complain(`\n    DCMI request failed because: ${why} (${code.toString(16)})`);
    return undefined;
  }
  const [group = 0] = reply.data;
  if (group !== GROUP_DCMI) {
    session.print(`\n    A valid DCMI command was not returned! (${group.toString(16)})`);
    return undefined;
  }
  const answer = Buffer.alloc(Math.max(reply.data.length, ANSWER_BYTES));
  answer.set(reply.data);
  return answer;
}

/** Bytes of the longest answer that is read at once; missing ones are 0. */
const ANSWER_BYTES = 32;
