/**
 * Check `attention`: the attention bit, the message flags behind it, and the BMC's own enables are
 * read. Nothing is taken: no event or message is read, no flag and no bit is cleared.
 */

import { Ctrl } from '../../bt/bits.ts';
import { GlobalEnable } from '../../bmc/global-enables.ts';
import { sleep } from '../../clock.ts';
import type { Device } from '../../device/device.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { codeText } from '../../ipmi/completion.ts';
import { MessageFlag } from '../../ipmi/message-flags.ts';
import type { Check, Means } from '../check.ts';
import { byteText, withRegisters } from '../register-log.ts';
import { withDevice } from '../session.ts';

/** Looks at SMS_ATN, and the time from one to the next: a BMC needs some to take it back. */
const LOOKS = 3;
const LOOK_MS = 100;

const FLAG_NAMES = [
  [MessageFlag.RECEIVE_MESSAGE, 'message'],
  [MessageFlag.EVENT_MESSAGE_BUFFER, 'event'],
  [MessageFlag.WATCHDOG_PRETIMEOUT, 'watchdog pre-timeout'],
  [MessageFlag.OEM, 'OEM'],
] as const;

const ENABLE_NAMES = [
  [GlobalEnable.RECEIVE_MESSAGE_INTERRUPT, 'interrupt for messages'],
  [GlobalEnable.EVENT_MESSAGE_BUFFER_INTERRUPT, 'interrupt for events'],
  [GlobalEnable.EVENT_MESSAGE_BUFFER, 'event message buffer'],
  // IPMI 2.0 §22.1.
  [1 << 3, 'system event log'],
] as const;

export const ATTENTION: Check = {
  id: 'attention',
  question: 'Do the attention bit and the message flags agree?',
  risk: 'read-only',
  needs: ['registers'],
  limitSeconds: 60,
  run: async (means: Means): Promise<void> => {
    const { report } = means;
    const before = await lookAtAttention(means);
    const flags = await askBmc(means);
    const after = await lookAtAttention(means);
    report.fact('sms-atn', after.isSet);
    if (flags === undefined) return;
    const evidence = [...before.lines, `Get Message Flags: ${byteText(flags)}`, ...after.lines];
    // Between the looks an event may come, or be taken by another process.
    if (before.isSet && after.isSet && flags === 0) {
      report.fail(
        'bt-attention-stuck',
        `SMS_ATN stays 1 for ${2 * LOOKS} looks while the message flags are 0x00: the BMC calls ` +
          'for attention without a reason, and a program that waits for events asks it for ever. ' +
          'Reset the BMC, and look for newer firmware of it',
        evidence,
      );
    }
    if (!before.isSet && !after.isSet && flags !== 0) {
      report.warn(
        'bt-event-lost',
        `the message flags are ${byteText(flags)} (${namesOf(FLAG_NAMES, flags)}) and SMS_ATN ` +
          'is 0: a program that waits for the bit does not learn of them before the next event. ' +
          'Let ipmi-bt watch read them',
        evidence,
      );
    }
  },
};

interface Look {
  /** SMS_ATN was 1 at every look. */
  readonly isSet: boolean;
  readonly lines: readonly string[];
}

async function lookAtAttention(means: Means): Promise<Look> {
  const { subject, signal } = means;
  return await withRegisters(means, async (log) => {
    let isSet = true;
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await sleep(subject.clock, LOOK_MS, signal);
      isSet = (log.ctrl() & Ctrl.SMS_ATN) !== 0 && isSet;
    }
    return { isSet, lines: log.lines };
  });
}

/** Reads flags and enables; the flags, or undefined when the BMC does not tell them. */
async function askBmc(means: Means): Promise<number | undefined> {
  const { report, signal } = means;
  return await withDevice(means, { bringUp: 'lazy' }, async ({ device }) => {
    const ask = (cmd: number, name: string): Promise<number | undefined> =>
      askByte(device, { cmd, name, report, signal });
    const flags = await ask(AppCmd.GET_MESSAGE_FLAGS, 'Get Message Flags');
    if (flags !== undefined) report.fact('message-flags', textOf(flags, FLAG_NAMES));
    const enables = await ask(AppCmd.GET_GLOBAL_ENABLES, 'Get BMC Global Enables');
    if (enables !== undefined) report.fact('global-enables', textOf(enables, ENABLE_NAMES));
    return flags;
  });
}

interface Question extends Pick<Means, 'report' | 'signal'> {
  readonly cmd: number;
  readonly name: string;
}

/** The one byte that the BMC answers with; both commands are mandatory (IPMI 2.0 table G-1). */
async function askByte(device: Device, { cmd, name, report, signal }: Question) {
  const { completionCode, data } = await device.request({ netFn: NetFn.APP, cmd }, { signal });
  if (completionCode !== 0) {
    const text = `${name}, which every BMC has, is answered with ${codeText(completionCode)}`;
    report.warn('bt-wrong-answer', `${text}: look for newer firmware of the BMC`);
    return undefined;
  }
  const [value] = data;
  if (value !== undefined) return value;
  const text = `${name} succeeds with no data, where one byte is due (IPMI 2.0 §22)`;
  report.fail('bt-malformed', `${text}: look for newer firmware of the BMC`);
  return undefined;
}

type Names = readonly (readonly [mask: number, name: string])[];

function textOf(value: number, names: Names): string {
  return `${byteText(value)} ${namesOf(names, value)}`.trimEnd();
}

function namesOf(names: Names, value: number): string {
  const set = names.filter(([mask]) => (value & mask) !== 0).map(([, name]) => name);
  return set.join(', ');
}
