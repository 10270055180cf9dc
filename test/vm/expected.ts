/**
 * What steps are expected to end with, in the words of `GuestResult.step`.
 */

import type { StepResult } from './guest.ts';

/** Get Device ID as `raw` prints it: of QEMU's own BMC, and of `ExternBmc`. */
export const SIM_ID = ' 20 00 00 00 02 07 00 00 00 00 00\n';
export const EXTERN_ID = ' 42 81 03 07 02 9f ef be 00 34 12\n';

/** The step succeeded and had nothing to complain about. */
export function printed(stdout: string): StepResult {
  return { exitCode: 0, stdout, stderr: '' };
}

/** `ipmi-bt` gave up with this one line. */
export function gaveUp(exitCode: number, message: string): StepResult {
  return { exitCode, stdout: '', stderr: `ipmi-bt: ${message}\n` };
}
