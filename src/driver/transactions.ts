/**
 * The channel `ipmi-bt:transaction` of `node:diagnostics_channel`: each transaction that has ended,
 * for programs that measure or log them. Data is never told, of which a secret could be part.
 */

import { channel } from 'node:diagnostics_channel';

import type { Reply, Request } from '../ipmi/message.ts';

/** A request that was handed to the BMC, and the end of that. A repeat is one of its own. */
export interface Transaction {
  /** Name of the device, such as `bt0`. */
  readonly device: string | undefined;
  readonly netFn: number;
  readonly cmd: number;
  readonly lun: number;
  /** True for a request that the library made by itself. */
  readonly isInternal: boolean;
  /** The reply's completion code, 0x00..0xff; undefined when there was none in time. */
  readonly completionCode: number | undefined;
  /** Bytes of request data, and of response data; undefined without a reply. */
  readonly requestBytes: number;
  readonly responseBytes: number | undefined;
  /** From the start of the attempt to its end, milliseconds. */
  readonly durationMs: number;
}

const TRANSACTIONS = channel('ipmi-bt:transaction');

/** An attempt as the driver knows it. */
export interface Attempted {
  readonly device: string | undefined;
  readonly request: Request;
  readonly isInternal: boolean;
  readonly durationMs: number;
}

/** True when a program listens; a message that is not read would cost something. */
export function hasTransactionListener(): boolean {
  return TRANSACTIONS.hasSubscribers;
}

/**
 * Tells the listeners of a transaction that has ended, with its reply if there was one. They are
 * told later, since a listener may use or close the device in the middle of the driver's work.
 */
export function tellTransaction(attempt: Attempted, reply?: Reply): void {
  const { request, ...others } = attempt;
  const message: Transaction = {
    ...others,
    ...{ netFn: request.netFn, cmd: request.cmd, lun: request.lun },
    completionCode: reply?.completionCode,
    requestBytes: request.data.length,
    responseBytes: reply?.data.length,
  };
  queueMicrotask(() => {
    TRANSACTIONS.publish(message);
  });
}
