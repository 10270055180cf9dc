/**
 * An event out of the stream, whose host the NATS server vouches for: an agent may publish to the
 * subject of its own host alone, and may write anything into a message.
 */

import { parseHostEvent } from './protocol.ts';
import type { HostEvent } from './protocol.ts';
import { eventSubject, hostToken } from './subjects.ts';

/** A message of the stream. */
export interface StreamMessage {
  readonly subject: string;
  readonly data: Uint8Array;
}

/**
 * The event of a message. Throws a `ProtocolError` if it is none, and an error if the event names
 * another host than its subject.
 */
export function vouchedEvent(prefix: string, { subject, data }: StreamMessage): HostEvent {
  const event = parseHostEvent(data);
  if (subject === eventSubject(prefix, tokenIn(event))) return event;
  throw new Error('the host that an event names is not that of its subject');
}

/** The host, as agents name theirs. */
function tokenIn({ host }: HostEvent): string {
  if (hostToken(host) === host) return host;
  throw new Error('the host that an event names is not written as agents write theirs');
}
