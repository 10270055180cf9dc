/**
 * A BMC of the test's own that has an event for the host with every fourth echo it is asked for, or
 * with each, while the host has enabled them, and now and then several at once. It raises SMS_ATN
 * with the first one and not again before the host has read them all.
 */

import { ExternBmc } from '../qemu/extern-bmc.ts';
import type { BmcReply } from '../qemu/extern-bmc.ts';
import { VmCommand } from '../qemu/vm-protocol.ts';
import type { BmcPeer } from './machine.ts';

const APP = 0x06;
const OEM = 0x30;

const EVENT_BUFFER_ENABLED = 1 << 2;
const EVENT_BUFFER_FULL = 1 << 1;
const EMPTY = 0x80;

/** Echoes from one event to the next, and from one burst of events to the next. */
const EVERY = 4;
const BURST_EVERY = 80;

/** More than a host reads in a row. */
const BURST = 12;

/** An OEM's record without time, whose last two bytes are a number. */
const RECORD = [0x00, 0x00, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

export interface EventfulOptions {
  /** The BMC that becomes one; a new one when absent. */
  readonly bmc?: ExternBmc;

  /** Echoes from one event to the next. */
  readonly every?: number;

  /** Events that now and then come at once. */
  readonly burst?: number;
}

export class EventfulBmc implements BmcPeer {
  readonly bmc: ExternBmc;
  readonly #every: number;
  readonly #burst: number;

  /** How many events there were: 0, 1, 2 and so on. */
  events = 0;

  /** Those that the host has not read yet. */
  readonly #waiting: number[] = [];
  #enables = 0x08;
  #echoes = 0;

  constructor({ bmc = new ExternBmc(), every = EVERY, burst = BURST }: EventfulOptions = {}) {
    this.bmc = bmc;
    this.#every = every;
    this.#burst = burst;
    bmc.handle(APP, 0x2e, ({ data }) => {
      this.#enables = data[0] ?? 0;
      return reply();
    });
    bmc.handle(APP, 0x2f, () => reply(this.#enables));
    bmc.handle(APP, 0x31, () => reply(this.#waiting.length > 0 ? EVENT_BUFFER_FULL : 0));
    bmc.handle(APP, 0x35, () => this.#read());
    bmc.handle(OEM, 0x01, ({ data }) => {
      this.#echo();
      return reply(...data);
    });
  }

  start(socketPath: string): Promise<void> {
    return this.bmc.start(socketPath);
  }

  close(): Promise<void> {
    return this.bmc.close();
  }

  #echo(): void {
    if ((this.#enables & EVENT_BUFFER_ENABLED) === 0) return;
    this.#echoes += 1;
    if (this.#echoes % this.#every !== 0) return;
    const count = this.#echoes % BURST_EVERY === 0 ? this.#burst : 1;
    if (this.#waiting.length === 0) this.bmc.sendCommand(VmCommand.ATTN);
    for (let index = 0; index < count; index += 1) {
      this.#waiting.push(this.events);
      this.events += 1;
    }
  }

  #read(): BmcReply {
    const number = this.#waiting.shift();
    if (number === undefined) return { completionCode: EMPTY, data: new Uint8Array() };
    return reply(...RECORD, number >> 8, number & 0xff);
  }
}

function reply(...data: readonly number[]): BmcReply {
  return { completionCode: 0, data: Uint8Array.from(data) };
}
