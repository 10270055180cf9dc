/**
 * The meaning of an error that a check lets out: a finding about the interface, a machine on which
 * the check cannot be done, a check that does not apply, or a bug.
 */

import { ConfigError } from '../config-file.ts';
import { EXIT_CODES, IpmiError } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import { BaselineError } from './baseline-file.ts';
import { Skipped } from './check.ts';
import type { Slug } from './events.ts';

/** The conclusion from an error. */
export type Conclusion =
  | { readonly kind: 'fail'; readonly slug: Slug; readonly text: string }
  | { readonly kind: 'skip'; readonly text: string; readonly isAllowed: boolean }
  | {
      readonly kind: 'error';
      readonly text: string;
      readonly exit: number;
      readonly code: IpmiErrorCode | undefined;
    };

const EXIT_USAGE = 64;
const EXIT_BUG = 70;
const EXIT_CONFIG = 78;

/** Errors that the interface or the BMC is to blame for. */
const FAULTS: Readonly<Partial<Record<IpmiErrorCode, Slug>>> = {
  BMC_UNRESPONSIVE: 'bt-wedged',
  REQUEST_TIMEOUT: 'bt-drops-requests',
  RESPONSE_MALFORMED: 'bt-malformed',
};

/** Exit codes of those that keep the ports from this process; 69 would say that there is no BT. */
const REFUSALS: Readonly<Partial<Record<IpmiErrorCode, number>>> = {
  PORT_DENIED: 77,
  PORT_LOCKED_DOWN: 77,
  PORT_UNSUPPORTED: 77,
  PORT_CLAIMED: 75,
  DEVICE_LOCKED: 75,
};

/**
 * Concludes from an error. `isExpected`: firmware lists a BT interface, or it was seen before, so
 * that its absence is a failure.
 */
export function concludeFrom(error: unknown, isExpected: boolean): Conclusion {
  if (error instanceof Skipped) {
    return { kind: 'skip', text: error.message, isAllowed: error.isAllowed };
  }
  if (error instanceof ConfigError) {
    return { kind: 'error', text: error.message, exit: EXIT_CONFIG, code: undefined };
  }
  if (error instanceof BaselineError) {
    return { kind: 'error', text: error.message, exit: EXIT_USAGE, code: undefined };
  }
  if (!(error instanceof IpmiError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      kind: 'error',
      text: `the check itself has a bug: ${text}`,
      exit: EXIT_BUG,
      code: undefined,
    };
  }
  const { code, message } = error;
  const slug = FAULTS[code] ?? (code === 'DEVICE_ABSENT' && isExpected ? 'bt-absent' : undefined);
  if (slug !== undefined) return { kind: 'fail', slug, text: message };
  return { kind: 'error', text: message, exit: REFUSALS[code] ?? EXIT_CODES[code], code };
}
