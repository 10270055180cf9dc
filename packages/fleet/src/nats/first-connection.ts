/**
 * The first connection of a service, which waits for its server. The library can wait, too, but
 * says nothing of a certificate or a key that is wrong.
 */

import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock } from 'ipmi-bt';

import { sleep } from '../clock.ts';
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
}

/** Resolves when there is a connection. Rejects for options by which none can be made. */
export async function connectInTheEnd(
  options: NatsOptions,
  { clock, random, onRefused }: WaitParts,
): Promise<NatsConnection> {
  const { signal: neverAborted } = new AbortController();
  let told = '';
  for (;;) {
    try {
      return await connectNats({ ...options, lasts: true });
    } catch (error) {
      // A server may be started, or its certificate replaced.
      if (!(error instanceof NatsConnectError || error instanceof CertificateError)) throw error;
      if (error.message !== told) onRefused(error);
      told = error.message;
    }
    await sleep(clock, RECONNECT_MS + random() * RECONNECT_JITTER_MS, neverAborted);
  }
}
