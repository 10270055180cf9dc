/** Commands of DCMI (DCMI 1.5 §6) for ipmitool's families, and their errors. */

import { completionText } from '../../ipmi/completion.ts';
import { ask } from './ask.ts';
import type { Session } from './session.ts';

/** Network function of groups, and the group. */
const GROUP_NET_FN = 0x2c;
const DCMI = 0xdc;

/** Completion codes that mean something of their own. */
const CODES: Readonly<Record<number, string>> = {
  0x80: 'Parameter not supported',
  0x81: 'Something else has already claimed these parameters',
  0x82: 'Not supported or failed to write a read-only parameter',
  0x83: 'Access mode is not supported',
  0x84: 'Power/Thermal limit out of range',
  0x85: 'Correction/Exception time out of range',
  0x89: 'Sample/Statistics Reporting period out of range',
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
  const reply = await ask(session, { netFn: GROUP_NET_FN, cmd, data: [DCMI, ...data] });
  if (reply === undefined) {
    session.complain('\n    Unable to get DCMI information');
    return undefined;
  }
  const { completionCode: code } = reply;
  if (code !== 0 && !allowed.includes(code)) {
    const why = CODES[code] ?? completionText(code);
    session.complain(`\n    DCMI request failed because: ${why} (${code.toString(16)})`);
    return undefined;
  }
  const [group = 0] = reply.data;
  if (group !== DCMI) {
    session.print(`\n    A valid DCMI command was not returned! (${group.toString(16)})`);
    return undefined;
  }
  const answer = Buffer.alloc(Math.max(reply.data.length, ANSWER_BYTES));
  answer.set(reply.data);
  return answer;
}

/** Bytes of the longest answer that is read at once; missing ones are 0. */
const ANSWER_BYTES = 32;
