/**
 * Parameters that are read and set by their numbers: what those of the LAN configuration (IPMI 2.0
 * §23), of SOL (§26) and of the boot options (§28.12) have in common.
 */

import { bits, choice } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import { isAbsent } from './completion.ts';

/** Completion codes of the commands that read and set parameters. */
export const ParameterCode = {
  NOT_SUPPORTED: 0x80,
  IN_PROGRESS: 0x81,
  READ_ONLY: 0x82,
  WRITE_ONLY: 0x83,
} as const;

/** The codes in words. */
export const PARAMETER_CODES: Readonly<Record<number, string>> = {
  [ParameterCode.NOT_SUPPORTED]: 'the BMC does not have this parameter',
  [ParameterCode.IN_PROGRESS]: 'another party is setting parameters',
  [ParameterCode.READ_ONLY]: 'the parameter is read-only',
  [ParameterCode.WRITE_ONLY]: 'the parameter is write-only',
};

/** True if there is no such parameter to be read. */
export function isNoParameter(completionCode: number): boolean {
  const { NOT_SUPPORTED, WRITE_ONLY } = ParameterCode;
  const isOwn = completionCode === NOT_SUPPORTED || completionCode === WRITE_ONLY;
  return isOwn || isAbsent(completionCode);
}

/** State of parameter 0, by which one party at a time sets parameters. */
export type SetState = 'complete' | 'in-progress' | 'commit' | number;

/** Parameter 0. */
export interface SetInProgress extends Reserved {
  readonly state: SetState;
}

/** Parameter 0 of each kind, Set In Progress. */
export const SET_IN_PROGRESS: Field<SetInProgress> = bits({
  state: choice(0, 2, ['complete', 'in-progress', 'commit']),
});
