/**
 * An interface under test for single smoke checks: a simulated BMC on a virtual clock, opened as
 * often as a check likes, with a lock that its processes share. What a check reports is kept.
 */

import { expect, onTestFinished } from 'vitest';

import { btInterface } from '../../src/bt/interface.ts';
import type { TraceSink } from '../../src/bt/trace-port.ts';
import type { Device } from '../../src/device/device.ts';
import type { Files } from '../../src/files.ts';
import type { PortIo } from '../../src/port/port.ts';
import { btBlock } from '../../src/port/register-block.ts';
import { openDoor } from '../../src/registry/door.ts';
import type { Door } from '../../src/registry/door.ts';
import { OpenDevices } from '../../src/registry/open-devices.ts';
import { targetAt } from '../../src/registry/target.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { Rng } from '../../src/sim/rng.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import type { Check, Choices, Means, Report } from '../../src/smoke/check.ts';
import type { FactValue, Slug } from '../../src/smoke/events.ts';
import type { OpenChoice, Process, Subject } from '../../src/smoke/subject.ts';
import { fakeFiles } from './fake-files.ts';
import { newDevice } from './new-device.ts';
import { SharedLock } from './shared-lock.ts';

/** What a check has reported. */
export class Reported implements Report {
  /** Slugs of what makes the check fail. */
  readonly slugs: Slug[] = [];
  readonly texts: string[] = [];
  readonly warnings: string[] = [];
  readonly evidence: string[] = [];
  readonly facts: Record<string, FactValue> = {};
  readonly measured: Record<string, number> = {};
  readonly lists: Record<string, readonly number[]> = {};
  readonly spans: Parameters<Report['span']>[0][] = [];
  done = 0;

  fact(name: string, value: FactValue): void {
    this.facts[name] = value;
  }

  measure({ name, value, bounds = {}, slug }: Parameters<Report['measure']>[0]): void {
    this.measured[name] = value;
    const { least = -Infinity, most = Infinity } = bounds;
    if (slug !== undefined && !(value >= least && value <= most)) this.slugs.push(slug);
  }

  series(name: string, _: string, values: readonly number[]): void {
    this.lists[name] = values;
  }

  matrix(): void {
    throw new Error('these checks have no matrix');
  }

  span(span: Parameters<Report['span']>[0]): void {
    this.spans.push(span);
  }

  fail(slug: Slug, text: string, evidence: readonly string[] = []): void {
    this.slugs.push(slug);
    this.texts.push(text);
    this.evidence.push(...evidence);
  }

  warn(slug: Slug, text: string, evidence: readonly string[] = []): void {
    this.warnings.push(`${slug}: ${text}`);
    this.evidence.push(...evidence);
  }

  progress(done: number): void {
    expect(done).toBeLessThanOrEqual(1);
    this.done = done;
  }
}

export interface BenchOptions {
  readonly sim?: SimOptions;
  readonly isQuick?: boolean;
  readonly hasInterrupt?: boolean;
  readonly choices?: Partial<Choices>;
  readonly files?: Files;
  readonly isSimulated?: boolean;
  /** Stands between the driver and the BMC. */
  readonly wrap?: (port: PortIo, clock: VirtualClock) => PortIo;
  readonly signal?: AbortSignal;
  readonly seed?: number;
}

const ATTEMPTS = { attemptMs: undefined } as const;
const OPEN_MS = 30_000;

/** The interface under test, on a clock of its own. */
export class Bench implements Subject {
  readonly clock = new VirtualClock();
  readonly bmc: SimBmc;
  readonly isSimulated: boolean;
  readonly files: Files;
  readonly reported = new Reported();
  readonly means: Means;
  readonly #options: BenchOptions;
  readonly #lock = new SharedLock();
  #users = 0;

  constructor(options: BenchOptions = {}) {
    const { isQuick = true, choices, signal = new AbortController().signal, seed = 1 } = options;
    this.#options = options;
    this.isSimulated = options.isSimulated ?? true;
    this.files = options.files ?? fakeFiles({});
    this.bmc = new SimBmc({ clock: this.clock, responseMs: 10, ...options.sim });
    this.means = {
      subject: this,
      report: this.reported,
      signal,
      random: new Rng(seed),
      amount: (full, quick) => (isQuick ? quick : full),
      choices: { numa: false, reset: undefined, takeover: false, ...choices },
    };
    onTestFinished(() => {
      expect(this.clock.pending).toBe(0);
    });
  }

  /** Runs a check to its end. */
  async run(check: Check): Promise<Reported> {
    await this.clock.until(check.run(this.means));
    return this.reported;
  }

  /** The slugs that a check fails with, each once. */
  async slugsOf(check: Check): Promise<readonly Slug[]> {
    const { slugs } = await this.run(check);
    return [...new Set(slugs)].sort();
  }

  async open(choice: OpenChoice = {}): Promise<Device> {
    const { bringUp = 'full', interrupt = false, trace, timeoutMs = OPEN_MS, signal } = choice;
    const device = this.#device(trace, interrupt);
    const deadlineMs = this.clock.now() + timeoutMs;
    try {
      await device.bringUp(bringUp, { clock: this.clock, deadlineMs, signal, ...ATTEMPTS });
      return device;
    } catch (error) {
      await device.close();
      throw error;
    }
  }

  async door(): Promise<Door> {
    return await openDoor({
      options: { port: this.#port(), clock: this.clock, base: this.bmc.base },
      target: targetAt(btBlock(this.bmc.base)),
      firstSeq: 0,
      deadlineMs: this.clock.now() + OPEN_MS,
      openDevices: new OpenDevices(),
    });
  }

  async processes(count: number, signal: AbortSignal): Promise<readonly Process[]> {
    const opened = Array.from({ length: count }, () => this.open({ bringUp: 'lazy', signal }));
    return await Promise.all(opened);
  }

  hasInterrupt(): boolean {
    return this.#options.hasInterrupt ?? false;
  }

  kernelInterrupts(): undefined {
    return undefined;
  }

  block = (): Promise<never> => Promise.reject(new Error('bug: not used by these checks'));
  take = this.block;
  giveBack = this.block;
  leftovers = this.block;
  discovery = (): never => {
    throw new Error('bug: not used by these checks');
  };

  #device(trace: TraceSink | undefined, interrupt: boolean): Device {
    const { clock, bmc } = this;
    const port = this.#port();
    const block = btBlock(bmc.base);
    const line = interrupt ? new SimIrqLine({ bmc, clock, ownsMask: false }) : undefined;
    const bt = { port, block, quirks: [], pollMs: 0, line, trace };
    this.#users += 1;
    return newDevice({
      ...{ port, clock, block },
      newHardware: (events) => btInterface(bt, events),
      lock: this.#lock.as(`user ${this.#users}`),
    });
  }

  /** Each user closes its own way to the ports. */
  #port(): PortIo {
    const { bmc, clock } = this;
    const port = this.#options.wrap?.(bmc, clock) ?? bmc;
    return {
      inb: (at) => port.inb(at),
      outb: (at, value) => {
        port.outb(at, value);
      },
      readBytes: (at, target, count) => {
        port.readBytes(at, target, count);
      },
      writeBytes: (at, source, count) => {
        port.writeBytes(at, source, count);
      },
      close: () => undefined,
    };
  }
}

/** The machines of the profiles: a UV-like one with an interrupt, and one at the bare minimum. */
export const MACHINES: readonly (readonly [name: string, options: BenchOptions])[] = [
  ['UV-like', { hasInterrupt: true }],
  [
    '0xe4, without capabilities, polled',
    {
      sim: {
        base: 0xe4,
        answer: ({ netFn, cmd }) => (netFn === 6 && cmd === 0x36 ? [0xc1] : undefined),
      },
    },
  ],
];
