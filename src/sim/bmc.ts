/**
 * A simulated BMC behind the three BT registers, true to the register: toggles toggle, write-1 bits
 * clear, pointers reset. It throws at a host that breaks the protocol, and has a personality for
 * the differences between makes of BMC. It has no timers: each access first brings its state up to
 * the present time.
 */

import type { PortIo } from '../port/port.ts';
import { B2H_ATN, B_BUSY, H2B_ATN, H_BUSY, OEM0, SMS_ATN } from './bits.ts';
import { BMC_HWRST, CLR_RD_PTR, CLR_WR_PTR, FLOATING, INTMASK_RESERVED } from './bits.ts';
import { CommandProcessor } from './commands.ts';
import type { Executed } from './command-record.ts';
import { Disturbance, isDisturbing } from './disturbance.ts';
import { faultsOf } from './failure.ts';
import type { FailureKind, FailureOptions } from './failure.ts';
import { InterruptMask } from './interrupt-mask.ts';
import { complete, type CompleteOptions, type SimOptions } from './options.ts';
import { PendingAnswers } from './pending-answers.ts';
import { RequestBuffer } from './request-buffer.ts';
import { ResponseBuffer, frameOf } from './response-buffer.ts';
import { Restart } from './restart.ts';
import type { SimParts } from './state.ts';

export type { Executed, SimResponse } from './command-record.ts';
export type { FailureKind, FailureOptions } from './failure.ts';
export type { SimNetworkOptions } from './network-options.ts';
export type { SimOptions } from './options.ts';
export type { Satellite, SatelliteRequest } from './satellites.ts';
export { simSatellite } from './sim-satellite.ts';
export type { SimSatelliteOptions } from './sim-satellite.ts';
export type { SimSdrOptions, SimSdrRead } from './sdrs.ts';
export type { SimSensor } from './sensors.ts';
export { QEMU, SPEC } from './personality.ts';
export type { Personality } from './personality.ts';
export type { SimFruOptions } from './fru.ts';
export type { SimSelOptions } from './sel.ts';

/** Most bytes the length byte can count. */
const LENGTH_MAX = 255;

/** Of the bits that the failure `flips` flips. */
const SEED = 1;

/** From the answer to Cold Reset to the restart. */
const RESTART_AFTER_MS = 500;

export class SimBmc implements PortIo {
  readonly base: number;
  readonly spacing: number;
  /** BT_INTMASK, and the pin behind it. */
  readonly interrupts: InterruptMask;
  /** Every command executed, in order. */
  readonly executed: Executed[] = [];
  /** Violations of the protocol by the host; each was thrown at it as well. */
  readonly violations: string[] = [];
  /** Register writes so far, each byte of a block counted. */
  writes = 0;
  readonly #commands: CommandProcessor;
  readonly #options: CompleteOptions;
  /** The time by which failures begin and end. */
  #clock: { now(): number };
  readonly #hasClock: boolean;
  #ctrl = 0;
  #host2bmc: RequestBuffer;
  #bmc2host: ResponseBuffer;
  readonly #answers = new PendingAnswers();
  /** Until then the BMC works on the last command and B_BUSY is set, where it shows that. */
  #busyUntilMs = 0;
  readonly #restart: Restart;
  /** Undefined until a failure is asked for. */
  #disturbance: Disturbance | undefined;
  /** A fault makes honest hosts break the protocol. */
  #isDisturbed = false;
  #closed = false;

  constructor(options: SimOptions = {}) {
    this.#options = complete(options);
    this.#clock = options.clock ?? { now: this.#options.now };
    this.#hasClock = options.clock !== undefined;
    this.base = this.#options.base;
    this.spacing = this.#options.spacing;
    this.#restart = new Restart(this.#options.restartMs);
    this.#commands = new CommandProcessor(
      this.#options.personality.commands,
      {
        setSmsAttention: (isDue) => this.#setSmsAttention(isDue),
        dropInterrupts: () => this.interrupts.reset(),
        restart: () => {
          this.#restart.schedule(this.#options.now() + RESTART_AFTER_MS);
        },
      },
      this.#options,
    );
    this.interrupts = new InterruptMask(this.#options.personality);
    this.#host2bmc = new RequestBuffer(this.#options.personality);
    this.#bmc2host = new ResponseBuffer(this.#options.personality);
  }

  inb(port: number): number {
    return this.#disturbance?.inb(port, () => this.#inb(port)) ?? this.#inb(port);
  }

  outb(port: number, value: number): void {
    const write = (): void => {
      this.#outb(port, value);
    };
    if (this.#disturbance === undefined) write();
    else this.#disturbance.outb(port, value, write);
  }

  #inb(port: number): number {
    this.settle();
    switch (this.#register(port)) {
      case 0:
        return this.#ctrl;
      case 1:
        return this.#readFifo();
      case 2:
        return this.interrupts.value;
      case undefined:
        return FLOATING;
    }
  }

  #outb(port: number, value: number): void {
    this.writes += 1;
    this.settle();
    switch (this.#register(port)) {
      case 0:
        this.#writeCtrl(value);
        break;
      case 1:
        this.#writeFifo(value);
        break;
      case 2:
        this.#writeIntMask(value);
        break;
      case undefined:
        this.#violation(`write to port 0x${port.toString(16)}, which is no BT register`);
    }
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) this.outb(port, source[index] ?? 0);
  }

  /** A device begins to use it: after `close()`, too. Its clock serves where there is no other. */
  open(clock: { now(): number }): void {
    this.#closed = false;
    if (!this.#hasClock) this.#clock = clock;
  }

  /** Until the next `open()` an access is an error of the host. The BMC itself runs on. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Makes the BMC fail from now on: `fail('silent', { forMs: 5000 })` forgets all commands for five
   * seconds. Faults of commands hit the next command. Throws a `TypeError` for an unknown name of
   * a failure or an option.
   */
  fail(kind: FailureKind, options: FailureOptions = {}): void {
    const clock = { now: () => this.#clock.now() };
    this.#disturbance ??= new Disturbance(this, { clock, faults: [], seed: SEED });
    const { taken } = this.#disturbance;
    const faults = faultsOf(kind, options, { nowMs: clock.now(), taken });
    this.#isDisturbed ||= faults.some((fault) => isDisturbing(fault.kind));
    this.#disturbance.add(faults);
  }

  /** Ends all failures now. */
  calm(): void {
    this.#disturbance?.calm();
  }

  /** Raises SMS_ATN, as for an event or message. */
  raiseSmsAttention(): void {
    this.#setSmsAttention(true);
  }

  /** Has an event for the host, 16 bytes; false, and it is lost, when events are not enabled. */
  addEvent(record: readonly number[]): boolean {
    return this.#commands.addEvent(record);
  }

  /** Logs an entry of 16 bytes in the SEL; its number and its time are the BMC's. */
  logEvent(record: readonly number[]): void {
    this.#commands.logEvent(record, this.#options.now());
  }

  /** Has a message for the host: the channel, then what the message consists of. */
  addMessage(message: readonly number[]): void {
    this.#commands.addMessage(message);
  }

  /** Sets message flags (§22.4), such as 0x08 for the watchdog's pre-timeout. */
  raiseFlags(flags: number): void {
    this.#commands.raiseFlags(flags);
  }

  /** The SDR repository, which can be changed. */
  get sdrs(): SimParts['sdrs'] {
    return this.#commands.parts.sdrs;
  }

  /** The sensors, whose readings can be changed. */
  get sensors(): SimParts['sensors'] {
    return this.#commands.parts.sensors;
  }

  /** The chassis as commands and the watchdog have left it. */
  get chassis(): SimParts['chassis'] {
    this.settle();
    return this.#commands.parts.chassis;
  }

  /** The power of the system that DCMI reports; a test may change it. */
  get dcmi(): SimParts['dcmi'] {
    return this.#commands.parts.dcmi;
  }

  /** BMC Global Enables (§22.1) as they are. */
  get globalEnables(): number {
    return this.#commands.globalEnables;
  }

  /**
   * Puts a response into the buffer that answers no request (`body` is what the length byte
   * counts), as a former host, or a confused BMC, leaves one behind.
   */
  leaveResponse(body: readonly number[]): void {
    this.#post(frameOf(body));
  }

  /** True when the host has taken the last response, and does not take one now. */
  get isAtRest(): boolean {
    return (this.#ctrl & (B2H_ATN | H_BUSY)) === 0;
  }

  /** Sets H_BUSY, as a host leaves it that died while reading. */
  leaveHostBusy(): void {
    this.#ctrl |= H_BUSY;
  }

  /** The BMC restarts: its settings, its pending responses and its registers are lost. */
  reset(): void {
    this.#ctrl = 0;
    this.#busyUntilMs = 0;
    this.#answers.clear();
    this.#commands.reset();
    this.interrupts.reset();
    this.#host2bmc = new RequestBuffer(this.#options.personality);
    this.#bmc2host = new ResponseBuffer(this.#options.personality);
  }

  /**
   * Throws unless the host has left the interface quiet, as of its last access: H_BUSY and B2H_ATN
   * 0, no byte without H2B_ATN, interrupts as found, no protocol violation. The answer to a command
   * still on the wire may come later.
   */
  assertQuiet(): void {
    const faults = [...this.violations];
    if ((this.#ctrl & H_BUSY) !== 0) faults.push('H_BUSY is set');
    if ((this.#ctrl & B2H_ATN) !== 0) faults.push('B2H_ATN is set');
    if (this.#host2bmc.isUnrung) faults.push('bytes in HOST2BMC without H2B_ATN');
    if (this.interrupts.value !== 0) faults.push('BT_INTMASK is not as it was found');
    if (faults.length > 0) throw new Error(`the interface is not quiet: ${faults.join('; ')}`);
  }

  #register(port: number): 0 | 1 | 2 | undefined {
    if (this.#closed) throw new Error('port I/O after close()');
    if (this.#isAway()) return undefined;
    const register = (port - this.base) / this.spacing;
    return register === 0 || register === 1 || register === 2 ? register : undefined;
  }

  /** A BMC that has gone knows nothing of before when it comes back. */
  #isAway(): boolean {
    const where = this.#restart.look(this.#options.now());
    if (where !== 'here') this.reset();
    return where === 'away';
  }

  /** Lets the BMC catch up with the time; every access does the same first. */
  settle(): void {
    const nowMs = this.#options.now();
    if (nowMs >= this.#busyUntilMs) this.#ctrl &= ~B_BUSY;
    this.#commands.settle(nowMs);
    while (!this.#mustWaitForHost()) {
      const due = this.#answers.takeDue(nowMs);
      if (due === undefined) return;
      this.#post(due);
    }
  }

  #mustWaitForHost(): boolean {
    return this.#options.personality.waitsForHost && (this.#ctrl & (H_BUSY | B2H_ATN)) !== 0;
  }

  #post(frame: Uint8Array): void {
    this.#bmc2host.put(frame);
    if (this.#options.personality.staysBusy) this.#setBusyUntil(0);
    if ((this.#ctrl & B2H_ATN) === 0 || this.#options.personality.interruptsAgain)
      this.interrupts.raise();
    this.#ctrl |= B2H_ATN;
  }

  #setSmsAttention(isDue: boolean): void {
    if (isDue && (this.#ctrl & SMS_ATN) === 0) this.interrupts.raise();
    this.#ctrl = isDue ? this.#ctrl | SMS_ATN : this.#ctrl & ~SMS_ATN;
  }

  #setBusyUntil(busyUntilMs: number): void {
    if (!this.#options.showsBusy) return;
    this.#busyUntilMs = busyUntilMs;
    this.#ctrl = busyUntilMs > this.#options.now() ? this.#ctrl | B_BUSY : this.#ctrl & ~B_BUSY;
  }

  #readFifo(): number {
    if ((this.#ctrl & H_BUSY) === 0) this.#violation('BMC2HOST read without H_BUSY');
    if ((this.#ctrl & B2H_ATN) !== 0) this.#violation('BMC2HOST read before B2H_ATN was cleared');
    return this.#bmc2host.read();
  }

  #writeFifo(value: number): void {
    if ((this.#ctrl & (B_BUSY | H2B_ATN)) !== 0) this.#violation('HOST2BMC written under B_BUSY');
    if (!this.#host2bmc.isCleared) this.#violation('HOST2BMC written without CLR_WR_PTR');
    this.#host2bmc.write(value);
  }

  #writeCtrl(value: number): void {
    if ((value & OEM0) !== 0) this.#violation('OEM0 written');
    if ((value & CLR_WR_PTR) !== 0) this.#host2bmc.clear();
    if ((value & CLR_RD_PTR) !== 0) this.#bmc2host.rewind();
    this.#ctrl &= ~(value & (B2H_ATN | SMS_ATN));
    if ((value & H_BUSY) !== 0) this.#ctrl ^= H_BUSY;
    if ((value & H2B_ATN) !== 0) this.#take();
  }

  #writeIntMask(value: number): void {
    if ((value & INTMASK_RESERVED) !== 0) this.#violation('reserved BT_INTMASK bits written');
    if ((value & BMC_HWRST) !== 0) this.#hardwareReset();
    this.interrupts.write(value, (this.#ctrl & (B2H_ATN | SMS_ATN)) !== 0);
  }

  #hardwareReset(): void {
    if (this.#options.mayReset) this.#restart.schedule(this.#options.now());
    else this.#violation('BMC_HWRST written, and no reset is expected');
  }

  /** H2B_ATN was rung: takes the request and prepares its answer. */
  #take(): void {
    const { fault } = this.#host2bmc;
    const atMs = this.#options.now();
    if ((this.#ctrl & H_BUSY) !== 0) this.#violation('H2B_ATN rung while H_BUSY is set');
    if (this.#answers.isOpen(atMs)) this.#violation('a command starts while another is open');
    if (fault !== undefined) this.#violation(fault);
    if (this.#options.personality.staysBusy) this.#setBusyUntil(Infinity);
    const request = this.#host2bmc.take();
    if (request === undefined) return;

    const [, netFnLun = 0, seq = 0, cmd = 0, ...data] = request;
    const netFn = netFnLun >> 2;
    const lun = netFnLun & 3;
    const command = { netFn, lun, seq, cmd, data: Uint8Array.from(data), atMs };
    this.executed.push(command);
    const answer = this.#disturbance?.answer(command) ?? this.#options.answer(command);
    this.#answer(command, answer ?? this.#commands.execute(command));
    this.settle();
  }

  #answer(command: Executed, reply: readonly number[] | 'drop'): void {
    if (reply === 'drop') return;
    const { netFn, seq, cmd, atMs } = command;
    const lun = this.#options.personality.answersAtLunZero ? 0 : command.lun;
    const body = [((netFn | 1) << 2) | lun, seq, cmd, ...reply].slice(0, LENGTH_MAX);
    const honest = { afterMs: this.#options.responseMs(command), frame: frameOf(body) };
    const given = this.#options.respond(command, honest);
    const responses = this.#disturbance?.respond(command, given) ?? given;
    this.#answers.add(command, responses);
    for (const { afterMs } of responses) this.interrupts.expect(atMs + afterMs);
    const [first] = responses;
    if (first !== undefined && !this.#options.personality.staysBusy) {
      this.#setBusyUntil(atMs + first.afterMs);
    }
  }

  #violation(what: string): void {
    if (!this.#options.strict || this.#isDisturbed) return;
    this.violations.push(what);
    throw new Error(`BT protocol violation by the host: ${what}`);
  }
}
