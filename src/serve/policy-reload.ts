/**
 * Reads the policy of a server that runs once more: an administrator has changed it. A policy that
 * is wrong changes nothing.
 */

import type { Log } from '../log.ts';
import { grantsText } from './policy-file.ts';
import type { Grants } from './policy.ts';

/** Everything that is needed for it. */
export interface ReloadParts {
  /** Throws when the policy is wrong, or cannot be read. */
  readonly read: () => Grants;
  readonly obey: (grants: Grants) => void;
  readonly log: Log;
}

/** Obeys the policy as it is now, or logs why it cannot be; returns a line that says which. */
export function reloadPolicy({ read, obey, log }: ReloadParts): string {
  try {
    const grants = read();
    obey(grants);
    const { users, groups } = grants;
    log.info({ users: users.size, groups: groups.size }, 'the policy was read again');
    return `the policy was read again: ${grantsText(grants)}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error({ error: reason }, 'the policy is wrong; the one before stays in force');
    return `${reason}; the policy of before stays in force`;
  }
}
