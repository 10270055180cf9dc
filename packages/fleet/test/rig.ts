/** A simulated BMC on a virtual clock, an exporter over it, and what a scrape of it says. */

import { open } from 'ipmi-bt';
import type { Device, OpenOptions } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { onTestFinished } from 'vitest';

import { Exporter } from '../src/exporter/exporter.ts';
import type { ExporterParts } from '../src/exporter/exporter.ts';

/** Options of a simulated BMC. */
export type SimOptions = NonNullable<ConstructorParameters<typeof SimBmc>[0]>;

/** Options of a {@link Rig}. */
export interface RigOptions extends Partial<Pick<ExporterParts, 'collectors' | 'excludeIds'>> {
  readonly sim?: SimOptions;
  readonly bringUp?: OpenOptions['bringUp'];
}

/** Everything that a test of the exporter looks at. */
export interface Rig {
  readonly clock: VirtualClock;
  readonly sim: SimBmc;
  readonly device: Device;
  readonly exporter: Exporter;
  /** Collectors that failed, with their errors. */
  readonly failures: string[];
  /** A scrape on the virtual clock; the samples by name and labels. */
  readonly scrape: (budgetMs?: number) => Promise<Readonly<Record<string, number>>>;
}

const BUDGET_MS = 9500;

/** Opens the BMC; it is closed when the test has ended. */
export async function rig(options: RigOptions = {}): Promise<Rig> {
  const { sim: simOptions, bringUp = 'full', ...others } = options;
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, ...simOptions });
  const device = await clock.until(open({ base: sim.base, port: sim, clock, bringUp }));
  const failures: string[] = [];
  const exporter = new Exporter({
    ...{ requester: device, clock, ...others },
    onFailure: (collector, error) => failures.push(`${collector}: ${String(error)}`),
    onBadRecord: (recordId, error) => failures.push(`record ${recordId}: ${String(error)}`),
  });
  exporter.follow(device);
  onTestFinished(async () => {
    exporter.close();
    await clock.until(device.close());
  });
  const scrape = async (budgetMs = BUDGET_MS): Promise<Readonly<Record<string, number>>> => {
    return samplesIn((await clock.until(exporter.scrape({ budgetMs }))).text);
  };
  return { clock, sim, device, exporter, failures, scrape };
}

/** The samples of a text of metrics, by name and labels as they are written. */
export function samplesIn(text: string): Readonly<Record<string, number>> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value] = /^(\S+?(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      if (value === undefined) throw new Error(`no sample: ${line}`);
      return [name, Number(value.replace('+Inf', 'Infinity'))];
    }),
  );
}

/** The samples whose name begins so. */
export function startingWith(
  samples: Readonly<Record<string, number>>,
  prefix: string,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(samples).filter(([name]) => name.startsWith(prefix)));
}
