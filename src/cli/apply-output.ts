/** The output and the end of the commands that make settings as they are wanted. */

import type {
  ApplyOptions,
  ApplyResult,
  Change,
  Commands,
  Shown,
  Warning,
} from '../commands/index.ts';
import { shownText } from '../shown.ts';
import { onChannel } from './channel-option.ts';
import { YES_OPTION, checkConfirmable, confirm } from './confirm.ts';
import { EXIT_COMPLETION_CODE, EXIT_WOULD_CHANGE } from './exit-codes.ts';
import type { GlobalValues } from './globals.ts';
import { runOperation } from './operation.ts';
import { stderr, tellUser } from './output.ts';
import type { ExitCodes, OptionSpecs } from './spec.ts';
import { APPLY_RESULT_SCHEMA } from './schemas/apply-result.ts';
import { schemaLine } from './schemas/schema.ts';
import type { Session } from './session.ts';

/** Options of each command that applies. */
export const APPLY_OPTIONS = {
  check: { help: 'only print what would change; exit code 2 if something would' },
  yes: YES_OPTION,
} as const satisfies OptionSpecs;

/** Exit codes of each command that applies. */
export const APPLY_EXIT_CODES: ExitCodes = {
  0: 'all is as wanted',
  1: 'the BMC refused a setting, or does not show one that was set',
  2: 'with --check: something would change',
};

/** A command that makes settings as they are wanted. */
export interface Applying {
  readonly family: 'lan' | 'user' | 'channel';
  /** Says in a sentence what would be set. */
  readonly change: string;
  readonly options: { readonly check: boolean; readonly yes: boolean };
  /** The channel that the user names. */
  readonly channel: number | undefined;
  readonly apply: (bmc: Commands, how: ApplyOptions) => Promise<ApplyResult>;
}

/**
 * Runs it: shows what would change, asks, and sets; without a question after `--yes`, and nothing
 * with `--check`. Where it cannot be asked nothing is sent.
 */
export async function runApply(globals: GlobalValues, applying: Applying): Promise<number> {
  const { family, change, options, channel, apply } = applying;
  const { check, yes } = options;
  if (!check) checkConfirmable(change, { yes, globals });
  const operation = onChannel(channel, async (bmc, session) => {
    const answer = { isAsked: false, isNo: false };
    const ask: ApplyOptions['confirm'] = async (changes, warnings) => {
      answer.isAsked = true;
      stderr.write(lines(changes.map(changeLine)));
      warn(warnings);
      answer.isNo = !(await confirm(change, { yes: false, globals }, 'nothing was set'));
      return !answer.isNo;
    };
    const how = { check, signal: session.signal, ...(yes ? {} : { confirm: ask }) };
    const result = await apply(bmc, how);
    if (answer.isNo) return 0;
    // They stand above a question, and in JSON.
    if (!answer.isAsked && !session.globals.json) warn(result.warnings);
    return printResult(family, result, session);
  });
  return await runOperation(globals, operation);
}

/** Prints a result; returns the exit code. */
function printResult(
  family: Applying['family'],
  result: ApplyResult,
  { globals, stdout }: Pick<Session, 'globals' | 'stdout'>,
): number {
  stdout.write(globals.json ? json(family, result) : text(result));
  if (result.unverified.length > 0) return EXIT_COMPLETION_CODE;
  return result.isCheck && result.changes.length > 0 ? EXIT_WOULD_CHANGE : 0;
}

function warn(warnings: readonly Warning[]): void {
  for (const { path, reason } of warnings) tellUser(`warning: ${path}: ${reason}`);
}

function json(family: string, result: ApplyResult): string {
  const { channel, isCheck, changes, unverified, warnings } = result;
  return schemaLine(APPLY_RESULT_SCHEMA, {
    family,
    channel,
    check: isCheck,
    changes: changes.map(({ path, from, to, isSecret }) => ({ path, from, to, secret: isSecret })),
    unverified: unverified.map(({ path, reason }) => ({ path, reason })),
    warnings: warnings.map(({ path, reason }) => ({ path, reason })),
  });
}

function text({ isCheck, changes, unverified }: ApplyResult): string {
  const doubts = unverified.map(({ path, reason }) => `not verified: ${path}: ${reason}`);
  const count = `${changes.length} ${changes.length === 1 ? 'setting' : 'settings'}`;
  const done = isCheck ? `${count} would change` : `${count} changed`;
  const end = changes.length === 0 ? 'all is as wanted' : done;
  return lines([...changes.map(changeLine), ...doubts, end]);
}

/** Lines that no name from a BMC can break, or steer the terminal with. */
function lines(texts: readonly string[]): string {
  return texts.map((line) => `${shownText(line)}\n`).join('');
}

function changeLine({ path, from, to, isSecret }: Change): string {
  return isSecret ? `${path}: (secret)` : `${path}: ${shown(from)} -> ${shown(to)}`;
}

function shown(value: Shown): string {
  if (value === null) return 'none';
  return value === '' ? '""' : String(value);
}
