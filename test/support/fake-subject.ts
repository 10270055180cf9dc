/**
 * A machine under test in a table, with a simulated BMC behind its ports, on a virtual clock; and a
 * report that keeps what a check says.
 */

import { expect, onTestFinished } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import type { Discovery } from '../../src/discover/discover.ts';
import type { Device } from '../../src/device/device.ts';
import { btBlock } from '../../src/port/register-block.ts';
import type { RegisterBlock } from '../../src/port/register-block.ts';
import type { IrqLine } from '../../src/port/irq-line.ts';
import type { PortIo } from '../../src/port/port.ts';
import { openDoor } from '../../src/registry/door.ts';
import type { Door } from '../../src/registry/door.ts';
import { OpenDevices } from '../../src/registry/open-devices.ts';
import { register } from '../../src/registry/register.ts';
import type { Plan } from '../../src/registry/register.ts';
import { targetAt } from '../../src/registry/target.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { Skipped } from '../../src/smoke/check.ts';
import type { Check, Choices, Means, Report } from '../../src/smoke/check.ts';
import type { Matrix } from '../../src/smoke/events.ts';
import type { Leftover, OpenChoice, Process, Subject } from '../../src/smoke/subject.ts';
import { FakeSystem } from './fake-files.ts';
import type { FakeTable } from './fake-files.ts';

/** What the machine is made of; a sound one with nothing special when absent. */
export interface FakeMachine {
  readonly table?: FakeTable;
  readonly bmc?: SimOptions;
  /** Puts something between the driver and the BMC. */
  readonly wrap?: (port: PortIo) => PortIo;
  readonly line?: (bmc: SimBmc, clock: VirtualClock) => IrqLine;
  readonly kernelInterrupts?: () => number | undefined;
  readonly leftovers?: readonly string[];
  /** Refusals, each thrown by the call of that name. */
  readonly refuse?: Partial<Record<'block' | 'take' | 'door' | 'giveBack', Error>>;
  readonly isSimulated?: boolean;
}

export class FakeSubject implements Subject {
  readonly isSimulated: boolean;
  readonly clock = new VirtualClock();
  readonly files: FakeSystem;
  readonly bmc: SimBmc;
  /** `take`, `give back`: in the order of the calls. */
  readonly calls: string[] = [];
  readonly #machine: FakeMachine;
  readonly #openDevices = new OpenDevices();
  readonly #port: PortIo;

  constructor(machine: FakeMachine = {}) {
    const { table = {}, bmc = {}, wrap, isSimulated = false } = machine;
    this.#machine = machine;
    this.isSimulated = isSimulated;
    this.files = new FakeSystem(table);
    this.bmc = new SimBmc({ clock: this.clock, responseMs: 2, ...bmc });
    this.#port = wrap?.(this.bmc) ?? this.bmc;
    onTestFinished(() => {
      expect(this.clock.pending).toBe(0);
    });
  }

  block(): Promise<RegisterBlock> {
    return this.#allowed('block', btBlock(this.bmc.base, this.bmc.spacing));
  }

  discovery(): Discovery {
    return discover({ files: this.files });
  }

  async take(takeover: boolean | 'force'): Promise<void> {
    this.calls.push(`take ${takeover}`);
    await this.#allowed('take', undefined);
  }

  async giveBack(): Promise<void> {
    this.calls.push('give back');
    await this.#allowed('giveBack', undefined);
  }

  open(choice: OpenChoice = {}): Promise<Device> {
    const line = choice.interrupt === true ? this.#machine.line?.(this.bmc, this.clock) : undefined;
    return register(this.#plan(choice, line));
  }

  async door(): Promise<Door> {
    return openDoor(await this.#allowed('door', this.#plan({}, undefined)));
  }

  processes(): Promise<readonly Process[]> {
    return Promise.resolve([]);
  }

  hasInterrupt(): boolean {
    return this.#machine.line !== undefined;
  }

  kernelInterrupts(): number | undefined {
    return this.#machine.kernelInterrupts?.();
  }

  leftovers(): Promise<readonly Leftover[]> {
    return Promise.resolve((this.#machine.leftovers ?? []).map((text) => ({ text })));
  }

  #plan({ bringUp = 'full', timeoutMs = 30_000 }: OpenChoice, line: IrqLine | undefined): Plan {
    const { bmc, clock } = this;
    const irq = line === undefined ? {} : { irq: line };
    // What wraps it has no such call.
    bmc.open(clock);
    return {
      options: { port: this.#port, clock, bringUp, timeoutMs, ...irq },
      target: targetAt(btBlock(bmc.base, bmc.spacing)),
      firstSeq: 0,
      deadlineMs: clock.now() + timeoutMs,
      openDevices: this.#openDevices,
    };
  }

  #allowed<T>(call: keyof NonNullable<FakeMachine['refuse']>, value: T): Promise<T> {
    const error = this.#machine.refuse?.[call];
    return error === undefined ? Promise.resolve(value) : Promise.reject(error);
  }
}

/** What a check has said. */
export interface Told {
  readonly facts: Record<string, unknown>;
  readonly measured: Record<string, number>;
  /** `fail bt-absent: text`, in order. */
  readonly findings: string[];
  readonly evidence: string[];
  matrix: Matrix['rows'];
  /** What it has thrown: a skip, an error of the interface, or a mistake. */
  thrown: unknown;
}

/** Runs a check to its end on the clock of the subject. */
export async function runCheck(
  check: Check,
  subject: FakeSubject,
  choices: Partial<Choices> = {},
): Promise<Told> {
  const told: Told = {
    ...{ facts: {}, measured: {}, findings: [], evidence: [], matrix: [] },
    thrown: undefined,
  };
  const means: Means = {
    subject,
    report: reportTo(told),
    signal: new AbortController().signal,
    random: { next: () => 0.5, integer: (least) => least },
    amount: (full) => full,
    choices: { numa: false, reset: undefined, takeover: false, ...choices },
  };
  try {
    await subject.clock.until(check.run(means));
  } catch (error) {
    told.thrown = error;
  }
  return told;
}

/** The findings by their severity and slug, which is what most tests look at. */
export function slugsOf({ findings }: Told): readonly string[] {
  return findings.map((text) => text.replace(/:.*/s, ''));
}

/** The result of a run in short: `pass`, the slugs of its findings, or what it has thrown. */
export function verdictOf(told: Told): unknown {
  const { thrown } = told;
  if (thrown instanceof Skipped) return `skip${thrown.isAllowed ? ', allowed' : ''}`;
  if (thrown !== undefined) return thrown;
  return told.findings.length === 0 ? 'pass' : slugsOf(told);
}

function reportTo(told: Told): Report {
  const find = (severity: string) => (slug: string, text: string, evidence?: readonly string[]) => {
    told.findings.push(`${severity} ${slug}: ${text}`);
    told.evidence.push(...(evidence ?? []));
  };
  return {
    fact: (name, value) => {
      told.facts[name] = value;
    },
    measure: ({ name, value }) => {
      told.measured[name] = value;
    },
    series: () => undefined,
    matrix: (_, rows) => {
      told.matrix = rows;
    },
    span: () => undefined,
    fail: find('fail'),
    warn: find('warning'),
    progress: () => undefined,
  };
}
