/**
 * A `PortIo` that traces every register access in a line, with the bits named. Payload bytes are
 * shown only if asked for: those of commands known to hold no secret, or those of all commands.
 */

import { isSecret } from '../ipmi/secret.ts';
import type { Request } from '../ipmi/message.ts';
import type { PortIo } from '../port/port.ts';
import { Register, ctrlNames, intMaskNames } from './bits.ts';
import { isAnswer } from './frame.ts';
import type { BlockAddress } from '../port/register-block.ts';

/** Receives the lines of a trace. */
export interface TraceSink {
  readonly write: (line: string) => void;
  /**
   * `true`: show the payload of commands that are known to hold no secret (`ipmi/secret.ts`).
   * `'all'`: show the payload of every command; passwords, keys and user names are among it.
   * Otherwise payload bytes are counted and not shown.
   */
  readonly payload?: boolean | 'all' | undefined;
}

/** Bytes of a request frame that are protocol, not payload: length, netFn/LUN, seq, cmd. */
const REQUEST_HEADER = 4;

/** Bytes behind a reply's length byte that are not payload: netFn/LUN, seq, cmd, code. */
const REPLY_HEADER = 4;

export class TracePort implements PortIo {
  readonly #inner: PortIo;
  readonly #block: BlockAddress;
  readonly #sink: TraceSink;
  /** The last request whose payload, and whose answer, may be shown. */
  #open: Uint8Array | undefined;
  /** The last access was not of BT_CTRL: a further byte of a buffer is not its length byte. */
  #isInFrame = false;

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
    // A reply to any other request may be that of a secret one, sent before this driver began.
    const isOpen = this.#open !== undefined && isAnswer(target, this.#open);
    this.#isInFrame = true;
    this.#tell('in ', port, this.#bytesText(target.subarray(0, count), REPLY_HEADER, isOpen));
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    const frame = source.slice(0, count);
    const isOpen = !isSecret(requestIn(frame));
    this.#open = isOpen ? frame : undefined;
    this.#isInFrame = true;
    this.#tell('out', port, this.#bytesText(frame, REQUEST_HEADER, isOpen));
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
    const isHidden = register === Register.FIFO && this.#isInFrame && this.#sink.payload !== 'all';
    this.#isInFrame = register === Register.FIFO;
    if (isHidden) return '(1 byte)';
    const names = register === Register.BT_CTRL ? ctrlNames(value) : '';
    const mask = register === Register.BT_INTMASK ? intMaskNames(value) : '';
    return `0x${byteText(value)} ${names}${mask}`.trimEnd();
  }

  #bytesText(bytes: Uint8Array, headerBytes: number, isOpen: boolean): string {
    const { payload } = this.#sink;
    const isShown = payload === 'all' || (payload === true && isOpen);
    const shown = isShown ? bytes.length : headerBytes;
    const hidden = Math.max(bytes.length - shown, 0);
    const text = [...bytes.subarray(0, shown)].map(byteText).join(' ');
    return hidden === 0 ? text : `${text} (+${hidden} bytes)`;
  }
}

function requestIn([, netFnLun = 0, , cmd = 0, ...data]: Uint8Array): Request {
  return { netFn: netFnLun >> 2, lun: netFnLun & 3, cmd, data: Uint8Array.from(data) };
}

function byteText(value: number): string {
  return value.toString(16).padStart(2, '0');
}
