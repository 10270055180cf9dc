/** Users that an `apply` enables, and that need no name or no password to log in. */

import { IpmiError } from '../errors.ts';
import type { Warning } from './apply.ts';
import type { PasswordComparison } from './user-access.ts';
import type { UserWanted } from './user-wanted.ts';

/** A user of an `apply`. */
export interface Enabling {
  readonly wanted: UserWanted;
  /** Place of the user among the wanted settings, such as `user.users[0]`. */
  readonly path: string;
  /** The name that the BMC has now. */
  readonly name: string;
  /** Compares the password that the BMC has with an empty one. */
  readonly compareEmpty: () => Promise<PasswordComparison>;
}

/**
 * The warnings of one user; none unless it is to be enabled. A BMC that cannot compare passwords
 * does not tell that there is none, and gives no warning of that.
 */
export async function warningsOf({
  wanted,
  path,
  name,
  compareEmpty,
}: Enabling): Promise<readonly Warning[]> {
  const { id, enabled, password } = wanted;
  if (enabled !== true) return [];
  const warnings: Warning[] = [];
  if ((wanted.name ?? name) === '') {
    const reason = `user ${id} is to be enabled without a name: a login without one is as this user`;
    warnings.push({ path: `${path}.name`, reason });
  }
  if (password === undefined && (await isEmpty(compareEmpty))) {
    const reason = `user ${id} is to be enabled without a password: set one, or leave it disabled`;
    warnings.push({ path: `${path}.password`, reason });
  }
  return warnings;
}

/** False where the BMC refuses to say. */
async function isEmpty(compareEmpty: Enabling['compareEmpty']): Promise<boolean> {
  try {
    return (await compareEmpty()) === 'same';
  } catch (error) {
    if (error instanceof IpmiError && error.completionCode !== undefined) return false;
    throw error;
  }
}
