/**
 * The first connection of a service, which waits for its server. The library can wait, too, but
 * says nothing of a certificate or a key that is wrong.
 */

import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock, RequestSignal } from 'ipmi-bt';

import { sleep } from '../clock.ts';
import { orAborted } from '../or-aborted.ts';
import { CertificateError, NatsConnectError, connectNats } from './connection.ts';
import { RECONNECT_JITTER_MS, RECONNECT_MS } from './connection.ts';
import type { NatsOptions } from './connection.ts';

/** Everything that waiting needs. */
export interface WaitParts {
  readonly clock: Clock;
  /** 0 up to 1, so that hosts do not come all at once. */
  readonly random: () => number;
  /** Told why there is no connection, and of the next reason when that is another one. */
  readonly onRefused: (error: Error) => void;
  /** Ends the waiting. */
  readonly signal: RequestSignal;
}

/**
 * Resolves when there is a connection. Rejects for options by which none can be made, and when the
 * signal aborts.
 */
export async function connectInTheEnd(
  options: NatsOptions,
  { clock, random, onRefused, signal }: WaitParts,
): Promise<NatsConnection> {
  let told = '';
  for (;;) {
    try {
      return await orAborted(connectNats({ ...options, lasts: true }), signal, {
        reason: 'ended while it connected',
        onLate: (late) => late.close(),
      });
    } catch (error) {
      // A server may be started, or its certificate replaced.
      if (!(error instanceof NatsConnectError || error instanceof CertificateError)) throw error;
      if (error.message !== told) onRefused(error);
      told = error.message;
    }
    await sleep(clock, RECONNECT_MS + random() * RECONNECT_JITTER_MS, signal);
  }
}
