/**
 * A `PortIo` that traces every register access in a line, with the bits named. Payload bytes are
 * shown only if asked for: those of commands known to hold no secret, or those of all commands.
 */

import type { PortIo } from '../port/port.ts';
import type { BlockAddress } from '../port/register-block.ts';
import { Register, ctrlNames, intMaskNames, registerName } from './bits.ts';
import { Disclosure } from './disclosure.ts';
import type { PayloadChoice } from './disclosure.ts';

/** Receives the lines of a trace. */
export interface TraceSink {
  /** When it throws, or a promise that it returned rejects, the trace ends, and the log says so. */
  readonly write: (line: string) => void;
  /**
   * `true`: show the payload of commands that are known to hold no secret (`ipmi/secret.ts`).
   * `'all'`: show the payload of every command; passwords, keys and user names are among it.
   * Otherwise payload bytes are counted and not shown.
   */
  readonly payload?: PayloadChoice | undefined;
}

export class TracePort implements PortIo {
  readonly #inner: PortIo;
  readonly #block: BlockAddress;
  readonly #sink: TraceSink;
  readonly #disclosure: Disclosure;

  constructor(inner: PortIo, block: BlockAddress, sink: TraceSink) {
    this.#inner = inner;
    this.#block = block;
    this.#sink = sink;
    this.#disclosure = new Disclosure(sink.payload);
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
    const body = target.subarray(0, count);
    this.#tell('in ', port, bytesText(body, this.#disclosure.reply(body)));
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    const frame = source.subarray(0, count);
    this.#tell('out', port, bytesText(frame, this.#disclosure.request(frame)));
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#inner.close();
  }

  #tell(direction: 'in ' | 'out', port: number, text: string): void {
    const name = registerName(port, this.#block, direction === 'in ');
    this.#sink.write(`${direction} ${name.padEnd(10)} ${text}`);
  }

  #valueText(port: number, value: number): string {
    const register = (port - this.#block.base) / this.#block.spacing;
    if (!this.#disclosure.byte(register === Register.FIFO)) return '(1 byte)';
    const names = register === Register.BT_CTRL ? ctrlNames(value) : '';
    const mask = register === Register.BT_INTMASK ? intMaskNames(value) : '';
    return `0x${byteText(value)} ${names}${mask}`.trimEnd();
  }
}

function bytesText(bytes: Uint8Array, shown: number): string {
  const hidden = bytes.length - shown;
  const text = [...bytes.subarray(0, shown)].map(byteText).join(' ');
  return hidden === 0 ? text : `${text} (+${hidden} bytes)`;
}

function byteText(value: number): string {
  return value.toString(16).padStart(2, '0');
}
