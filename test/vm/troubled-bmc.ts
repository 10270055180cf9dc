/**
 * BMCs of the test's own that have a trouble each: not there, gone for a while, or something that
 * happens to every fifth request. Without its BMC, QEMU answers 0xD2 at once; for one that is
 * silent for 4 s, 0xC3.
 */

import { systemClock } from '../../src/clock.ts';
import type { Cancel } from '../../src/clock.ts';
import { ExternBmc } from '../qemu/extern-bmc.ts';
import type { BmcFate, BmcRequest, ExternBmcOptions } from '../qemu/extern-bmc.ts';
import type { BmcPeer } from './machine.ts';

const STORAGE = 0x0a;
const GET_SEL_ENTRY = 0x43;

const EVERY = 5;

export class TroubledBmc implements BmcPeer {
  /** Gives back the data of Get SEL Entry, besides what every `ExternBmc` does. */
  readonly bmc: ExternBmc;

  /** The requests that met the trouble, in the order in which the BMC got them. */
  readonly hits: BmcRequest[] = [];

  readonly #isThereAtStart: boolean;
  #socketPath: string | undefined;
  #cancel: Cancel | undefined;

  constructor(options: ExternBmcOptions = {}, isThereAtStart = true) {
    this.#isThereAtStart = isThereAtStart;
    this.bmc = new ExternBmc(options);
    this.bmc.handle(STORAGE, GET_SEL_ENTRY, ({ data }) => ({ completionCode: 0, data }));
  }

  async start(socketPath: string): Promise<void> {
    this.#socketPath = socketPath;
    if (this.#isThereAtStart) await this.bmc.start(socketPath);
  }

  /** Goes away at once, if it is there, and comes so much later. */
  comeIn(delayMs: number): void {
    const socketPath = this.#socketPath;
    if (socketPath === undefined) throw new Error('bug: there is nowhere to come to');
    void this.bmc.close();
    this.#cancel = systemClock.timer(delayMs, () => void this.bmc.start(socketPath), false);
  }

  async close(): Promise<void> {
    this.#cancel?.();
    await this.bmc.close();
  }
}

/** `fate` is that of the fifth request, the tenth and so on. */
export function everyFifth(fate: BmcFate): TroubledBmc {
  const troubled: TroubledBmc = new TroubledBmc({
    plan: (request, index) => {
      if (index % EVERY !== EVERY - 1) return {};
      troubled.hits.push(request);
      return fate;
    },
  });
  return troubled;
}

/**
 * Executes a request and goes away for so long instead of answering: when it gets a request with
 * one of these as third byte of its data, each of them the first time.
 */
export function goneOver(thirdBytes: readonly number[], goneMs: number): TroubledBmc {
  const left = new Set(thirdBytes);
  const troubled: TroubledBmc = new TroubledBmc({
    plan: (request) => {
      if (!left.delete(request.data[2] ?? NaN)) return {};
      troubled.hits.push(request);
      troubled.comeIn(goneMs);
      return { drop: 'reply' };
    },
  });
  return troubled;
}
