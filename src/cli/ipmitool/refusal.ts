/** Commands of ipmitool that this program does not have. */

import type { Session } from './session.ts';

/** Says so; the exit code. */
export function refuse(session: Session, words: string): number {
  session.complain(`ipmi-bt: 'ipmitool ${words}' is not supported: see docs/ipmitool.md`);
  return 1;
}
