/**
 * The changes of a connection to NATS, in the log of a service: what the server does not allow is
 * told once for each subject, with what to do.
 */

import type { NatsConnection } from '@nats-io/transport-node';
import type { Log } from 'ipmi-bt';

import { NatsConnectError } from './connection.ts';
import { isRefusal, refusalOf } from './permissions.ts';
import { NatsOptionsError } from './secrets.ts';

/** Told of a connection that is lost, and of one that is back. */
type OnChange = (isConnected: boolean) => void;

/** So many refusals are told; a service has some ten subjects. */
const REFUSALS_MAX = 100;

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
  const refusals = new Set<string>();
  for await (const status of connection.status()) {
    const { type } = status;
    if (status.type === 'error' && isRefusal(status.error)) {
      const refusal = refusalOf(status.error);
      const key = `${refusal.operation} ${refusal.subject}`;
      if (refusals.has(key) || refusals.size >= REFUSALS_MAX) continue;
      refusals.add(key);
      log.warn(refusal, 'not allowed by NATS');
      continue;
    }
    if (status.type === 'error') log.warn({ type, error: String(status.error) }, 'connection');
    else if (type === 'ping') log.debug({ type }, 'connection');
    else if (type !== told) log.info({ type }, 'connection');
    if (type !== 'ping') told = type;
    if (type === 'disconnect') onChange?.(false);
    if (type === 'reconnect') onChange?.(true);
  }
}

/** The error of a service whose connection was closed for good. */
export async function closedError(connection: Pick<NatsConnection, 'closed'>) {
  const cause = await connection.closed();
  const reason = cause instanceof Error ? cause.message : 'no reason was given';
  const isOwn = cause instanceof NatsOptionsError;
  const remedy = isOwn ? '' : '; does the server know the NKEY or the credentials still?';
  return new NatsConnectError(`the connection to NATS was closed: ${reason}${remedy}`, { cause });
}
