/** Errors as the command line tells them, in words and as JSON. */

import { EXIT_CODES } from '../errors.ts';
import type { IpmiError } from '../errors.ts';
import { EXIT_COMPLETION_CODE } from './exit-codes.ts';
import { inFlags } from './format.ts';
import type { NotFoundError } from './not-found.ts';

/** A failure as it is told. */
export interface Failure {
  readonly code: string;
  readonly outcome: string;
  readonly message: string;
  readonly exit: number;
  readonly completionCode?: number | undefined;
  readonly silence?: string | undefined;
}

/** The failure that an error of the library is. */
export function failureOf(error: IpmiError): Failure {
  const { code, outcome, message, completionCode, silence } = error;
  const exit = EXIT_CODES[code];
  return { code, outcome, message: inFlags(message), exit, completionCode, silence };
}

/** The failure of a command for something that the BMC does not have. */
export function absence({ message }: NotFoundError): Failure {
  return { code: 'NOT_FOUND', outcome: 'answered', message, exit: EXIT_COMPLETION_CODE };
}

/** The field `error` of the JSON of a failure. */
export function errorFields({ code, outcome, message, ...more }: Failure): object {
  const { completionCode, silence } = more;
  return {
    ...{ code, outcome, message },
    ...(completionCode === undefined ? {} : { completion_code: completionCode }),
    ...(silence === undefined ? {} : { silence }),
  };
}
