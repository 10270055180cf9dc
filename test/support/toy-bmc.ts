/**
 * A simulated BMC behind the two registers of the toy interface, with its own spelling of their
 * bits. It throws at a host that breaks the handshake, under every fault. It has no timers: what
 * it would have done by now is worked out at each access.
 */

import type { Clock } from '../../src/clock.ts';
import type { PortIo } from '../../src/port/port.ts';
import { SIM_DEVICE_ID } from '../../src/sim/commands.ts';
import { NODE_BUSY, ToyFaults } from './toy-faults.ts';
import type { ToyFault } from './toy-faults.ts';

/** Bits of the status register; the phase of the transfer is in the two highest. */
const OUTPUT_FULL = 0x01;
const INPUT_FULL = 0x02;
const ATTENTION = 0x04;
const PHASES = { idle: 0x00, read: 0x40, write: 0x80, error: 0xc0 } as const;

const FLOATING = 0xff;

/** What a host says at the command register, and the word for "next byte" at the data register. */
const SAY_ABORT = 0x60;
const SAY_START = 0x61;
const SAY_END = 0x62;
const SAY_NEXT = 0x68;

const OK = 0x00;
const INVALID_COMMAND = 0xc1;

export const TOY_BASE = 0xca2;

export interface ToyBmcOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** From a command to its answer; 0. */
  readonly responseMs?: number;
  /** How long the BMC takes to take a byte at the command register; 0. */
  readonly controlMs?: number;
  /** The same for the data register; 0. */
  readonly byteMs?: number;
  readonly faults?: readonly ToyFault[];
  /** Breaks the rule that a new transfer ends the last one: its answer goes to the next command. */
  readonly keepsAnswers?: boolean;
}

/** A command that was taken. */
export interface ToyCommand {
  readonly netFn: number;
  readonly cmd: number;
  readonly data: readonly number[];
  readonly atMs: number;
  /** It was answered with 0xC0, and not executed. */
  readonly isRefused: boolean;
}

/** A byte that the host has written and the BMC has not taken yet. */
interface Input {
  readonly value: number;
  readonly isControl: boolean;
  readonly dueMs: number;
}

interface Answer {
  readonly dueMs: number;
  readonly bytes: readonly number[];
}

export class ToyBmc implements PortIo {
  readonly base = TOY_BASE;
  /** Every command taken, in order. */
  readonly commands: ToyCommand[] = [];
  /** What the host did against the protocol; each was thrown at it as well. */
  readonly violations: string[] = [];
  readonly faults: ToyFaults;
  /** Register writes so far. */
  writes = 0;
  /** The attention bit. */
  hasAttention = false;
  readonly #options: Required<ToyBmcOptions>;
  #phase: keyof typeof PHASES = 'idle';
  #input: Input | undefined;
  #output: number | undefined;
  /** The request as far as it is written; the byte after SAY_END is its last. */
  #request: number[] = [];
  #isLast = false;
  #answer: Answer | undefined;
  /** Bytes of the answer that were handed out. */
  #given = 0;
  #isClosed = false;

  constructor(options: ToyBmcOptions) {
    const quick = { responseMs: 0, controlMs: 0, byteMs: 0, faults: [], keepsAnswers: false };
    this.#options = { ...quick, ...options };
    this.faults = new ToyFaults(this.#options.faults);
  }

  /** Commands that were executed: those answered with 0xC0 were not. */
  get executed(): readonly ToyCommand[] {
    return this.commands.filter(({ isRefused }) => !isRefused);
  }

  inb(port: number): number {
    if (!this.#access()) return FLOATING;
    if (port === this.base) return this.#takeOutput();
    if (port !== this.base + 1) return FLOATING;
    const isFull = this.#input !== undefined || this.faults.isBusy(this.#nowMs);
    return (
      PHASES[this.#phase] |
      (this.#output === undefined ? 0 : OUTPUT_FULL) |
      (isFull ? INPUT_FULL : 0) |
      (this.hasAttention ? ATTENTION : 0)
    );
  }

  outb(port: number, value: number): void {
    this.writes += 1;
    if (!this.#access()) return;
    const isControl = port === this.base + 1;
    if (!isControl && port !== this.base) this.#violation('write to a port that is no register');
    if (this.#input !== undefined) this.#violation('write while the input register is full');
    if (!isControl && this.#output !== undefined) {
      this.#violation('data written while the output register is full');
    }
    const { controlMs, byteMs } = this.#options;
    this.#input = { value, isControl, dueMs: this.#nowMs + (isControl ? controlMs : byteMs) };
    this.settle();
  }

  readBytes(): void {
    this.#violation('the data register is no FIFO');
  }

  writeBytes(): void {
    this.#violation('the data register is no FIFO');
  }

  close(): void {
    this.#isClosed = true;
  }

  /**
   * Throws unless the host has left the interface quiet, as of its last access: no byte left to be
   * read, and no transfer half done that the BMC was ready to have ended.
   */
  assertQuiet(): void {
    const found = [...this.violations];
    if (this.#output !== undefined) found.push('a byte is left in the output register');
    const isReady = this.#input === undefined && !this.faults.isBusy(this.#nowMs);
    if (isReady && this.#phase === 'write') found.push('a request is half written');
    if (isReady && this.#phase === 'read' && this.#given > 0) found.push('an answer is half read');
    if (found.length > 0) throw new Error(`the interface is not quiet: ${found.join('; ')}`);
  }

  get #nowMs(): number {
    return this.#options.clock.now();
  }

  /** Before each access of the host; false while the BMC is away. */
  #access(): boolean {
    if (this.#isClosed) throw new Error('port I/O after close()');
    return this.settle();
  }

  /** Does what the BMC has had time for; false while it is away. */
  settle(): boolean {
    const nowMs = this.#nowMs;
    if (this.faults.takeRestart(nowMs)) this.#restart();
    if (this.faults.isAway(nowMs)) return false;
    const input = this.#input;
    if (input !== undefined && input.dueMs <= nowMs) {
      this.#input = undefined;
      if (input.isControl) this.#control(input.value);
      else this.#data(input.value);
    }
    const isDue = this.#answer !== undefined && this.#answer.dueMs <= nowMs;
    if (isDue && this.#phase === 'read' && this.#given === 0) this.#giveNext();
    return true;
  }

  #restart(): void {
    this.#phase = 'idle';
    this.#input = undefined;
    this.#output = undefined;
    this.#answer = undefined;
    this.#given = 0;
    this.#request = [];
  }

  #takeOutput(): number {
    const value = this.#output;
    if (value === undefined) return this.#violation('data read while there is none');
    this.#output = undefined;
    return value;
  }

  #control(value: number): void {
    switch (value) {
      case SAY_START:
      case SAY_ABORT:
        this.#phase = value === SAY_START ? 'write' : 'idle';
        this.#request = [];
        this.#isLast = false;
        this.#given = 0;
        if (!this.#options.keepsAnswers) this.#answer = undefined;
        return;
      case SAY_END:
        if (this.#phase !== 'write') this.#violation('the end of no request');
        if (this.#isLast) this.#violation('a second end of a request');
        this.#isLast = true;
        return;
      default:
        this.#violation(`0x${value.toString(16)} at the command register`);
    }
  }

  #data(value: number): void {
    switch (this.#phase) {
      case 'write':
        this.#request.push(value);
        if (this.#isLast) this.#execute();
        return;
      case 'read':
        if (value !== SAY_NEXT) this.#violation('another word than "next byte" in a read');
        if (this.#given === 0) this.#violation('the next byte is asked for before the first');
        this.#giveNext();
        return;
      case 'idle':
      case 'error':
        this.#violation('data outside of a transfer');
    }
  }

  /** Hands out the next byte of the answer; behind the last one, a byte that counts for nothing. */
  #giveNext(): void {
    const byte = this.#answer?.bytes[this.#given];
    this.#given += 1;
    this.#output = byte ?? 0;
    if (byte !== undefined) return;
    this.#phase = 'idle';
    this.#answer = undefined;
    this.#given = 0;
  }

  #execute(): void {
    const [first = 0, cmd = 0, ...data] = this.#request;
    const netFn = first >> 2;
    const faults = this.faults.ofCommand(this.commands.length);
    const code = faults.find((fault) => fault.kind === 'code')?.code;
    const atMs = this.#nowMs;
    this.commands.push({ netFn, cmd, data, atMs, isRefused: code === NODE_BUSY });
    this.#phase = 'read';
    this.#given = 0;
    if (faults.some(({ kind }) => kind === 'drop')) return;
    const lateMs = faults.reduce((sum, one) => sum + (one.kind === 'late' ? one.byMs : 0), 0);
    const dueMs = atMs + this.#options.responseMs + lateMs;
    const reply = code === undefined ? replyTo(netFn, cmd, data) : [code];
    // A BMC that keeps its answers gives the oldest one first.
    this.#answer ??= { dueMs, bytes: [first | 0x04, cmd, ...reply] };
  }

  #violation(what: string): never {
    this.violations.push(what);
    throw new Error(`protocol violation by the host: ${what}`);
  }
}

/** Get Device ID, and an OEM command that returns its data. */
function replyTo(netFn: number, cmd: number, data: readonly number[]): readonly number[] {
  if (netFn === 0x06 && cmd === 0x01) return [OK, ...SIM_DEVICE_ID];
  if (netFn === 0x30 && cmd === 0x01) return [OK, ...data];
  return [INVALID_COMMAND];
}
