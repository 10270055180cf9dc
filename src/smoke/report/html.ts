/**
 * The report for people: one page in one file, which makes no request to anything. It is complete
 * without its script, but for the charts. Its policy lets nothing run but that script, whatever
 * a BMC says.
 */

import { createHash } from 'node:crypto';

import { readAsset } from '../../assets.ts';
import type { SmokeEvent } from '../events.ts';
import { CHART_SCRIPT } from './html-chart.ts';
import { checksSection, verdictSection } from './html-checks.ts';
import { evidenceSection, machineSection, numbersSection } from './html-facts.ts';
import { matrixSection } from './html-matrix.ts';
import { viewOf } from './html-run.ts';
import type { RunView } from './html-run.ts';
import { seriesSection } from './html-series.ts';
import type { SavedSeries } from './html-series.ts';
import { STYLE } from './html-style.ts';
import { timelineSection } from './html-timeline.ts';
import { VERDICTS } from './html-words.ts';
import { markup, trusted } from './markup.ts';

/** The same events and the same baseline give the same page, byte for byte. */
export async function htmlReport(
  events: readonly SmokeEvent[],
  baseline?: SavedSeries,
): Promise<string> {
  const [uplot, uplotStyle] = await Promise.all([readAsset('uplot.js'), readAsset('uplot.css')]);
  const run = viewOf(events);
  const script = `\n${uplot}${CHART_SCRIPT}`;
  const style = `\n${uplotStyle}${STYLE}`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titleOf(run)}</title>
<style>${trusted(style)}</style>
</head>
<body>
${verdictSection(run)}
<main>
${checksSection(run)}
${matrixSection(run)}
${seriesSection(run, baseline)}
${timelineSection(run)}
${evidenceSection(run)}
${numbersSection(run)}
${machineSection(run)}
</main>
<footer class="muted">ipmi-bt ${run.info?.version ?? ''}: docs/smoke.md of the package says what each
check asks, what each finding means, and what to do. Charts: uPlot, MIT licence.</footer>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.html;
}

function titleOf({ info, end }: RunView): string {
  return `${VERDICTS[end?.result ?? 'open']}: BT smoke test of ${info?.host ?? 'an unknown machine'}`;
}

function policy(script: string, style: string): string {
  return `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
