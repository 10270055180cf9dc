/**
 * Builds `dist/` once before the tests that run the built CLI and the packaged library, so that
 * `npm test` never tests yesterday's code.
 */

import { execFileSync } from 'node:child_process';

export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build:js'], { stdio: 'inherit' });
}
