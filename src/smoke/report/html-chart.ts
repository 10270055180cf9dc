/**
 * The script of the page: draws each histogram with uPlot, and again when the colours change or the
 * page is printed. All that it knows stands in the attribute `data-chart` of a figure; without it,
 * the page has the same numbers as a table.
 */

import { DARK, LIGHT } from './html-style.ts';

/** One histogram, as the script reads it. */
export interface ChartData {
  /** Per cent of the values in each bin; `before` is that of the baseline. */
  readonly now: readonly number[];
  readonly before: readonly number[] | undefined;
  /** The words for each bin, for a reader that points at it. */
  readonly bins: readonly string[];
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** Values that are marked by a line. */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
}

/** Height of a chart, pixels; as the style has it. */
const HEIGHT = 220;

/** Bars of fewer per cent would not be seen: they are drawn this many pixels high. */
const BAR_LEAST = 3;

export const CHART_SCRIPT = `
'use strict';
(() => {
  const palettes = { light: ${JSON.stringify(LIGHT)}, dark: ${JSON.stringify(DARK)} };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const figures = [...document.querySelectorAll('[data-chart]')];
  const font = '12px system-ui, "DejaVu Sans", sans-serif';
  let plots = [];

  function lowBars(u, data, colour) {
    const { ctx, bbox } = u;
    const least = ${BAR_LEAST} * devicePixelRatio;
    ctx.fillStyle = colour;
    data.now.forEach((share, at) => {
      if (share === 0) return;
      const left = u.valToPos(at, 'x', true);
      const width = u.valToPos(at + 1, 'x', true) - left;
      ctx.fillRect(left, bbox.top + bbox.height - least, Math.max(width - 1, 1), least);
    });
  }

  function marks(u, data, colours) {
    const { ctx, bbox } = u;
    const scale = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colours.text;
    ctx.font = font.replace('12px', 12 * scale + 'px');
    ctx.setLineDash([4 * scale, 3 * scale]);
    let free = -Infinity;
    let row = 0;
    data.marks.forEach(({ at, label }) => {
      const x = Math.round(u.valToPos(at, 'x', true));
      const width = ctx.measureText(label).width + 8 * scale;
      const isLeft = x + width > bbox.left + bbox.width;
      const from = isLeft ? x - width : x;
      row = from < free ? row + 1 : 0;
      free = from + width;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.textAlign = isLeft ? 'right' : 'left';
      ctx.fillText(label, x + (isLeft ? -4 : 4) * scale, bbox.top + (13 + 15 * row) * scale);
    });
    ctx.restore();
  }

  function axis(colours, more) {
    const grid = { stroke: colours.line, width: 1 };
    return { stroke: colours.muted, font, grid, ticks: grid, ...more };
  }

  function draw(figure, colours) {
    const data = JSON.parse(figure.dataset.chart);
    const bins = data.now.length;
    const target = figure.querySelector('.plot');
    const readout = figure.querySelector('.readout');
    const rest = readout.dataset.rest;
    // The last edge has no bin of its own; a line of steps ends there.
    const closed = (shares) => [...shares, shares[bins - 1]];
    const series = [
      {},
      {
        fill: colours.bar,
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars({ size: [1], align: 1, gap: 1 }),
      },
    ];
    const columns = [Array.from({ length: bins + 1 }, (_, at) => at), [...data.now, null]];
    if (data.before) {
      const paths = uPlot.paths.stepped({ align: 1 });
      series.push({ stroke: colours.before, width: 2, points: { show: false }, paths });
      columns.push(closed(data.before));
    }
    const highest = Math.max(...data.now, ...(data.before ?? []));
    const options = {
      width: target.clientWidth,
      height: ${HEIGHT},
      series,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false, range: [0, bins] }, y: { range: [0, highest * 1.12] } },
      axes: [
        axis(colours, {
          splits: data.ticks.map(({ at }) => at),
          values: data.ticks.map(({ label }) => label),
          size: 28,
        }),
        axis(colours, { values: (_, all) => all.map((one) => one + ' %'), size: 58 }),
      ],
      hooks: {
        draw: [(u) => { lowBars(u, data, colours.bar); marks(u, data, colours); }],
        setCursor: [(u) => {
          const at = Math.floor(u.posToVal(u.cursor.left, 'x'));
          readout.textContent = (u.cursor.left >= 0 && data.bins[at]) || rest;
        }],
      },
    };
    target.textContent = '';
    return new uPlot(options, columns, target);
  }

  function drawAll(isPrint) {
    for (const plot of plots) plot.destroy();
    const colours = !isPrint && dark.matches ? palettes.dark : palettes.light;
    plots = figures.map((figure) => draw(figure, colours));
  }

  drawAll(matchMedia('print').matches);
  dark.addEventListener('change', () => drawAll(false));
  addEventListener('resize', () => drawAll(false));
  addEventListener('beforeprint', () => drawAll(true));
  addEventListener('afterprint', () => drawAll(false));
})();
`;
