/** The parts of an exporter, put together over one way to a BMC. */

import type { Clock, Requester } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { Registry } from 'prom-client';

import { BmcCollector } from './collectors/bmc.ts';
import { ChassisCollector } from './collectors/chassis.ts';
import { DcmiCollector } from './collectors/dcmi.ts';
import { SelCollector } from './collectors/sel.ts';
import { SensorCollector } from './collectors/sensors.ts';
import type { SensorCollectorOptions } from './collectors/sensors.ts';
import { WatchdogCollector } from './collectors/watchdog.ts';
import type { Collector } from './collector.ts';
import { DriverMetrics } from './driver-metrics.ts';
import type { Counted } from './driver-metrics.ts';
import { expose } from './exposition.ts';
import type { Exposition } from './exposition.ts';
import type { OnFailure } from './scrape.ts';
import { Scraper } from './scraper.ts';
import type { ScrapeLimits } from './scraper.ts';

/** The collectors by name, in the order in which they are listed. */
export const COLLECTOR_NAMES = ['ipmi', 'dcmi', 'bmc', 'chassis', 'sel', 'bmc-watchdog'] as const;

/** The name of a collector. */
export type CollectorName = (typeof COLLECTOR_NAMES)[number];

/** Everything that an {@link Exporter} is built from. */
export interface ExporterParts extends SensorCollectorOptions {
  readonly requester: Requester;
  readonly clock: Clock;
  /** All by default. */
  readonly collectors?: readonly CollectorName[];
  readonly onFailure: OnFailure;
  /** Metrics of the process, if they are wanted. */
  readonly others?: readonly Registry[];
}

/** Scrapes one BMC, and exposes what it says beside what the driver does. */
export class Exporter {
  readonly #scraper: Scraper;
  readonly #driver: DriverMetrics;
  readonly #others: readonly Registry[];

  constructor(parts: ExporterParts) {
    const { clock, collectors: names = COLLECTOR_NAMES, onFailure, others = [] } = parts;
    this.#driver = new DriverMetrics(clock);
    this.#others = others;
    const all = collectorsOf(this.#driver.measure(parts.requester), parts);
    const collectors = names.map((name) => all[name]);
    this.#scraper = new Scraper({ collectors, clock, onFailure });
  }

  /** Counts by this device from now on; undefined when it has closed. */
  follow(device: Counted | undefined): void {
    this.#driver.follow(device);
  }

  /** Resolves to the metrics by the deadline at the latest. */
  async scrape(limits: ScrapeLimits): Promise<Exposition> {
    const samples = await this.#scraper.scrape(limits);
    return await expose(samples, [...this.#driver.registries(), ...this.#others]);
  }

  /** Measures no more. */
  close(): void {
    this.#driver.close();
  }
}

function collectorsOf(
  requester: Requester,
  { clock, excludeIds = [], onBadRecord }: ExporterParts,
): Readonly<Record<CollectorName, Collector>> {
  const bmc = commands(requester, { clock });
  const sensorOptions = { excludeIds, ...(onBadRecord === undefined ? {} : { onBadRecord }) };
  return {
    ipmi: new SensorCollector(bmc, sensorOptions),
    dcmi: new DcmiCollector(bmc, clock),
    bmc: new BmcCollector(bmc, requester),
    chassis: new ChassisCollector(bmc),
    sel: new SelCollector(bmc),
    'bmc-watchdog': new WatchdogCollector(bmc),
  };
}
