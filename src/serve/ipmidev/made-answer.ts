/**
 * The answer that the device makes where the BMC gave none. A program that has sent a request waits
 * for an answer, and linux/ipmi.h has no other word for a loss than a completion code.
 */

import { IpmiError } from '../../errors.ts';
import { Completion } from '../../ipmi/completion.ts';

/** The kernel's driver calls it `IPMI_ERR_UNSPECIFIED`. */
const UNSPECIFIED = 0xff;

/** The request was refused by the server's policy (table 5-2). */
const INSUFFICIENT_PRIVILEGE = 0xd4;

/** `bmc`: a controller gave this code itself, such as the BMC to a Send Message. */
export interface MadeAnswer {
  readonly completionCode: number;
  readonly by: 'bmc' | 'server';
}

/** The answer to a request that ended with this error. */
export function answerTo(error: unknown): MadeAnswer {
  if (!(error instanceof IpmiError)) return { completionCode: UNSPECIFIED, by: 'server' };
  const { completionCode } = error;
  if (completionCode !== undefined) return { completionCode, by: 'bmc' };
  return { completionCode: codeOf(error), by: 'server' };
}

function codeOf({ code }: IpmiError): number {
  switch (code) {
    case 'REQUEST_TIMEOUT':
    case 'BMC_UNRESPONSIVE':
      return Completion.TIMEOUT;
    case 'QUEUE_FULL':
      return Completion.NODE_BUSY;
    case 'COMMAND_DENIED':
      return INSUFFICIENT_PRIVILEGE;
    case 'REQUEST_TOO_LONG':
      return Completion.FIELD_TOO_LONG;
    case 'PORT_DENIED':
    case 'PORT_LOCKED_DOWN':
    case 'PORT_UNSUPPORTED':
    case 'PORT_CLAIMED':
    case 'DEVICE_ABSENT':
    case 'DEVICE_LOCKED':
    case 'DEVICE_CLOSED':
    case 'REQUEST_ABORTED':
    case 'RESPONSE_MALFORMED':
    case 'COMMAND_FAILED':
      return UNSPECIFIED;
  }
}
