/** The output and the end of the commands that make settings as they are wanted. */

import type { ApplyResult, Shown } from '../commands/index.ts';
import { YES_OPTION, confirm } from './confirm.ts';
import { EXIT_COMPLETION_CODE, EXIT_WOULD_CHANGE } from './exit-codes.ts';
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

/** Asks before something is set; with `--check` nothing is. False: it is not to be. */
export async function mayApply(
  change: string,
  { check, yes }: { readonly check: boolean; readonly yes: boolean },
): Promise<boolean> {
  return check || (await confirm(change, yes));
}

/** Prints a result; returns the exit code. */
export function printResult(
  family: 'lan' | 'user' | 'channel',
  result: ApplyResult,
  { globals, stdout }: Pick<Session, 'globals' | 'stdout'>,
): number {
  stdout.write(globals.json ? json(family, result) : text(result));
  if (result.unverified.length > 0) return EXIT_COMPLETION_CODE;
  return result.isCheck && result.changes.length > 0 ? EXIT_WOULD_CHANGE : 0;
}

function json(family: string, { channel, isCheck, changes, unverified }: ApplyResult): string {
  return schemaLine(APPLY_RESULT_SCHEMA, {
    family,
    channel,
    check: isCheck,
    changes: changes.map(({ path, from, to, isSecret }) => ({ path, from, to, secret: isSecret })),
    unverified: unverified.map(({ path, reason }) => ({ path, reason })),
  });
}

function text({ isCheck, changes, unverified }: ApplyResult): string {
  const lines = changes.map(({ path, from, to, isSecret }) =>
    isSecret ? `${path}: (secret)` : `${path}: ${shown(from)} -> ${shown(to)}`,
  );
  const doubts = unverified.map(({ path, reason }) => `not verified: ${path}: ${reason}`);
  const count = `${changes.length} ${changes.length === 1 ? 'setting' : 'settings'}`;
  const done = isCheck ? `${count} would change` : `${count} changed`;
  const end = changes.length === 0 ? 'all is as wanted' : done;
  return [...lines, ...doubts, end].map((line) => `${line}\n`).join('');
}

function shown(value: Shown): string {
  if (value === null) return 'none';
  return value === '' ? '""' : String(value);
}
