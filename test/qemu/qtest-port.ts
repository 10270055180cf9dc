/**
 * Port I/O on a machine inside QEMU, over QEMU's own qtest protocol: a line of text down one FIFO,
 * a line back through the other. `PortIo` is synchronous, so this looks for the answer again and
 * again without the event loop. It never hangs: a QEMU that dies is an end of file, since only
 * QEMU holds the far end, and one that hangs is a bounded number of looks.
 */

import { closeSync, readSync, writeSync } from 'node:fs';

import type { PortIo } from '../../src/port/port.ts';

/**
 * Looks before the first nap, 2 ms or so. QEMU answers within a few looks; to block instead lets
 * both processors fall asleep, and waking them costs more than the access.
 */
const SPINS_MAX = 500;

const NAP_MS = 1;

/** At least 10 s: a loaded machine is slow, but not so slow. */
const NAPS_MAX = 10_000;

/** Far more than one answer; lines about interrupts may be waiting in front of it. */
const READ_BYTES = 4_096;

/** Where a PC shows its start-up codes: reading it does nothing. */
const HARMLESS_PORT = 0x80;

const INTERRUPT_LINE = /^IRQ (raise|lower) (\d+)$/;

export interface QtestChannel {
  /** Write end of QEMU's input. */
  readonly requestFd: number;

  /** Read end of QEMU's output, opened with `O_NONBLOCK`. */
  readonly answerFd: number;

  /** What QEMU said on its standard error, for the message when it is gone. */
  readonly lastWords: () => string;
}

/** Owns the two descriptors, not QEMU: `close()` leaves QEMU running. */
export class QtestPort implements PortIo {
  readonly #channel: QtestChannel;
  readonly #chunk = Buffer.alloc(READ_BYTES);
  readonly #napCell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #raises = new Map<number, number>();
  #received = '';
  #failure: Error | undefined;
  #closed = false;

  constructor(channel: QtestChannel) {
    this.#channel = channel;
  }

  inb(port: number): number {
    return parseByte(this.#ask(`inb ${hex(port)}`));
  }

  outb(port: number, value: number): void {
    this.#ask(`outb ${hex(port)} ${hex(value)}`);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (const value of source.subarray(0, count)) this.outb(port, value);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#channel.requestFd);
    closeSync(this.#channel.answerFd);
  }

  /** Returns once QEMU answers; throws, with what it said, if it does not start. */
  handshake(): void {
    this.inb(HARMLESS_PORT);
  }

  /** Makes QEMU report the interrupts of its I/O APIC, in place of delivering them. */
  interceptInterrupts(): void {
    this.#ask('irq_intercept_in ioapic');
  }

  /** How often interrupt line `irq` was raised since `interceptInterrupts()`. */
  interruptCount(irq: number): number {
    // QEMU's lines come in order: those about interrupts so far stand before the next answer.
    this.inb(HARMLESS_PORT);
    return this.#raises.get(irq) ?? 0;
  }

  #ask(command: string): string {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new Error('the qtest port is closed');
    this.#write(`${command}\n`);
    const answer = this.#readAnswer();
    if (answer !== 'OK' && !answer.startsWith('OK ')) {
      throw new Error(`QEMU answers "${answer}" to "${command}"`);
    }
    return answer;
  }

  #write(text: string): void {
    try {
      writeSync(this.#channel.requestFd, text);
    } catch (cause) {
      this.#fail('QEMU is gone', cause);
    }
  }

  /** The next line that is not about an interrupt; those are counted on the way. */
  #readAnswer(): string {
    for (;;) {
      const line = this.#readLine();
      const interrupt = INTERRUPT_LINE.exec(line);
      if (interrupt === null) return line;
      if (interrupt[1] === 'raise') this.#countRaise(Number(interrupt[2]));
    }
  }

  #readLine(): string {
    for (;;) {
      const end = this.#received.indexOf('\n');
      if (end !== -1) {
        const line = this.#received.slice(0, end);
        this.#received = this.#received.slice(end + 1);
        return line;
      }
      this.#received += this.#read();
    }
  }

  /** At least one character, waited for as long as the bounds allow. */
  #read(): string {
    for (let looks = 0; looks < SPINS_MAX + NAPS_MAX; looks += 1) {
      if (looks >= SPINS_MAX) Atomics.wait(this.#napCell, 0, 0, NAP_MS);
      const count = this.#look();
      if (count === 0) this.#fail('QEMU is gone');
      if (count !== undefined) return this.#chunk.toString('latin1', 0, count);
    }
    return this.#fail(`QEMU has been silent for over ${NAPS_MAX * NAP_MS} ms`);
  }

  /** Length of what QEMU has written, 0 if it never will, undefined if it has not yet. */
  #look(): number | undefined {
    try {
      return readSync(this.#channel.answerFd, this.#chunk);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
      throw error;
    }
  }

  #countRaise(irq: number): void {
    this.#raises.set(irq, (this.#raises.get(irq) ?? 0) + 1);
  }

  /** For good: an answer that came later would be taken for the next one's. */
  #fail(what: string, cause?: unknown): never {
    const lastWords = this.#channel.lastWords();
    const said = lastWords === '' ? 'it said nothing' : `it said: ${lastWords}`;
    this.#failure = new Error(`${what}; ${said}`, { cause });
    throw this.#failure;
  }
}

function parseByte(answer: string): number {
  const value = Number(answer.slice('OK '.length));
  if (!Number.isInteger(value) || value < 0 || value > 0xff) {
    throw new Error(`QEMU answers "${answer}" where a byte is due`);
  }
  return value;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
