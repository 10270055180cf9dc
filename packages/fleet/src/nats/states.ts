/** The changes of a connection to NATS, in the log of a service. */

import type { NatsConnection } from '@nats-io/transport-node';
import type { Log } from 'ipmi-bt';

/** Told of a connection that is lost, and of one that is back. */
type OnChange = (isConnected: boolean) => void;

/**
 * Logs how the connection changes, until it is closed. The pings of a good one, some a minute, are
 * for debugging; each attempt to connect again is the same news.
 */
export async function tellStates(
  connection: Pick<NatsConnection, 'status'>,
  log: Pick<Log, 'info' | 'warn' | 'debug'>,
  onChange?: OnChange,
): Promise<void> {
  let told = '';
  for await (const status of connection.status()) {
    const { type } = status;
    if (status.type === 'error') log.warn({ type, error: String(status.error) }, 'connection');
    else if (type === 'ping') log.debug({ type }, 'connection');
    else if (type !== told) log.info({ type }, 'connection');
    if (type !== 'ping') told = type;
    if (type === 'disconnect') onChange?.(false);
    if (type === 'reconnect') onChange?.(true);
  }
}
