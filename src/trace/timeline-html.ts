/**
 * A timeline as a page of its own: one file, which loads nothing and runs nothing, for light and
 * dark screens.
 */

import type { Recording } from './recording.ts';
import { attemptText, fateOf, headLines } from './timeline-text.ts';
import { ms, overlapText, requestName } from './timeline-text.ts';
import { ROWS_MAX, escaped, timelineSvg } from './timeline-svg.ts';
import type { RequestSpan, Timeline } from './timeline.ts';

const STYLE = `
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #ffffff; --line: #c4cad1; --waiting: #dfe3e8;
  --ready: #b35900; --reply: #1f5fbf; --clear: #1a7f37; --bit: #57606a; --failed: #b3261e;
  --orphan: #7a5a9c; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6e9ed; --bg: #14171b; --line: #4a525c;
  --waiting: #353c45; --ready: #e8a33d; --reply: #6aa6ff; --clear: #57c777; --bit: #9aa4af;
  --failed: #ff8a80; --orphan: #b79ad6; } }
body { margin: 1.5rem auto; max-width: 75rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif;
  color: var(--fg); background: var(--bg); }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--fg); } svg .tick { stroke: var(--line); }
.waiting { fill: var(--waiting); } .waitReady { fill: var(--ready); } .waitReply { fill: var(--reply); }
.waitClear { fill: var(--clear); } .bit { fill: var(--bit); } .failed { fill: var(--failed); }
.orphan { fill: var(--orphan); }
.key span { display: inline-block; margin-right: 1.2rem; }
.key svg { width: 14px; height: 14px; vertical-align: -2px; margin-right: 0.4rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top;
  padding: 0.25rem 0.6rem 0.25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media print { tr { break-inside: avoid; } }
`;

/** The meaning of the colours. */
const KEY: readonly (readonly [name: string, text: string])[] = [
  ['waiting', 'asked, and not settled yet'],
  ['waitReady', 'waitReady: until the BMC takes a request'],
  ['waitReply', 'waitReply: the BMC has it'],
  ['waitClear', 'waitClear: the reply is read'],
  ['orphan', 'the same, given up by its caller'],
  ['failed', 'failed'],
  ['bit', 'the bit of BT_CTRL read 1'],
];

/** Most requests in the table: a browser is slow with more. */
const TABLE_MAX = 2000;

/** The page for a recording. */
export function timelineHtml(recording: Recording, timeline: Timeline): string {
  const head = headLines(recording, timeline).map((text) => `<p>${escaped(text)}</p>`);
  const { requests } = timeline;
  const cut = cutText('drawn', requests.length, ROWS_MAX);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ipmi-bt: recording of a BT interface</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Recording of a BT interface</h1>
${head.join('\n')}
${cut}
<p class="key">${KEY.map(([name, text]) => keyEntry(name, text)).join('\n')}</p>
${timelineSvg(timeline)}
<p>Times are milliseconds since the recording began. A bar says more when the pointer rests on it.</p>
<h2>Requests</h2>
${cutText('listed', requests.length, TABLE_MAX)}
<div class="wide"><table>
<thead><tr><th>request</th><th class="number">asked</th><th class="number">took</th><th>attempts</th>
<th>overlap</th><th>end</th></tr></thead>
<tbody>
${requests.slice(0, TABLE_MAX).map(row).join('\n')}
</tbody>
</table></div>
</body>
</html>
`;
}

function cutText(what: string, count: number, most: number): string {
  return count > most ? `<p>Only the first ${most} of ${count} requests are ${what}.</p>` : '';
}

function keyEntry(name: string, text: string): string {
  const square = `<svg viewBox="0 0 14 14" aria-hidden="true"><rect class="${name}" width="14" height="14"/></svg>`;
  return `<span>${square}${escaped(text)}</span>`;
}

function row(request: RequestSpan): string {
  const attempts = request.attempts.map((attempt) => escaped(attemptText(attempt)));
  const overlaps = request.overlaps.map((one) => escaped(overlapText(one)));
  return [
    `<tr><td>${escaped(requestName(request))}${request.internal ? ' (internal)' : ''}</td>`,
    `<td class="number">${ms(request.fromMs)}</td>`,
    `<td class="number">${ms(request.toMs - request.fromMs)}</td>`,
    `<td>${attempts.join('<br>')}</td><td>${overlaps.join('<br>')}</td>`,
    `<td>${escaped(fateOf(request))}</td></tr>`,
  ].join('');
}
