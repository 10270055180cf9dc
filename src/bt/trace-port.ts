/**
 * A `PortIo` that traces every register access in a line, with the bits named. Payload bytes are
 * shown only if asked for, and those of secret commands never.
 */

import { isSecret } from '../ipmi/secret.ts';
import type { PortIo } from '../port/port.ts';
import { Register, ctrlNames, intMaskNames } from './bits.ts';
import type { BlockAddress } from '../port/register-block.ts';

/** Receives the lines of a trace. */
export interface TraceSink {
  readonly write: (line: string) => void;
  /** Show payload bytes, except those of secret commands. */
  readonly payload: boolean;
}

/** Bytes of a request frame that are protocol, not payload: length, netFn/LUN, seq, cmd. */
const REQUEST_HEADER = 4;

/** Bytes behind a reply's length byte that are not payload: netFn/LUN, seq, cmd, code. */
const REPLY_HEADER = 4;

export class TracePort implements PortIo {
  readonly #inner: PortIo;
  readonly #block: BlockAddress;
  readonly #sink: TraceSink;
  /** The last request was a secret command, so that its reply is secret, too. */
  #secretAsked = false;

  constructor(inner: PortIo, block: BlockAddress, sink: TraceSink) {
    this.#inner = inner;
    this.#block = block;
    this.#sink = sink;
  }

  inb(port: number): number {
    const value = this.#inner.inb(port);
    this.#tell('in ', port, this.#valueText(port, value));
    return value;
  }

  outb(port: number, value: number): void {
    this.#tell('out', port, this.#valueText(port, value));
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#inner.readBytes(port, target, count);
    const [netFnLun = 0, , cmd = 0] = target;
    const secret = this.#secretAsked || isSecret(netFnLun >> 2, cmd);
    this.#tell('in ', port, this.#bytesText(target.subarray(0, count), REPLY_HEADER, secret));
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    const [, netFnLun = 0, , cmd = 0] = source;
    const secret = isSecret(netFnLun >> 2, cmd);
    this.#secretAsked = secret;
    this.#tell('out', port, this.#bytesText(source.subarray(0, count), REQUEST_HEADER, secret));
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#inner.close();
  }

  #tell(direction: 'in ' | 'out', port: number, text: string): void {
    const name = this.#registerName(port, direction);
    this.#sink.write(`${direction} ${name.padEnd(10)} ${text}`);
  }

  #registerName(port: number, direction: 'in ' | 'out'): string {
    switch ((port - this.#block.base) / this.#block.spacing) {
      case Register.BT_CTRL:
        return 'BT_CTRL';
      case Register.FIFO:
        return direction === 'in ' ? 'BMC2HOST' : 'HOST2BMC';
      case Register.BT_INTMASK:
        return 'BT_INTMASK';
    }
    return `0x${port.toString(16)}`;
  }

  #valueText(port: number, value: number): string {
    const register = (port - this.#block.base) / this.#block.spacing;
    const names = register === Register.BT_CTRL ? ctrlNames(value) : '';
    const mask = register === Register.BT_INTMASK ? intMaskNames(value) : '';
    return `0x${byteText(value)} ${names}${mask}`.trimEnd();
  }

  #bytesText(bytes: Uint8Array, headerBytes: number, secret: boolean): string {
    const shown = this.#sink.payload && !secret ? bytes.length : headerBytes;
    const hidden = Math.max(bytes.length - shown, 0);
    const text = [...bytes.subarray(0, shown)].map(byteText).join(' ');
    return hidden === 0 ? text : `${text} (+${hidden} bytes)`;
  }
}

function byteText(value: number): string {
  return value.toString(16).padStart(2, '0');
}
