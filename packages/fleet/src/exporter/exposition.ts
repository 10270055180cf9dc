/** Samples in the text format of Prometheus. */

import { Gauge, Registry } from 'prom-client';

import { METRICS } from './metrics.ts';
import type { MetricName, Sample } from './metrics.ts';

/** prom-client writes this, and the format has NaN. A label value has no end of a line in it. */
const NOT_A_NUMBER = /(?<= )Nan$/gm;

/** The text of samples, and its media type. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * Renders samples of one scrape, and the registries of metrics that live longer. A registry is made
 * for each scrape: what was not read this time is not there.
 */
export async function expose(
  samples: readonly Sample[],
  others: readonly Registry[] = [],
): Promise<Exposition> {
  const registry = new Registry();
  const gauges = new Map<MetricName, Gauge>();
  for (const { metric, labels = {}, value } of samples) {
    gaugeOf(metric, registry, gauges).set({ ...labels }, value);
  }
  const texts = await Promise.all([registry, ...others].map((one) => one.metrics()));
  return {
    contentType: registry.contentType,
    text: texts
      .filter((text) => text.trim() !== '')
      .join('\n')
      .replace(NOT_A_NUMBER, 'NaN'),
  };
}

function gaugeOf(name: MetricName, registry: Registry, gauges: Map<MetricName, Gauge>): Gauge {
  const known = gauges.get(name);
  if (known !== undefined) return known;
  const { help, labels } = METRICS[name];
  const gauge = new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  gauges.set(name, gauge);
  return gauge;
}
