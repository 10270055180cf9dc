/** The error that an agent answers with: a code of the protocol, and how far the command came. */

import { IpmiError, bareText } from 'ipmi-bt';
import type { Outcome } from 'ipmi-bt';

import type { Failure, FleetErrorCode } from '../nats/protocol.ts';
import { ProtocolError } from '../nats/protocol.ts';

/** A request that the agent does not fulfil. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
  readonly code: FleetErrorCode;
  readonly outcome: Outcome;

  constructor(code: FleetErrorCode, message: string, outcome: Outcome = 'not-sent') {
    super(message);
    this.code = code;
    this.outcome = outcome;
  }
}

/** The message for an error; one of another kind is a fault of the agent. */
export function failureOf(host: string, error: unknown): Failure {
  if (error instanceof FleetError) {
    const { code, message, outcome } = error;
    return { host, code, message, outcome };
  }
  if (error instanceof ProtocolError) {
    return { host, code: 'BAD_REQUEST', message: error.message, outcome: 'not-sent' };
  }
  if (error instanceof IpmiError) {
    const { code, outcome, completionCode } = error;
    const cause = { host, code, message: bareText(error), outcome };
    return completionCode === undefined ? cause : { ...cause, completionCode };
  }
  return { host, code: 'AGENT_FAILED', message: 'a fault of the agent', outcome: 'unknown' };
}
