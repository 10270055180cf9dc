/** A guest with the kernel module of `native/uio`, and steps that know the words of `uio.sh`. */

import { fileURLToPath } from 'node:url';

import { bootGuest } from './guest.ts';
import type { GuestOptions, GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';

const FUNCTIONS = fileURLToPath(new URL('programs/uio.sh', import.meta.url));

/** What the kernel says when something is wrong with it. */
export const COMPLAINT = /BUG|WARNING|Oops|Call Trace|refcount|nobody cared|leak|lockup/;

/** Boots it; the module is there to be loaded, and bound to nothing. */
export function bootWithUio(
  steps: Readonly<Record<string, string>>,
  options: Omit<GuestOptions, 'steps' | 'modules'>,
): Promise<GuestResult> {
  const sourced = Object.entries(steps).map(([name, command]) => [name, `. /uio.sh\n${command}`]);
  return bootGuest({
    ...options,
    modules: ['ipmi_bt_uio'],
    files: { '/uio.sh': FUNCTIONS, ...options.files },
    steps: stepsOf(Object.fromEntries(sourced) as Record<string, string>),
  });
}
