/**
 * The interface under test for single smoke checks: a strict simulated BMC on a virtual clock, with
 * the faults that a test gives it. What a check reports is kept.
 */

import { expect, onTestFinished } from 'vitest';

import type { Files } from '../../src/files.ts';
import type { PortIo } from '../../src/port/port.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { Rng } from '../../src/sim/rng.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import type { Check, Choices, Means, Report } from '../../src/smoke/check.ts';
import type { FactValue, Slug } from '../../src/smoke/events.ts';
import { simulatedSubject } from '../../src/smoke/simulated.ts';
import type { Subject } from '../../src/smoke/subject.ts';
import { fakeFiles } from './fake-files.ts';

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
}

/** The interface under test, on a clock of its own. */
export class Bench {
  readonly clock = new VirtualClock();
  readonly bmc: SimBmc;
  readonly subject: Subject;
  readonly reported = new Reported();
  readonly means: Means;

  constructor(options: BenchOptions = {}) {
    const { isQuick = true, choices, signal = new AbortController().signal, wrap } = options;
    const { clock } = this;
    const bmc = new SimBmc({ clock, responseMs: 10, ...options.sim });
    const newLine = (): SimIrqLine => new SimIrqLine({ bmc, clock, ownsMask: false });
    this.bmc = bmc;
    this.subject = simulatedSubject({
      ...{ bmc, clock, files: options.files ?? fakeFiles({}) },
      ...(wrap === undefined ? {} : { port: wrap(bmc, clock) }),
      ...(options.hasInterrupt === true ? { newLine } : {}),
    });
    const { isSimulated = true } = options;
    Object.defineProperty(this.subject, 'isSimulated', { value: isSimulated });
    this.means = {
      ...{ subject: this.subject, report: this.reported, signal, random: new Rng(1) },
      amount: (full, quick) => (isQuick ? quick : full),
      choices: { numa: false, reset: undefined, takeover: false, ...choices },
    };
    onTestFinished(() => {
      expect(clock.pending).toBe(0);
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
