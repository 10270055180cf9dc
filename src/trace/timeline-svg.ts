/** A timeline as an SVG picture: a row for each request, and one for each bit of BT_CTRL. */

import { GAP_WIDTH, timeScale } from './time-scale.ts';
import type { TimeScale } from './time-scale.ts';
import { attemptText, fateOf, ms, overlapText, requestName } from './timeline-text.ts';
import { BITS } from './timeline.ts';
import type { AttemptSpan, RequestSpan, StateSpan, Timeline } from './timeline.ts';

/** Most requests that are drawn; the text has all of them. */
export const ROWS_MAX = 300;

const LABEL_WIDTH = 250;
const PLOT_WIDTH = 660;
const MARGIN = 10;
const ROW_HEIGHT = 22;
const BAR_HEIGHT = 14;
const AXIS_HEIGHT = 34;

/** Nothing is drawn thinner than this. */
const WIDTH_LEAST = 1;

/** Longest name of a request, characters. */
const NAME_MAX = 34;

/** Draws the timeline. The colours are classes, for the page to say. */
export function timelineSvg(timeline: Timeline): string {
  const requests = timeline.requests.slice(0, ROWS_MAX);
  const spans = [...requests, ...(timeline.requests.length > ROWS_MAX ? [] : timeline.stale)];
  const all = { fromMs: 0, toMs: timeline.lengthMs };
  const scale = timeScale(spans.length === 0 ? [all] : spans, PLOT_WIDTH);
  const rows = [
    ...requests.map((request) => requestRow(request, scale)),
    ...(timeline.stale.length === 0 ? [] : [staleRow(timeline, scale)]),
    ...BITS.map((bit) => bitRow(bit, timeline, scale)).filter((row) => row !== undefined),
  ];
  const height = AXIS_HEIGHT + rows.length * ROW_HEIGHT + MARGIN;
  const width = MARGIN + LABEL_WIDTH + PLOT_WIDTH + MARGIN;
  const drawn = rows.map(
    (row, index) => `<g transform="translate(0 ${AXIS_HEIGHT + index * ROW_HEIGHT})">${row}</g>`,
  );
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="timeline of the recording">`,
    axis(scale, height),
    ...drawn,
    '</svg>',
  ].join('\n');
}

/** Text as it may stand in HTML and SVG. */
export function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
  return text.replace(/[&<>"]/g, (character) => `&${names[character] ?? ''};`);
}

function axis({ pieces }: TimeScale, height: number): string {
  return pieces
    .map(({ fromMs, toMs, x, width }, index) => {
      const left = plotX(x);
      const next = pieces[index + 1];
      const right = plotX(x + width);
      const lines = [left, right].map((at) => line(at, height)).join('');
      const isWide = width > 150;
      const from = `<text x="${round(left)}" y="14">${ms(fromMs)}</text>`;
      const to = isWide
        ? `<text x="${round(right)}" y="14" text-anchor="end">${ms(toMs)} ms</text>`
        : '';
      const gap =
        next === undefined
          ? ''
          : `<text class="gap" x="${round(right + GAP_WIDTH / 2)}" y="28" text-anchor="middle">` +
            `&#8230;<title>${ms(next.fromMs - toMs)} ms without a request</title></text>`;
      return `${lines}${index === 0 || isWide ? from : ''}${to}${gap}`;
    })
    .join('\n');
}

function line(x: number, height: number): string {
  return `<line class="tick" x1="${round(x)}" x2="${round(x)}" y1="18" y2="${height - MARGIN}"/>`;
}

function requestRow(request: RequestSpan, scale: TimeScale): string {
  const waits = request.overlaps.map(overlapText);
  const title = [requestName(request), fateOf(request), ...waits].join('; ');
  const bar = rectangle('waiting', request, { scale, title });
  const attempts = request.attempts.map((attempt) => attemptBars(attempt, scale));
  const orphan = orphanBar(request, scale);
  const isFailed = request.error !== undefined;
  const mark = isFailed ? failure(scale.x(request.toMs), fateOf(request)) : '';
  return `${label(requestName(request))}${bar}${attempts.join('')}${orphan}${mark}`;
}

/** The time that the BMC had a request which its caller had given up. */
function orphanBar({ isSettled, toMs: fromMs, attempts }: RequestSpan, scale: TimeScale): string {
  const { toMs = fromMs, rungMs } = attempts.at(-1) ?? {};
  // An answer settles its request a moment after the attempt, and an error before the answer.
  if (!isSettled || toMs <= fromMs || rungMs === undefined) return '';
  const title = `its caller had given it up, and the BMC had it for ${ms(toMs - fromMs)} ms more`;
  return rectangle('orphan', { fromMs, toMs }, { scale, title });
}

function attemptBars(attempt: AttemptSpan, scale: TimeScale): string {
  return attempt.states
    .map((state) => {
      const title = `${stateTitle(state)}; attempt: ${attemptText(attempt)}`;
      return rectangle(state.state, state, { scale, title });
    })
    .join('');
}

function stateTitle({ state, fromMs, toMs, leftMs, leftAtEndMs }: StateSpan): string {
  const left =
    leftMs === undefined || leftAtEndMs === undefined
      ? ''
      : `, ${ms(leftMs)} ms left when it began, ${ms(leftAtEndMs)} at its end`;
  return `${state} for ${ms(toMs - fromMs)} ms${left}`;
}

function staleRow({ stale }: Timeline, scale: TimeScale): string {
  const bars = stale.map((one) => rectangle(one.state, one, { scale, title: stateTitle(one) }));
  return `${label('responses to no request')}${bars.join('')}`;
}

function bitRow(bit: string, { bits }: Timeline, scale: TimeScale): string | undefined {
  const spans = bits.filter((one) => one.bit === bit);
  if (spans.length === 0) return undefined;
  const bars = spans.map((one) =>
    rectangle('bit', one, { scale, title: `${bit} read 1 for ${ms(one.toMs - one.fromMs)} ms` }),
  );
  return `${label(bit)}${bars.join('')}`;
}

function rectangle(
  name: string,
  { fromMs, toMs }: Readonly<Record<'fromMs' | 'toMs', number>>,
  { scale, title }: { readonly scale: TimeScale; readonly title: string },
): string {
  const x = scale.x(fromMs);
  const width = Math.max(scale.x(toMs) - x, WIDTH_LEAST);
  const place = `x="${round(plotX(x))}" y="2" width="${round(width)}" height="${BAR_HEIGHT}"`;
  return `<rect class="${name}" ${place}><title>${escaped(title)}</title></rect>`;
}

function failure(x: number, title: string): string {
  const at = round(plotX(x));
  return `<circle class="failed" cx="${at}" cy="9" r="5"><title>${escaped(title)}</title></circle>`;
}

function label(text: string): string {
  const shown = text.length > NAME_MAX ? `${text.slice(0, NAME_MAX - 1)}\u2026` : text;
  return `<text x="${MARGIN}" y="14">${escaped(shown)}</text>`;
}

function plotX(x: number): number {
  return MARGIN + LABEL_WIDTH + x;
}

/** A hundredth of a unit is finer than any screen. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
