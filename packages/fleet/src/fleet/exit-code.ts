/** The exit codes of `ipmi-bt`, for the answer of one host and for the worst of many. */

import { EXIT_ABSENT, EXIT_BUG, EXIT_DENIED, EXIT_REFUSED } from '../exit-codes.ts';
import { EXIT_TRY_LATER, EXIT_USAGE, LASTING } from '../exit-codes.ts';
import type { FleetErrorCode } from '../nats/protocol.ts';
import type { Delivery } from './transport.ts';

const OF_CODE: Readonly<Record<FleetErrorCode, number>> = {
  ...LASTING,
  DEVICE_LOCKED: EXIT_TRY_LATER,
  DEVICE_CLOSED: EXIT_TRY_LATER,
  QUEUE_FULL: EXIT_TRY_LATER,
  REQUEST_TOO_LONG: EXIT_USAGE,
  REQUEST_TIMEOUT: EXIT_TRY_LATER,
  REQUEST_ABORTED: EXIT_TRY_LATER,
  RESPONSE_MALFORMED: EXIT_TRY_LATER,
  COMMAND_FAILED: EXIT_REFUSED,
  COMMAND_DENIED: EXIT_DENIED,
  BMC_UNRESPONSIVE: EXIT_TRY_LATER,
  BAD_REQUEST: EXIT_USAGE,
  ID_MISSING: EXIT_USAGE,
  ID_REUSED: EXIT_USAGE,
  JOURNAL_FAILED: EXIT_TRY_LATER,
  TOO_LATE: EXIT_TRY_LATER,
  ANSWER_TOO_LONG: EXIT_ABSENT,
  PAGE_GONE: EXIT_TRY_LATER,
  AGENT_FAILED: EXIT_BUG,
};

const EXIT_MAX = 0xff;

/** The exit code that `ipmi-bt` on the host would have ended with. */
export function exitCodeFor(delivery: Delivery): number {
  if (delivery.kind === 'failure') return OF_CODE[delivery.code];
  const { completionCode, result } = delivery.body;
  if (typeof completionCode !== 'number') return verdictOf(result);
  return completionCode === 0 ? 0 : EXIT_REFUSED;
}

/** The exit code of a smoke test, which is its verdict; 0 for the results of other endpoints. */
function verdictOf(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('exitCode' in result)) return 0;
  const { exitCode } = result;
  const isCode = typeof exitCode === 'number' && Number.isInteger(exitCode);
  // The system would take the lowest byte of any other, which may be 0.
  return isCode && exitCode >= 0 && exitCode <= EXIT_MAX ? exitCode : EXIT_BUG;
}

/** The greatest of all, as `clush -S` has it; 0 of none. */
export function worstOf(codes: Iterable<number>): number {
  let worst = 0;
  for (const code of codes) worst = Math.max(worst, code);
  return worst;
}
