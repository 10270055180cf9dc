/**
 * Builds `dist/` once before the tests that run the built CLI and the packaged library, so that
 * `npm test` never tests yesterday's code. `IPMI_BT_BUILD=done` leaves it out: for tests that run
 * nothing of it, and right behind another run.
 */

import { execFileSync } from 'node:child_process';

const built = globalThis as { ipmiBtIsBuilt?: boolean };

export function setup(): void {
  if (process.env['IPMI_BT_BUILD'] === 'done') return;
  // Each project of the configuration asks for it.
  if (built.ipmiBtIsBuilt === true) return;
  built.ipmiBtIsBuilt = true;
  for (const script of ['build:js', 'build:fleet']) {
    execFileSync('npm', ['run', '--silent', script], { stdio: 'inherit' });
  }
}
