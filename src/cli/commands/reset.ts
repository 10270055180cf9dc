/**
 * `ipmi-bt reset`: restarts the BMC, or its BT interface. Nothing else in this program does, and
 * this only with `--yes`.
 */

import { completionText } from '../../index.ts';
import type { ResetKind } from '../../index.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { UsageError } from '../args.ts';
import { jsonLine } from '../format.ts';
import { stderr, stdout } from '../output.ts';
import { EXIT_COMPLETION_CODE } from './raw.ts';
import type { Command } from '../session.ts';

/** What is printed when it is done; for the two commands, as `ipmitool mc reset` prints it. */
const DONE: Readonly<Record<ResetKind, string>> = {
  cold: 'Sent cold reset command to MC',
  warm: 'Sent warm reset command to MC',
  interface: 'Reset the BT interface',
};

const KINDS = ['cold', 'warm', 'interface'] as const;

/** The options as they stand on the command line. */
export interface ResetFlags {
  readonly cold?: boolean;
  readonly warm?: boolean;
  readonly interface?: boolean;
  readonly yes?: boolean;
}

/** Reads which of the resets is meant; refuses all without `--yes`. */
export function parseReset(flags: ResetFlags): ResetKind {
  const [kind, ...others] = KINDS.filter((name) => flags[name] === true);
  if (kind === undefined || others.length > 0) {
    throw new UsageError('reset takes one of --cold, --warm and --interface');
  }
  if (flags.yes === true) return kind;
  const loss = 'its sensors, event log and remote access are away for a while';
  throw new UsageError(`reset --${kind} makes the BMC restart: ${loss}; confirm with --yes`);
}

/** The command that resets; with `mustWait`, it ends when the BMC answers again. */
export function reset(kind: ResetKind, mustWait: boolean): Command {
  return async ({ device, globals, signal, leftMs }) => {
    const completionCode = await device.reset(kind, { timeoutMs: leftMs(), signal });
    const isDone = completionCode === 0;
    if (isDone && mustWait) {
      const getDeviceId = { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID };
      await device.request(getDeviceId, { timeoutMs: leftMs(), signal });
    }
    const text = completionText(completionCode);
    if (globals.json) {
      const fields = { kind, completion_code: completionCode, completion_text: text };
      stdout.write(jsonLine('reset', fields));
    } else if (isDone) {
      stdout.write(`${DONE[kind]}\n`);
    } else {
      stderr.write(`MC reset command failed: ${text}\n`);
    }
    return isDone ? 0 : EXIT_COMPLETION_CODE;
  };
}
