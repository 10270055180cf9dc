/**
 * Timelines as pictures: a lane for each kind of period of a check, such as its bring-ups or a
 * state of the interface. A failed period is red, higher than the others, and marked with a cross.
 */

import type { Span } from '../events.ts';
import { niceStep } from './histogram.ts';
import type { CheckView, RunView } from './html-run.ts';
import { counted, durationText, numberText } from './html-words.ts';
import { NONE, markup, when } from './markup.ts';
import type { Markup } from './markup.ts';

/** Units of the picture: its width, and that of the names of lanes. */
const WIDTH = 1000;
const LEFT = 150;
const LANE = 26;
const BAR = 12;
const AXIS = 22;

/** Lanes of one check; more would be no picture. */
const LANES_MOST = 12;

/** Periods that are drawn of one lane, failed ones first: about two for each unit of width. */
const SPANS_MOST = 1500;

/** Periods that overlap are drawn below each other, so many at most. */
const ROWS_MOST = 5;

/** Failed periods that are listed in words. */
const LISTED_MOST = 8;

const TICKS_MOST = 8;

interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
  /** Row of each period. */
  readonly rows: readonly number[];
  readonly height: number;
}

export function timelineSection({ checks }: RunView): Markup {
  const shown = checks.filter(({ spans }) => spans.length > 0);
  if (shown.length === 0) return NONE;
  return markup`<section>
<h2>Timeline</h2>
${shown.map(timeline)}</section>`;
}

function timeline(check: CheckView): Markup {
  const lanes = lanesOf(check.spans);
  const drawn = lanes.slice(0, LANES_MOST);
  const endMs = check.spans.reduce((end, { toMs }) => Math.max(end, toMs), 0) || 1;
  const failed = check.spans.filter(({ isFailed }) => isFailed);
  const height = drawn.reduce((sum, lane) => sum + lane.height, 0) + AXIS;
  const label = `Timeline of ${check.id}: ${counted(check.spans.length, 'period')} in ${durationText(endMs)}, ${failed.length} failed`;
  return markup`<h3>${check.id}</h3>
<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${axis(endMs, height - AXIS)}${lanesMarkup(drawn, endMs)}</svg>
${when(
  lanes.length > drawn.length,
  () =>
    markup`<p class="muted">${counted(lanes.length - drawn.length, 'more lane')} not drawn.</p>`,
)}${failedList(failed)}`;
}

function failedList(failed: readonly Span[]): Markup {
  if (failed.length === 0) return NONE;
  const texts = failed.slice(0, LISTED_MOST).map(spanText);
  const rest = failed.length - texts.length;
  const more = rest > 0 ? `; ${rest} more` : '';
  return markup`<p><b>Failed:</b> ${texts.join('; ')}${more}.</p>
`;
}

/** `bring-up 12 at 4.1 s, for 10.0 s`. */
function spanText({ name, fromMs, toMs }: Span): string {
  return `${name} at ${durationText(fromMs)}, for ${durationText(toMs - fromMs)}`;
}

/** Numbered periods, such as `bring-up 1` and `bring-up 2`, share a lane. */
function lanesOf(spans: readonly Span[]): readonly Lane[] {
  const lanes = new Map<string, Span[]>();
  for (const span of spans) {
    const name = span.name.replace(/[\s#]*\d+$/, '') || span.name;
    const known = lanes.get(name);
    if (known === undefined) lanes.set(name, [span]);
    else known.push(span);
  }
  return [...lanes].map(([name, all]) => {
    const kept = [...all.filter((one) => one.isFailed), ...all.filter((one) => !one.isFailed)];
    const drawn = kept.slice(0, SPANS_MOST).sort((one, other) => one.fromMs - other.fromMs);
    const rows = rowsOf(drawn);
    const count = rows.reduce((most, row) => Math.max(most, row), 0) + 1;
    const text = all.length > 1 ? `${name} \u00d7 ${numberText(all.length)}` : name;
    return { name: text, spans: drawn, rows, height: LANE + (count - 1) * (BAR + 2) };
  });
}

/** The first row that is free, for periods in the order in which they begin. */
function rowsOf(spans: readonly Span[]): readonly number[] {
  const ends: number[] = [];
  return spans.map(({ fromMs, toMs }) => {
    const free = ends.findIndex((endMs) => endMs <= fromMs);
    const row = Math.min(free === -1 ? ends.length : free, ROWS_MOST - 1);
    ends[row] = Math.max(ends[row] ?? 0, toMs);
    return row;
  });
}

function axis(endMs: number, top: number): Markup {
  const step = niceStep(endMs / TICKS_MOST);
  const ticks = Array.from({ length: Math.floor(endMs / step) + 1 }, (_, at) => at * step);
  return markup`${ticks.map((ms) => {
    const [x, text] = [placed(ms, endMs), `${numberText(ms / 1000)} s`];
    return markup`<line x1="${x}" x2="${x}" y1="0" y2="${top + 4}"/><text class="tick" x="${x}" y="${top + 16}" text-anchor="middle">${text}</text>
`;
  })}`;
}

function lanesMarkup(lanes: readonly Lane[], endMs: number): readonly Markup[] {
  let top = 0;
  return lanes.map((lane) => {
    const from = top;
    top += lane.height;
    const bars = lane.spans.map((span, at) => {
      const y = from + (LANE - BAR) / 2 + (lane.rows[at] ?? 0) * (BAR + 2);
      return bar(span, y, endMs);
    });
    return markup`<text x="0" y="${from + LANE / 2 + 4}">${shortened(lane.name)}<title>${lane.name}</title></text>
${bars}`;
  });
}

function bar(span: Span, y: number, endMs: number): Markup {
  const x = placed(span.fromMs, endMs);
  const width = Math.max(placed(span.toMs, endMs) - x, 1).toFixed(1);
  const title = markup`<title>${spanText(span)}${span.isFailed ? ', failed' : ''}</title>`;
  if (!span.isFailed) {
    return markup`<rect class="good" x="${x}" y="${y}" width="${width}" height="${BAR}">${title}</rect>
`;
  }
  const cross = markup`<text class="bad" x="${x}" y="${y - 1}" text-anchor="middle">\u00d7</text>`;
  return markup`<rect class="bad" x="${x}" y="${y - 3}" width="${width}" height="${BAR + 6}">${title}</rect>${cross}
`;
}

function placed(ms: number, endMs: number): number {
  const right = WIDTH - 20;
  return Number((LEFT + ((right - LEFT) * Math.max(ms, 0)) / endMs).toFixed(1));
}

/** As much of a name as there is room for. */
function shortened(name: string): string {
  const most = 21;
  return name.length <= most ? name : `${name.slice(0, most - 1)}\u2026`;
}
