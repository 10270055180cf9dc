/**
 * A simulated BMC that answers as a recorded one did: for the tests of programs, which open it as
 * they would a `SimBmc`. It is as exact in the registers as that, and makes up no answers.
 */

import { checkInteger, kindOf } from '../errors.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { commandText } from '../ipmi/command-names.ts';
import { checkOptionsOf, withMethods, wrongType } from '../option-table.ts';
import type { OptionTable } from '../option-table.ts';
import type { PortIo } from '../port/port.ts';
import { SimBmc } from '../sim/bmc.ts';
import type { Executed } from '../sim/bmc.ts';
import { exchangesOf } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { RecordingError, readRecording } from './reader.ts';
import type { Recording } from './recording.ts';

export { RecordingError } from './reader.ts';

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** With a clock an answer takes as long as it did when it was recorded; without, no time. */
  readonly clock?: { now(): number };
  /**
   * The answer to a request for which the recording has none. `throw` (default): the port access
   * throws a `RecordingError` that names the request, so that the request rejects with it and the
   * device closes. `drop`: silence. A number: this completion code.
   */
  readonly unrecorded?: 'throw' | 'drop' | number;
}

/** Every option and its check. */
const TABLE: OptionTable<ReplayOptions> = {
  clock: withMethods('a clock', 'now'),
  unrecorded: (name, value) => {
    if (value === 'throw' || value === 'drop') return;
    if (typeof value !== 'number') throw wrongType(name, 'throw, drop or a number', value);
    checkInteger(name, value, { least: 0, most: 0xff });
  },
};

/** The answer to a request: completion code and data, or silence. */
type Answer = readonly number[] | 'drop';

/** The exchanges of one request, and which of them comes next. */
interface Answers {
  readonly exchanges: Exchange[];
  next: number;
}

/**
 * Makes a BMC of a recording, which is the text of a file that `--record` has made. Throws a
 * {@link RecordingError} for a text that is none.
 */
export function replay(text: string, options: ReplayOptions = {}): ReplayBmc {
  if (typeof text !== 'string') {
    throw new TypeError(`replay() takes the text of a recording, not ${kindOf(text)}`);
  }
  checkOptionsOf<ReplayOptions>({ name: 'replay()', example: "{ unrecorded: 'drop' }" }, options, {
    ...TABLE,
  });
  return replayOf(readRecording(text), options);
}

/** @internal The same of a recording that was read. */
export function replayOf(recording: Recording, options: ReplayOptions): ReplayBmc {
  return new ReplayBmc({ ...recording, exchanges: exchangesOf(recording) }, options);
}

/** The part of a recording that is replayed. */
interface Replayed extends Pick<Recording, 'base' | 'spacing'> {
  readonly exchanges: readonly Exchange[];
}

export class ReplayBmc implements PortIo {
  readonly base: number;
  readonly spacing: 1 | 4 | 16;
  /** The requests that got no recorded answer, in words, in order. */
  readonly unanswered: string[] = [];
  readonly #bmc: SimBmc;
  readonly #answers = new Map<string, Answers>();
  readonly #exchanges: readonly Exchange[];
  readonly #unrecorded: NonNullable<ReplayOptions['unrecorded']>;
  /** Time that the answer to the last request takes. */
  #afterMs = 0;

  /** @internal Programs call {@link replay}. */
  constructor(replayed: Replayed, { clock, unrecorded = 'throw' }: ReplayOptions) {
    const { base, spacing, exchanges } = replayed;
    this.base = base;
    this.spacing = spacing;
    this.#unrecorded = unrecorded;
    this.#exchanges = exchanges;
    for (const exchange of exchanges) {
      const key = keyOf(exchange);
      const answers = this.#answers.get(key) ?? { exchanges: [], next: 0 };
      answers.exchanges.push(exchange);
      this.#answers.set(key, answers);
    }
    const times = clock === undefined ? {} : { clock, responseMs: () => this.#afterMs };
    this.#bmc = new SimBmc({ base, spacing, answer: (asked) => this.#answer(asked), ...times });
  }

  /** Number of recorded requests that have not been asked yet. */
  get left(): number {
    return [...this.#answers.values()].reduce(
      (sum, { exchanges, next }) => sum + Math.max(exchanges.length - next, 0),
      0,
    );
  }

  inb(port: number): number {
    return this.#bmc.inb(port);
  }

  outb(port: number, value: number): void {
    this.#bmc.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#bmc.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#bmc.writeBytes(port, source, count);
  }

  /** A device begins to use it: after `close()`, too. */
  open(clock: { now(): number }): void {
    this.#bmc.open(clock);
  }

  close(): void {
    this.#bmc.close();
  }

  /** `undefined` leaves it to the simulated BMC. */
  #answer(asked: Executed): Answer | undefined {
    this.#afterMs = 0;
    const answers = this.#answers.get(keyOf({ ...asked, data: [...asked.data] }));
    if (answers === undefined) return this.#missing(asked, this.#reason(asked));
    const { exchanges } = answers;
    // The last answer stands for all that follow.
    const exchange = exchanges[Math.min(answers.next, exchanges.length - 1)];
    answers.next += 1;
    const { reply = { kind: 'none' } as const } = exchange ?? {};
    switch (reply.kind) {
      case 'none':
        return 'drop';
      case 'hidden':
        return this.#missing(asked, HIDDEN);
      case 'shown':
        this.#afterMs = reply.afterMs;
        return reply.bytes;
    }
  }

  #reason({ netFn, lun, cmd }: Executed): string {
    const isHidden = this.#exchanges.some(
      (one) => one.netFn === netFn && one.lun === lun && one.cmd === cmd && one.data === undefined,
    );
    return isHidden ? HIDDEN : 'the recording has no such request';
  }

  #missing({ netFn, lun, cmd, data }: Executed, reason: string): Answer | undefined {
    // It is about the interface, which is this one and not that of the recorded BMC.
    if (netFn === NetFn.APP && cmd === AppCmd.GET_BT_CAPABILITIES) return undefined;
    const unit = lun === 0 ? '' : ` lun ${lun}`;
    const what = `${commandText(netFn, cmd)}${unit} with ${data.length} bytes of data`;
    const text = `${what} cannot be replayed: ${reason}`;
    this.unanswered.push(text);
    if (this.#unrecorded === 'throw') throw new RecordingError(text);
    return this.#unrecorded === 'drop' ? 'drop' : [this.#unrecorded];
  }
}

const HIDDEN =
  'the recording hides its payload; record with --trace-payload, or --trace-payload=all';

/** One key for requests that are the same; undefined data is the same as no other. */
function keyOf({
  netFn,
  lun,
  cmd,
  data,
}: Pick<Exchange, 'netFn' | 'lun' | 'cmd' | 'data'>): string {
  return `${netFn} ${lun} ${cmd} ${data?.join(' ') ?? 'hidden'}`;
}
