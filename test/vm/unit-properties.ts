/** Properties of a systemd unit in a Debian guest, as a step printed them. */

import type { GuestResult } from './guest.ts';

/** The lines `NAME=VALUE` that `systemctl show` printed in that step. */
export function propertiesOf(guest: GuestResult, step: string): Record<string, string> {
  const pairs = guest.step(step).stdout.trimEnd().split('\n');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return [name, rest.join('=')];
    }),
  );
}
