/**
 * Records what a device does, as JSON Lines: requests, attempts with their deadlines, states, and
 * every register access. What a secret could be in is hidden as in a trace (`bt/disclosure`).
 */

import { registerName } from '../bt/bits.ts';
import type { PayloadChoice } from '../bt/disclosure.ts';
import type { StateName } from '../bt/edges.ts';
import type { Attempt } from '../driver/machine.ts';
import type { AskedListener } from '../driver/driver.ts';
import { IpmiError } from '../errors.ts';
import type { Request } from '../ipmi/message.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { RECORDING_SCHEMA, RECORDING_VERSION } from './recording.ts';
import type { AttemptEnd, RecordedPayload } from './recording.ts';

/** Receives the lines of a recording. */
export interface RecordSink {
  /**
   * Called with each line, without a newline at its end. What it returns is not waited for. When it
   * throws, or a promise that it returned rejects, the recording ends, and the log has a warning.
   */
  readonly write: (line: string) => void;
  /**
   * `true`: record the payload of commands that are known to hold no secret. `'all'`: record that
   * of every command; passwords, keys and user names are among it. Otherwise payload bytes are
   * counted and not recorded, and most of the replies cannot be replayed.
   */
  readonly payload?: PayloadChoice | undefined;
  /** Name and version of the program, for the first line. */
  readonly program?: string | undefined;
}

/** Everything a {@link Recorder} is built from. */
export interface RecorderParts {
  readonly sink: RecordSink;
  readonly block: RegisterBlock;
  readonly clock: { now(): number };
}

/** A register access, as it is recorded. */
export interface Access {
  readonly port: number;
  readonly isRead: boolean;
  readonly value?: number | undefined;
  readonly bytes?: Uint8Array | undefined;
  readonly hidden: number;
}

export class Recorder {
  readonly #parts: RecorderParts;
  readonly #startMs: number;
  readonly #ids = new WeakMap<Request, number>();
  #lastId = 0;
  /** The request of the attempt under way. */
  #attempted: number | undefined;
  /** The last line, without its time, if it was that of a read; it may come again. */
  #lastRead: string | undefined;
  /** The same read, so often and until then. */
  #again = { times: 0, atMs: 0 };

  /** Writes the first line. */
  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#startMs = parts.clock.now();
    const { sink, block } = parts;
    const { base, spacing } = block;
    const { program = '' } = sink;
    const head = { schema: RECORDING_SCHEMA, version: RECORDING_VERSION, base, spacing };
    const rest = { program, payload: payloadName(sink.payload), clock_ms: rounded(this.#startMs) };
    sink.write(JSON.stringify({ ...head, ...rest }));
  }

  get payload(): PayloadChoice {
    return this.#parts.sink.payload ?? false;
  }

  /** A request is handed to the driver; the function returned takes its result. */
  readonly asked: AskedListener = (request, { internal, timeoutMs }) => {
    const { netFn, lun, cmd, data } = request;
    this.#lastId += 1;
    const id = this.#lastId;
    this.#ids.set(request, id);
    const which = { net_fn: netFn, lun, cmd, data_bytes: data.length };
    this.#write('request', { id, ...which, timeout_ms: rounded(timeoutMs), internal });
    return (result) => {
      result.then(
        ({ completionCode }) => {
          this.#write('settled', { id, completion_code: completionCode });
        },
        (error: unknown) => {
          this.#write('settled', {
            id,
            error: error instanceof IpmiError ? error.code : 'UNKNOWN',
          });
        },
      );
    };
  };

  /** An attempt begins. */
  began({ request, seq, startByMs, replyWithinMs }: Attempt): void {
    const id = this.#ids.get(request) ?? 0;
    const nowMs = this.#parts.clock.now();
    this.#attempted = id;
    this.#write('attempt', {
      ...{ id, seq, start_within_ms: rounded(Math.max(startByMs - nowMs, 0)) },
      reply_within_ms: rounded(replyWithinMs),
    });
  }

  /** The attempt under way is over; harmless when there is none. */
  ended(result: AttemptEnd): void {
    if (this.#attempted === undefined) return;
    this.#write('ended', { id: this.#attempted, result });
    this.#attempted = undefined;
  }

  /** The state machine has another state. */
  entered(state: StateName): void {
    this.#write('state', { state });
  }

  /** A register was accessed. */
  accessed({ port, isRead, value, bytes, hidden }: Access): void {
    const { block } = this.#parts;
    const fields = {
      register: registerName(port, block, isRead),
      ...(value === undefined ? {} : { value }),
      ...(bytes === undefined ? {} : { bytes: bytesText(bytes) }),
      ...(hidden === 0 ? {} : { hidden }),
    };
    const isPlainRead = isRead && value !== undefined;
    const text = isPlainRead ? JSON.stringify(fields) : undefined;
    if (text !== undefined && text === this.#lastRead) {
      this.#again = { times: this.#again.times + 1, atMs: this.#nowMs() };
      return;
    }
    this.#write(isRead ? 'in' : 'out', fields);
    this.#lastRead = text;
  }

  /** Writes what is still kept back. */
  flush(): void {
    const { times, atMs } = this.#again;
    this.#lastRead = undefined;
    if (times === 0) return;
    this.#again = { times: 0, atMs: 0 };
    this.#parts.sink.write(JSON.stringify({ at_ms: atMs, kind: 'again', times }));
  }

  #write(kind: string, fields: object): void {
    this.flush();
    this.#parts.sink.write(JSON.stringify({ at_ms: this.#nowMs(), kind, ...fields }));
  }

  #nowMs(): number {
    return rounded(this.#parts.clock.now() - this.#startMs);
  }
}

function payloadName(choice: PayloadChoice = false): RecordedPayload {
  if (choice === 'all') return 'all';
  return choice ? 'harmless' : 'hidden';
}

function bytesText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Microseconds are as fine as it gets: a port access takes one. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
