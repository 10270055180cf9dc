/**
 * A simulated BMC on a simulated machine as the interface under test: for `--sim smoke`, for the
 * proof that the checks find faults, and for their tests.
 */

import type { Clock } from '../clock.ts';
import type { Device } from '../device/device.ts';
import { discover } from '../discover/discover.ts';
import type { Discovery } from '../discover/discover.ts';
import { IpmiError, hex } from '../errors.ts';
import type { Files } from '../files.ts';
import type { IrqLine } from '../port/irq-line.ts';
import type { PortIo } from '../port/port.ts';
import { btBlock } from '../port/register-block.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { openDoor } from '../registry/door.ts';
import type { Door } from '../registry/door.ts';
import { OpenDevices } from '../registry/open-devices.ts';
import { register } from '../registry/register.ts';
import type { Plan } from '../registry/register.ts';
import { targetAt } from '../registry/target.ts';
import type { RequestInput, RequestOptions } from '../ipmi/requester.ts';
import type { Reply } from '../ipmi/message.ts';
import { LocalLocks } from '../share/local-lock.ts';
import type { SimBmc } from '../sim/bmc.ts';
import type { RecordSink } from '../trace/recorder.ts';
import { bothSinks } from './states.ts';
import type { OpenChoice, Process, Leftover, Subject } from './subject.ts';

/** Limit of opening, milliseconds. */
const OPEN_MS = 30_000;

/** An interrupt line that counts, as the simulator's does. */
type CountingLine = IrqLine & { readonly count: number };

/** The simulated BMC, and the machine that it is in. */
export interface SimulatedParts {
  readonly bmc: SimBmc;
  readonly clock: Clock;
  readonly files: Files;
  /** The way to the BMC's registers, when it is not the BMC itself: a slow one, say. */
  readonly port?: PortIo;
  /** Makes the interrupt line of one device; there is none when absent. */
  readonly newLine?: () => CountingLine;
  /** Says what a check of the machine finds left at the end; nothing when absent. */
  readonly left?: () => readonly Leftover[];
  /** The error of taking the interface; it is had without one when absent. */
  readonly refusal?: () => Error | undefined;
  /** Receives a recording of each device that {@link Subject.open} opens. */
  readonly record?: RecordSink | undefined;
}

/** Makes the subject. Its devices and processes share the BMC as processes do. */
export function simulatedSubject(parts: SimulatedParts): Subject {
  return new SimulatedSubject(parts);
}

class SimulatedSubject implements Subject {
  readonly isSimulated = true;
  readonly clock: Clock;
  readonly files: Files;
  readonly #parts: SimulatedParts;
  readonly #locks = new LocalLocks();
  readonly #open = new Set<SimulatedPort>();
  #interrupts = 0;
  #line: CountingLine | undefined;
  #firstSeq = 0;

  constructor(parts: SimulatedParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.files = parts.files;
  }

  block(): Promise<RegisterBlock> {
    const { base, spacing } = this.#parts.bmc;
    return Promise.resolve(btBlock(base, spacing));
  }

  discovery(): Discovery {
    return discover({ files: this.files });
  }

  take(): Promise<void> {
    const error = this.#parts.refusal?.();
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  }

  giveBack(): Promise<void> {
    return Promise.resolve();
  }

  async open(choice: OpenChoice = {}): Promise<Device> {
    const record = bothSinks(this.#parts.record, choice.record);
    return await register(await this.#plan({ ...choice, record }));
  }

  async door(signal?: AbortSignal): Promise<Door> {
    return await openDoor(await this.#plan(signal === undefined ? {} : { signal }));
  }

  async processes(count: number, signal: AbortSignal): Promise<readonly Process[]> {
    const opened: Process[] = [];
    for (let index = 0; index < count; index += 1) {
      const device = await register(await this.#plan({ bringUp: 'lazy', signal }));
      opened.push({
        request: (input: RequestInput, options?: RequestOptions): Promise<Reply> =>
          device.request(input, options),
        close: () => device.close(),
      });
    }
    return opened;
  }

  hasInterrupt(): boolean {
    return this.#parts.newLine !== undefined;
  }

  kernelInterrupts(): number | undefined {
    if (this.#parts.newLine === undefined) return undefined;
    return this.#interrupts + (this.#line?.count ?? 0);
  }

  leftovers(): Promise<readonly Leftover[]> {
    const ports = [...this.#open].map(() => {
      return { text: `the ports at ${hex(this.#parts.bmc.base)} are still open` };
    });
    return Promise.resolve([...ports, ...(this.#parts.left?.() ?? [])]);
  }

  async #plan(choice: OpenChoice): Promise<Plan> {
    const { bmc, clock, newLine } = this.#parts;
    const { bringUp = 'full', interrupt = false, timeoutMs = OPEN_MS } = choice;
    const { trace, record, signal } = choice;
    const port = new SimulatedPort(this.#parts.port ?? bmc, this.#open);
    if (interrupt && newLine === undefined) {
      throw new IpmiError('DEVICE_ABSENT', 'the simulated machine has no interrupt line');
    }
    this.#firstSeq = (this.#firstSeq + 1) % 256;
    return {
      options: {
        ...{ port, clock, bringUp, timeoutMs },
        ...(trace === undefined ? {} : { trace }),
        ...(record === undefined ? {} : { record }),
        ...(signal === undefined ? {} : { signal }),
        ...(interrupt && newLine !== undefined ? { irq: this.#newLine(newLine) } : {}),
      },
      target: targetAt(await this.block()),
      firstSeq: this.#firstSeq,
      ownLock: this.#locks.newLock(),
      deadlineMs: clock.now() + timeoutMs,
      openDevices: new OpenDevices(),
    };
  }

  #newLine(make: () => CountingLine): CountingLine {
    this.#interrupts += this.#line?.count ?? 0;
    this.#line = make();
    return this.#line;
  }
}

/** The ports as one process sees them: the BMC runs on when it closes them. */
class SimulatedPort implements PortIo {
  readonly #inner: PortIo;
  readonly #open: Set<SimulatedPort>;

  constructor(inner: PortIo, open: Set<SimulatedPort>) {
    this.#inner = inner;
    this.#open = open;
    open.add(this);
  }

  inb(port: number): number {
    return this.#inner.inb(port);
  }

  outb(port: number, value: number): void {
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#inner.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#open.delete(this);
  }
}
