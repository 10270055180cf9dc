/**
 * A BMC that is not to be trusted, without the interface between: it answers from chance, or as the
 * simulated BMC does, with some of it distorted. All chance comes from a seed.
 */

import type { Clock } from '../../src/clock.ts';
import { IpmiError } from '../../src/errors.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import type { RequestInput, RequestOptions, Requester } from '../../src/ipmi/requester.ts';
import { CommandProcessor, SPEC_COMMANDS } from '../../src/sim/commands.ts';
import { Rng } from '../../src/sim/rng.ts';

/** The habits of hostile BMCs. */
export const HABITS = [
  'random',
  'distorted',
  'losing-reservations',
  'restless',
  'lying-about-sizes',
  'sparing-of-bytes',
  'busy',
  'silent',
] as const;

export type Habit = (typeof HABITS)[number] | 'endless-numbers' | 'byte-by-byte' | 'honest';

/** More transactions than an operation may ever take. */
export class Endless extends Error {
  override readonly name = 'Endless';
}

const DATA_BYTES_MAX = 250;

/** Completion codes on which the commands act, and one that no specification has. */
const CODES = [
  ...[0x01, 0x80, 0x81, 0x82, 0x83, 0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc7, 0xc8, 0xc9, 0xca],
  ...[0xcb, 0xcc, 0xce, 0xcf, 0xd2, 0xd3, 0xd4, 0xd5, 0xff],
] as const;

const STORAGE = 0x0a;
const GET_SDR_INFO = 0x20;
const RESERVE_SDR = 0x22;
const GET_SDR = 0x23;
const GET_FRU_INFO = 0x10;
const READ_FRU = 0x11;
const GET_SEL_INFO = 0x40;
const RESERVE_SEL = 0x42;
const GET_SEL_ENTRY = 0x43;
const CLEAR_SEL = 0x47;
const RESERVATION_LOST = 0xc5;

/** A header that names records only, which have no bytes, and no last one. */
const FRU_BYTES: Readonly<Record<number, number>> = { 0: 1, 5: 1, 7: 0xfe };

type Answer = readonly number[];

/** A life of a hostile BMC. */
export interface HostilePlan {
  readonly seed: number;
  readonly habit: Habit;
  /** Transactions of an operation at most. */
  readonly most: number;
  /** The transaction that is not answered, from 1 on. */
  readonly silentAt?: number;
}

/** A `Requester` of one of the habits; `asked` has all that was sent. */
export class HostileRequester implements Requester {
  readonly asked: { readonly input: RequestInput; readonly options: RequestOptions }[] = [];
  readonly #plan: HostilePlan;
  readonly #rng: Rng;
  readonly #habit: Habit;
  readonly #isStubborn: boolean;
  readonly #bmc: CommandProcessor;

  constructor(plan: HostilePlan) {
    this.#plan = plan;
    this.#rng = new Rng(plan.seed);
    this.#habit = plan.habit;
    this.#isStubborn = this.#rng.chance(30);
    const effects = {
      setSmsAttention: () => undefined,
      dropInterrupts: () => undefined,
      restart: () => undefined,
    };
    this.#bmc = new CommandProcessor(SPEC_COMMANDS, effects, { capabilities: [], guid: [] });
  }

  async request(input: RequestInput, options: RequestOptions = {}): Promise<Reply> {
    await Promise.resolve();
    this.asked.push({ input, options });
    const { most, silentAt } = this.#plan;
    if (this.asked.length > most) throw new Endless(`${most} transactions`);
    if (options.signal?.aborted === true) throw new IpmiError('REQUEST_ABORTED', 'aborted');
    const isLate = this.asked.length > this.#rng.integer(1, 40);
    if ((this.#habit === 'silent' && isLate) || this.asked.length === silentAt) {
      throw new IpmiError('REQUEST_TIMEOUT', 'no answer', { outcome: 'unknown' });
    }
    const [completionCode = 0xff, ...data] = this.#answer(input);
    return { completionCode, data: Uint8Array.from(data) };
  }

  #honest({ netFn, cmd, lun = 0, data = new Uint8Array() }: RequestInput): Answer {
    return this.#bmc.execute({ netFn, cmd, lun, seq: 1, data, atMs: this.asked.length });
  }

  #answer(input: RequestInput): Answer {
    const habit = this.#habit;
    if (habit === 'random') return this.#noise();
    if (habit === 'silent' || habit === 'honest') return this.#honest(input);
    if (habit === 'distorted') return this.#distorted(this.#honest(input), 30);
    if (habit !== 'busy') return input.netFn === STORAGE ? this.#storage(input) : this.#noise();
    return [this.#rng.pick([0, 0xc0, 0xc3, 0xce, 0xd2, 0x81])];
  }

  #noise(): Answer {
    if (this.#rng.chance(30)) return [this.#rng.pick(CODES)];
    const most = this.#rng.pick([4, 16, 40, DATA_BYTES_MAX]);
    return [0, ...this.#bytes(this.#rng.integer(0, most))];
  }

  #bytes(count: number): Answer {
    const fill = this.#rng.pick([undefined, undefined, 0x00, 0xff]);
    return Array.from({ length: count }, () => fill ?? this.#rng.integer(0, 255));
  }

  /** Cuts off, lengthens, or changes bytes; or has another completion code. */
  #distorted(answer: Answer, percent: number): Answer {
    if (!this.#rng.chance(percent)) return answer;
    switch (this.#rng.integer(0, 3)) {
      case 0:
        return answer.slice(0, this.#rng.integer(1, Math.max(1, answer.length)));
      case 1:
        return [...answer, ...this.#bytes(this.#rng.integer(1, 40))];
      case 2:
        return [this.#rng.pick(CODES)];
      default: {
        const [code = 0, ...data] = answer;
        return [code, ...data.map((byte) => (this.#rng.chance(30) ? this.#byte() : byte))];
      }
    }
  }

  #byte(): number {
    return this.#rng.pick([0x00, 0xff, this.#rng.integer(0, 255)]);
  }

  #storage(input: RequestInput): Answer {
    const { cmd, data = new Uint8Array() } = input;
    const habit = this.#habit;
    if (habit === 'endless-numbers') return this.#endless(cmd, data);
    if (habit === 'losing-reservations') return this.#lost(cmd, data);
    if (habit === 'restless') return this.#restless(input);
    return habit === 'lying-about-sizes' ? this.#sizes(input) : this.#few(input);
  }

  /** Each record names a next one that was not there before. */
  #endless(cmd: number, data: Uint8Array): Answer {
    if (cmd === GET_SEL_INFO || cmd === GET_SDR_INFO) return info(0xffff, 1);
    if (cmd === RESERVE_SDR || cmd === RESERVE_SEL) return [0, 1, 0];
    if (cmd !== GET_SDR && cmd !== GET_SEL_ENTRY) return this.#noise();
    const id = (data[2] ?? 0) | ((data[3] ?? 0) << 8);
    const next = Math.max(id, 1) + 1;
    const body = [id & 0xff, id >> 8, 0x51, 0xc0, 11, ...Array<number>(11).fill(id & 0xff)];
    return [0, next & 0xff, next >> 8, ...body];
  }

  /** Records are endless, too, and come by parts only, of which all but the first are refused. */
  #lost(cmd: number, data: Uint8Array): Answer {
    const [, , , , offset = 0, count = 0] = data;
    if (cmd === CLEAR_SEL) return [RESERVATION_LOST];
    if (cmd !== GET_SDR && cmd !== GET_SEL_ENTRY) return this.#endless(cmd, data);
    if (offset > 0 || this.#isStubborn) return [RESERVATION_LOST];
    return count > 8 ? [0xca] : this.#endless(cmd, data).slice(0, 3 + count);
  }

  /** Something is added, or all is erased, between any two transactions. */
  #restless(input: RequestInput): Answer {
    const { cmd } = input;
    const count = this.#rng.integer(0, 5);
    if (cmd === GET_SEL_INFO || cmd === GET_SDR_INFO) return info(count, this.asked.length);
    if (cmd === RESERVE_SDR || cmd === RESERVE_SEL) return [0, this.#byte(), this.#byte()];
    if (cmd === CLEAR_SEL) return this.#rng.chance(50) ? [0, this.#byte()] : [RESERVATION_LOST];
    if (this.#rng.chance(20)) return [this.#rng.pick([0xcb, 0xc5, 0xc5])];
    return [0, this.#rng.integer(0, 6), 0, this.#rng.integer(0, 6), 0, ...this.#bytes(14)];
  }

  #sizes(input: RequestInput): Answer {
    const { cmd } = input;
    const count = this.#rng.pick([0, 1, 0xffff]);
    if (cmd === GET_SEL_INFO || cmd === GET_SDR_INFO) return info(count, 1);
    if (cmd === GET_FRU_INFO) return [0, count & 0xff, count >> 8, this.#rng.integer(0, 1)];
    return this.#distorted(this.#honest(input), 10);
  }

  /** One byte at a time, or none; the FRU is as large as one can be. */
  #few(input: RequestInput): Answer {
    const { cmd, data = new Uint8Array() } = input;
    if (cmd === GET_FRU_INFO) return [0, 0xff, this.#habit === 'byte-by-byte' ? 0xff : 0x0f, 0];
    if (cmd === READ_FRU) return [0, 1, FRU_BYTES[(data[1] ?? 0) | ((data[2] ?? 0) << 8)] ?? 0];
    const honest = this.#honest(input);
    if (cmd !== GET_SDR && cmd !== GET_SEL_ENTRY) return honest;
    return (data[5] ?? 0) > 4 ? [0xca] : honest.slice(0, 4);
  }
}

/** Get SEL Info, or Get SDR Repository Info; the times of both stand in the same place. */
function info(count: number, time: number): Answer {
  const stamp = [time & 0xff, time >> 8, 0, 0x60];
  return [0, 0x51, count & 0xff, count >> 8, 0xff, 0xff, ...stamp, ...stamp, 0x02];
}

/** A clock whose sleeps take no time, and which says how long they were. */
export function quickClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    turn: (callback) => {
      queueMicrotask(callback);
      return () => undefined;
    },
    timer: (delayMs, callback) => {
      let isCancelled = false;
      queueMicrotask(() => {
        if (isCancelled) return;
        nowMs += delayMs;
        callback();
      });
      return () => {
        isCancelled = true;
      };
    },
  };
}
