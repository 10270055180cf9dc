/**
 * The events of all hosts out of their stream, the last ones first and then as they come. It keeps
 * nothing in the stream and acknowledges nothing, so that it takes no event from a reader.
 */

import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock, RequestSignal } from 'ipmi-bt';

import { sleep } from '../clock.ts';
import { parseHostEvent } from '../nats/protocol.ts';
import type { HostEvent } from '../nats/protocol.ts';
import { eventStream } from '../nats/subjects.ts';

/** Everything that events are read with. */
export interface EventFeedParts {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly clock: Clock;
  /** Events from before the start, at most. */
  readonly backlog: number;
  /** An event, with the time at which the stream got it: milliseconds since 1970. */
  readonly onEvent: (event: HostEvent, atMs: number) => void;
  /** Told of messages that are no events. */
  readonly onError: (error: unknown) => void;
  /** Told why events are not read; of an empty text when they are. */
  readonly onTrouble: (trouble: string) => void;
}

/** Pause before the stream is looked for again. */
const AGAIN_MS = 15_000;

/** Reads until the signal aborts. A stream that is not there is looked for again. */
export async function feedEvents(parts: EventFeedParts, signal: RequestSignal): Promise<void> {
  const place = { nextSeq: 0 };
  while (!signal.aborted) {
    await readOn(parts, place, signal).catch((error: unknown) => {
      if (!signal.aborted) parts.onTrouble(troubleText(error, eventStream(parts.prefix)));
    });
    await sleep(parts.clock, AGAIN_MS, signal).catch(() => undefined);
  }
}

async function readOn(
  parts: EventFeedParts,
  place: { nextSeq: number },
  signal: RequestSignal,
): Promise<void> {
  const { connection, prefix, backlog, onTrouble } = parts;
  const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const stream = eventStream(prefix);
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(stream);
  // A stream that was made again begins with 1.
  const isNew = place.nextSeq === 0 || place.nextSeq > state.last_seq + 1;
  const first = isNew ? state.last_seq - backlog + 1 : place.nextSeq;
  const consumer = await jetstream(connection).consumers.get(stream, {
    opt_start_seq: Math.max(first, 1),
  });
  const messages = await consumer.consume();
  onTrouble('');
  const stop = (): void => void messages.close();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  for await (const message of messages) {
    place.nextSeq = message.seq + 1;
    take(parts, message);
  }
  signal.removeEventListener('abort', stop);
}

interface Message {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly time: Date;
}

function take({ onEvent, onError }: EventFeedParts, { subject, data, time }: Message): void {
  try {
    const event = parseHostEvent(data);
    // The permissions of the server vouch for the subject, and nothing for the content.
    if (!subject.endsWith(`.${event.host}`)) {
      throw new Error(`an event of ${event.host} came from ${subject}`);
    }
    onEvent(event, time.getTime());
  } catch (error) {
    onError(error);
  }
}

function troubleText(error: unknown, stream: string): string {
  const { name, message } = error as Error;
  if (/stream not found/i.test(message)) return `there is no stream ${stream} of events`;
  if (/permission/i.test(`${name} ${message}`)) {
    return `NATS gives this user no permission for the stream ${stream}: ${message}`;
  }
  return `the stream ${stream} cannot be read: ${message}`;
}
