/**
 * The events of all hosts out of their stream, the last ones first and then as they come. It keeps
 * nothing in the stream and acknowledges nothing, so that it takes no event from a reader.
 */

import type { StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock, RequestSignal } from 'ipmi-bt';

import { sleep } from '../clock.ts';
import type { HostEvent } from '../nats/protocol.ts';
import { streamTrouble } from '../nats/stream-trouble.ts';
import { eventStream } from '../nats/subjects.ts';
import { vouchedEvent } from '../nats/vouched-event.ts';

/** Everything that events are read with. */
export interface EventFeedParts {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly clock: Clock;
  /** Events from before the start, at most. */
  readonly backlog: number;
  /** An event, with the time at which the stream got it: milliseconds since 1970. */
  readonly onEvent: (event: HostEvent, atMs: number) => void;
  /** Told of messages that are no events, with their subjects. */
  readonly onError: (subject: string, error: unknown) => void;
  /** Milliseconds between two looks at the stream; 15 s when absent. */
  readonly lookMs?: number;
  /** Told why events are not read; of an empty text when they are. */
  readonly onTrouble: (trouble: string) => void;
}

/** Pause before the stream is looked for again, and between two looks whether all has come. */
const LOOK_MS = 15_000;

/** The place in the stream from which it is read. */
interface Place {
  nextSeq: number;
  /** When the stream was made; a stream that was made again begins anew. */
  created: string;
}

/** Reads until the signal aborts. A stream that is not there is looked for again. */
export async function feedEvents(parts: EventFeedParts, signal: RequestSignal): Promise<void> {
  const place = { nextSeq: 0, created: '' };
  while (!signal.aborted) {
    await readOn(parts, place, signal).catch((error: unknown) => {
      if (!signal.aborted) parts.onTrouble(streamTrouble(error, eventStream(parts.prefix)));
    });
    await sleep(parts.clock, parts.lookMs ?? LOOK_MS, signal).catch(() => undefined);
  }
}

async function readOn(parts: EventFeedParts, place: Place, signal: RequestSignal): Promise<void> {
  const { connection, prefix, backlog, clock, lookMs = LOOK_MS, onTrouble } = parts;
  const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const stream = eventStream(prefix);
  const manager = await jetstreamManager(connection);
  const look = async (): Promise<StreamInfo> => await manager.streams.info(stream);
  const { state, created } = await look();
  const first = created === place.created ? place.nextSeq : state.last_seq - backlog + 1;
  place.nextSeq = Math.max(first, 1);
  place.created = created;
  const consumer = await jetstream(connection).consumers.get(stream, {
    opt_start_seq: place.nextSeq,
  });
  const messages = await consumer.consume();
  onTrouble('');
  const ending = new AbortController();
  const stop = (): void => {
    ending.abort(new Error('closed'));
    void messages.close();
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const looking = untilStalled({ place, look, lookMs, clock }, ending.signal).finally(stop);
  const taking = (async () => {
    for await (const message of messages) {
      if (ending.signal.aborted) return;
      place.nextSeq = message.seq + 1;
      take(parts, message);
    }
  })();
  // The messages of a consumer that NATS has forgotten do not end by being closed.
  await Promise.race([taking, looking]).finally(() => {
    signal.removeEventListener('abort', stop);
    stop();
  });
}

interface Looking {
  readonly place: Place;
  readonly look: () => Promise<StreamInfo>;
  readonly lookMs: number;
  readonly clock: Clock;
}

/**
 * Resolves when messages of the stream have not come, or it was made again; rejects when it is
 * gone. The library waits without a word where NATS has forgotten its consumer.
 */
async function untilStalled(looking: Looking, signal: RequestSignal): Promise<void> {
  const { place, look, lookMs, clock } = looking;
  let missedSeq = 0;
  for (;;) {
    await sleep(clock, lookMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    const { state, created } = await look();
    const wantedSeq = Math.max(place.nextSeq, state.first_seq);
    const isBehind = wantedSeq <= state.last_seq;
    // One that came this moment may be on its way.
    if (created !== place.created || (isBehind && wantedSeq === missedSeq)) return;
    missedSeq = isBehind ? wantedSeq : 0;
  }
}

interface Message {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly time: Date;
}

function take({ prefix, onEvent, onError }: EventFeedParts, message: Message): void {
  try {
    const event = vouchedEvent(prefix, message);
    onEvent(event, message.time.getTime());
  } catch (error) {
    onError(message.subject, error);
  }
}
