/**
 * The way to a BMC that outlives its device. A device is opened when the first request needs it,
 * and again after it has closed, as when its server was restarted.
 */

import type { Device, Reply, RequestInput, RequestOptions, Requester } from 'ipmi-bt';

import { orAborted } from '../or-aborted.ts';

const reason = 'aborted while the interface was being opened';

/** The part of a device that is needed. */
export type Opened = Pick<
  Device,
  'request' | 'close' | 'once' | 'state' | 'statistics' | 'name' | 'base' | 'backend'
>;

/** Everything that a {@link Reopening} is built from. */
export interface ReopeningParts<D extends Opened = Opened> {
  readonly open: () => Promise<D>;
  /** Told of the device when it has been opened, and of its end. */
  readonly onChange?: (device: D | undefined) => void;
}

/** Sends requests through a device that it opens. */
export class Reopening<D extends Opened = Opened> implements Requester {
  readonly #parts: ReopeningParts<D>;
  #opening: Promise<D> | undefined;
  #isClosed = false;

  constructor(parts: ReopeningParts<D>) {
    this.#parts = parts;
  }

  /** As that of a device; rejects with the error of `open()`, and the next request tries again. */
  async request(input: RequestInput, options?: RequestOptions): Promise<Reply> {
    const opening = this.device();
    const signal = options?.signal;
    // Opening takes longer than a scrape may.
    const device = await (signal === undefined ? opening : orAborted(opening, signal, { reason }));
    return await device.request(input, options);
  }

  /** The device, opened if it is not. */
  async device(): Promise<D> {
    if (this.#isClosed) throw new Error('bug: a request after close()');
    this.#opening ??= this.#open();
    return await this.#opening;
  }

  /** Closes the device, if it is open. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const device = await this.#opening?.catch(() => undefined);
    await device?.close();
  }

  async #open(): Promise<D> {
    try {
      const device = await this.#parts.open();
      device.once('closed', () => {
        this.#opening = undefined;
        this.#parts.onChange?.(undefined);
      });
      this.#parts.onChange?.(device);
      return device;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }
}
