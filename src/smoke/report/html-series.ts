/** Times that were measured many times: a chart of each series, and a table of percentiles. */

import type { Baseline } from '../baseline-file.ts';
import type { CheckId, Series } from '../events.ts';
import { histogramOf, placeOn, summaryOf } from './histogram.ts';
import type { Histogram, Summary } from './histogram.ts';
import type { ChartData } from './html-chart.ts';
import type { RunView } from './html-run.ts';
import { numberText, timeText, unitText } from './html-words.ts';
import { markup, when } from './markup.ts';
import type { Markup } from './markup.ts';

/** The numbers of an earlier run of the same machine. */
export type SavedSeries = Pick<Baseline, 'savedAt' | 'series'>;

/** One series, with that of the baseline. */
interface Compared {
  readonly id: CheckId;
  readonly series: Series;
  readonly before: readonly number[] | undefined;
  readonly histogram: Histogram;
  readonly summary: Summary;
  readonly summaryBefore: Summary | undefined;
}

const PERCENTILES = ['least', 'p50', 'p90', 'p99', 'most'] as const;

/** Changes of less than so many per cent are not worth a number. */
const ALIKE_PERCENT = 1;

export function seriesSection({ checks }: RunView, baseline: SavedSeries | undefined): Markup {
  const all = checks.flatMap(({ id, series }) => {
    return [...series.values()].flatMap((one) => compared(id, one, baseline));
  });
  if (all.length === 0) return markup``;
  const saved = baseline === undefined ? '' : timeText(baseline.savedAt);
  return markup`<section>
<h2>Times</h2>
${when(
  saved !== '',
  () => markup`<p><span class="key now"></span>this run
<span class="key before"></span>baseline, saved ${saved}</p>`,
)}
<div class="charts">
${all.map(figure)}</div>
${table(all, saved)}
</section>`;
}

function compared(id: CheckId, series: Series, baseline: SavedSeries | undefined): Compared[] {
  const before = baseline?.series.get(series.name);
  const summary = summaryOf(series.values);
  const summaryBefore = before === undefined ? undefined : summaryOf(before);
  const isBefore = before !== undefined && summaryBefore !== undefined;
  const histogram = histogramOf(isBefore ? [series.values, before] : [series.values]);
  if (summary === undefined || histogram === undefined) return [];
  return [{ id, series, before: isBefore ? before : undefined, histogram, summary, summaryBefore }];
}

function figure(one: Compared): Markup {
  const { series, histogram, summary } = one;
  const [n, unit] = [numberText(summary.count), unitText(series.unit)];
  const scale = histogram.isLogarithmic ? ', logarithmic' : '';
  const rest = `Share of ${n} values, by ${unit}${scale}.`;
  const told = PERCENTILES.map((name) => `${name} ${numberText(summary[name])} ${unit}`).join(', ');
  const label = `Histogram of ${n} values of ${series.name}: ${told}`;
  return markup`<figure data-chart="${JSON.stringify(chartData(one))}">
<figcaption>${titleOf(one)}</figcaption>
<div class="plot" role="img" aria-label="${label}"></div>
<p class="readout" data-rest="${rest}">${rest}</p>
</figure>
`;
}

function titleOf({ id, series }: Compared): string {
  return series.name === id ? id : `${id}: ${series.name}`;
}

function chartData({ series, histogram, summary, before }: Compared): ChartData {
  const { edges, counts, ticks } = histogram;
  const [now = [], past = []] = counts.map(sharesOf);
  const bins = now.map((share, at) => {
    const range = `${numberText(edges[at] ?? 0)} to ${numberText(edges[at + 1] ?? 0)} ${unitText(series.unit)}`;
    const those = before === undefined ? '' : `; baseline ${numberText(past[at] ?? 0)} %`;
    return `${range}: ${numberText(counts[0]?.[at] ?? 0)} values, ${numberText(share)} %${those}`;
  });
  const marks = (['p50', 'p99', 'most'] as const).map((name) => ({
    at: placeOn(histogram, summary[name]),
    label: `${name} ${numberText(summary[name])}`,
  }));
  return { now, before: before === undefined ? undefined : past, bins, ticks, marks };
}

function sharesOf(counts: readonly number[]): readonly number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => Number(((100 * count) / all).toPrecision(6)));
}

function table(all: readonly Compared[], saved: string): Markup {
  const heads = ['values', ...PERCENTILES].map(
    (name) => markup`<th scope="col" class="number">${name}</th>`,
  );
  const rows = all.map((one) => {
    const { series, summary, summaryBefore } = one;
    const label = `${titleOf(one)}, ${unitText(series.unit)}`;
    return markup`<tr><th scope="row">${label}</th>${cells(summary, summaryBefore)}</tr>
${when(summaryBefore !== undefined, () => {
  const text = `baseline of ${saved}`;
  return markup`<tr class="before"><th scope="row">${text}</th>${cells(summaryBefore ?? summary)}</tr>
`;
})}`;
  });
  return markup`<table class="series">
<thead><tr><th scope="col">Series</th>${heads}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function cells(summary: Summary, before?: Summary): readonly Markup[] {
  const values = PERCENTILES.map((name) => {
    const change = before === undefined ? '' : changeText(summary[name], before[name]);
    return markup`<td class="number">${numberText(summary[name])}${change}</td>`;
  });
  return [markup`<td class="number">${numberText(summary.count)}</td>`, ...values];
}

/** ` (+12 %)`; nothing when they are alike. */
function changeText(now: number, before: number): string {
  const percent = Math.round((100 * (now - before)) / before);
  if (!Number.isFinite(percent) || Math.abs(percent) < ALIKE_PERCENT) return '';
  return ` (${percent > 0 ? '+' : '\u2212'}${numberText(Math.abs(percent))} %)`;
}
