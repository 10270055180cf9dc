/**
 * `ipmi-bt reset`: restarts the BMC, or its BT interface, only with `--yes`. Beside `mc reset`,
 * which asks on a terminal, nothing else in this program does.
 */

import { completionText } from '../../index.ts';
import type { ResetKind } from '../../index.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { UsageError } from '../args.ts';
import { EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { jsonLine } from '../format.ts';
import { command, readGlobals } from '../globals.ts';
import { runSession } from '../session.ts';
import type { Command } from '../session.ts';

export const RESET_COMMAND = command({
  name: 'reset',
  help: 'restart the BMC or its BT interface',
  options: {
    cold: { help: 'Cold Reset: restart the BMC from the beginning' },
    warm: { help: 'Warm Reset: restart only the firmware of the BMC' },
    interface: { help: 'BMC_HWRST: reset the BT interface of a BMC that does not answer' },
    yes: { help: 'confirm the reset; it is refused without this option' },
    wait: { help: 'end only when the BMC answers again' },
  },
  examples: [
    { line: 'reset --cold --yes --wait', help: 'restart the BMC and wait until it answers' },
    { line: '--base 0xce4 reset --interface --yes', help: 'reset the BT interface at 0xce4' },
  ],
  exitCodes: {
    0: 'the reset was sent, and with --wait the BMC answers again',
    1: 'the BMC refused the command',
  },
  run: ({ options, globals }) =>
    runSession(readGlobals(globals), 'lazy', reset(parseReset(options), options.wait)),
});

/** The line printed after success; for the two commands, as `ipmitool mc reset` prints it. */
const DONE: Readonly<Record<ResetKind, string>> = {
  cold: 'Sent cold reset command to MC',
  warm: 'Sent warm reset command to MC',
  interface: 'Reset the BT interface',
};

/** The effect of each, behind its name in a sentence. */
const EFFECTS: Readonly<Record<ResetKind, string>> = {
  cold: 'makes the BMC restart',
  warm: 'makes the BMC restart',
  interface: 'resets the BT interface, and some BMCs restart then',
};

/** The price of a restart, for the question before it. */
export const RESET_LOSS = 'sensors, event log and remote access are not available for a while then';

const KINDS = ['cold', 'warm', 'interface'] as const;

/** The options as they stand on the command line. */
export interface ResetFlags {
  readonly cold?: boolean;
  readonly warm?: boolean;
  readonly interface?: boolean;
  readonly yes?: boolean;
}

/** Returns the reset that is asked for; refuses all of them without `--yes`. */
export function parseReset(flags: ResetFlags): ResetKind {
  const [kind, ...others] = KINDS.filter((name) => flags[name] === true);
  if (kind === undefined || others.length > 0) {
    throw new UsageError('reset takes one of --cold, --warm and --interface');
  }
  if (flags.yes === true) return kind;
  throw new UsageError(`reset --${kind} ${EFFECTS[kind]}: ${RESET_LOSS}; confirm with --yes`);
}

/** Returns the command that resets; with `mustWait`, it ends when the BMC answers again. */
export function reset(kind: ResetKind, mustWait: boolean): Command {
  return async ({ device, globals, signal, leftMs, stdout, stderr }) => {
    const completionCode = await device.reset(kind, { timeoutMs: leftMs(), signal });
    const isDone = completionCode === 0;
    if (isDone && mustWait) {
      const getDeviceId = { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID };
      await device.request(getDeviceId, { timeoutMs: leftMs(), signal });
    }
    const text = completionText(completionCode);
    if (globals.json) {
      // The interface is reset by a register, which has no completion code.
      const isCommand = kind !== 'interface';
      const answer = { completion_code: completionCode, completion_text: text };
      const none = { completion_code: null, completion_text: null };
      const fields = { kind, ...(isCommand ? answer : none) };
      stdout.write(jsonLine('reset', fields));
    } else if (isDone) {
      stdout.write(`${DONE[kind]}\n`);
    } else {
      stderr.write(`MC reset command failed: ${text}\n`);
    }
    return isDone ? 0 : EXIT_COMPLETION_CODE;
  };
}
