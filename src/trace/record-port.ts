/** A `PortIo` that records every register access. */

import { Register } from '../bt/bits.ts';
import { Disclosure } from '../bt/disclosure.ts';
import type { PortIo } from '../port/port.ts';
import type { BlockAddress } from '../port/register-block.ts';
import type { Recorder } from './recorder.ts';

export class RecordPort implements PortIo {
  readonly #inner: PortIo;
  readonly #fifo: number;
  readonly #recorder: Recorder;
  readonly #disclosure: Disclosure;

  constructor(inner: PortIo, block: BlockAddress, recorder: Recorder) {
    this.#inner = inner;
    this.#fifo = block.base + Register.FIFO * block.spacing;
    this.#recorder = recorder;
    this.#disclosure = new Disclosure(recorder.payload);
  }

  inb(port: number): number {
    const value = this.#inner.inb(port);
    this.#byte(port, true, value);
    return value;
  }

  outb(port: number, value: number): void {
    this.#byte(port, false, value);
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#inner.readBytes(port, target, count);
    const body = target.subarray(0, count);
    const shown = this.#disclosure.reply(body);
    const part = { bytes: body.subarray(0, shown), hidden: count - shown };
    this.#recorder.accessed({ port, isRead: true, ...part });
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    const frame = source.subarray(0, count);
    const shown = this.#disclosure.request(frame);
    const part = { bytes: frame.subarray(0, shown), hidden: count - shown };
    this.#recorder.accessed({ port, isRead: false, ...part });
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#recorder.flush();
    this.#inner.close();
  }

  #byte(port: number, isRead: boolean, value: number): void {
    const isShown = this.#disclosure.byte(port === this.#fifo);
    const part = isShown ? { value, hidden: 0 } : { hidden: 1 };
    this.#recorder.accessed({ port, isRead, ...part });
  }
}
