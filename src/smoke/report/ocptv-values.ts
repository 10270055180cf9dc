/**
 * The values of the OCP report: ends, measurements with their validators, symptoms. Of the
 * combinations of status and result that the specification can spell, it allows four.
 */

import type { IpmiErrorCode } from '../../errors.ts';
import type { Bounds, Measurement, Result } from '../events.ts';

type Status = 'COMPLETE' | 'ERROR' | 'SKIP';

/** The end of a run. An abort from outside is a skip: no final result can be given. */
export const END_OF_RUN = {
  pass: { status: 'COMPLETE', result: 'PASS' },
  fail: { status: 'COMPLETE', result: 'FAIL' },
  skip: { status: 'SKIP', result: 'NOT_APPLICABLE' },
  error: { status: 'ERROR', result: 'NOT_APPLICABLE' },
  interrupted: { status: 'SKIP', result: 'NOT_APPLICABLE' },
} as const satisfies Record<Result, { readonly status: Status; readonly result: string }>;

/** The end of a step. */
export const END_OF_STEP: Readonly<Record<Result, Status>> = {
  ...{ pass: 'COMPLETE', fail: 'COMPLETE', skip: 'SKIP', error: 'ERROR', interrupted: 'SKIP' },
};

/** The symptom of an error without a code: of a bug, or of a file. */
const MIXED_UP = 'check-error';

/** A short name of an error, to count over a fleet: `port-denied`. */
export function symptomOf(code: IpmiErrorCode | undefined): string {
  return code === undefined ? MIXED_UP : code.toLowerCase().replaceAll('_', '-');
}

/** A value that is no number in JSON becomes text, which no validator can judge. */
export function measurementOf({ name, value, unit, bounds }: Measurement): object {
  if (!Number.isFinite(value)) return { name, value: String(value), unit };
  const validators = validatorsOf(bounds);
  return { name, value, unit, ...(validators.length === 0 ? {} : { validators }) };
}

function validatorsOf({ least, most }: Bounds): readonly object[] {
  return [
    ...(least === undefined ? [] : [{ type: 'GREATER_THAN_OR_EQUAL', value: least }]),
    ...(most === undefined ? [] : [{ type: 'LESS_THAN_OR_EQUAL', value: most }]),
  ];
}
