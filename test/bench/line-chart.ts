/**
 * A line chart with logarithmic axes as SVG, in the reader's light or dark. The same numbers give
 * the same bytes.
 */

/** Up to seven lines are told apart, by colour and by dashes. */
const COLOURS = [
  '#d55e00',
  '#0a84d6',
  '#009e73',
  '#c46aa0',
  '#b88a00',
  '#7f7f7f',
  '#a371f7',
] as const;
const DASHES = ['', '', '7 3', '2 3', '9 3 2 3', '4 4', '1 4'] as const;

const STYLE = `
  .back { fill: #ffffff } text { fill: #1f2328 } .grid { stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #30363d }
  }
  text { font: 13px sans-serif } .line { fill: none; stroke-width: 2 }
`;

const WIDTH = 360;
const HEIGHT = 300;
const LEFT = 70;
const TOP = 40;
const PANEL = LEFT + WIDTH + 20;
const LEGEND_ROW = 20;

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Powers of ten at the ends of each axis. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
}

/** Where a value stands, in pixels. */
type Scale = (value: number) => number;

/** Draws the panels side by side. One legend is for all: the n-th lines are of one name. */
export function lineChart(title: string, panels: readonly Panel[]): string {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const legendTop = TOP + HEIGHT + 50;
  const size = [panels.length * PANEL + 10, legendTop + names.length * LEGEND_ROW] as const;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" role="img">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${size[0]}" height="${size[1]}"/>`,
    ...panels.map((panel, index) => drawPanel(panel, index * PANEL + LEFT)),
    ...names.map((name, index) => drawKey(name, index, legendTop + index * LEGEND_ROW)),
    '</svg>\n',
  ].join('\n');
}

function drawPanel(panel: Panel, left: number): string {
  const { title, lines, x, y } = panel;
  const across = scale(x, [left, left + WIDTH]);
  const up = scale(y, [TOP + HEIGHT, TOP]);
  const marks = [
    ...powers(x).map((value) => {
      const at = across(value);
      const label = `<text x="${at}" y="${TOP + HEIGHT + 20}" text-anchor="middle">${value}</text>`;
      return `<path class="grid" d="M${at} ${TOP}V${TOP + HEIGHT}"/>${label}`;
    }),
    ...powers(y).map((value) => {
      const at = up(value);
      const label = `<text x="${left - 6}" y="${at + 4}" text-anchor="end">${value}</text>`;
      return `<path class="grid" d="M${left} ${at}H${left + WIDTH}"/>${label}`;
    }),
  ];
  // The first line is the one that matters: it is drawn over the others.
  const drawn = lines.map((line, index) => drawLine(line, index, [across, up])).reverse();
  return [`<text x="${left}" y="${TOP - 14}">${title}</text>`, ...marks, ...drawn].join('\n');
}

/** What is 0 has no place on a logarithmic axis, and is left out. */
function drawLine({ points }: Line, index: number, [across, up]: readonly [Scale, Scale]): string {
  const shown = points.filter(([, y]) => y > 0);
  const path = shown.map(([x, y]) => `${across(x)} ${up(y)}`).join('L');
  return `<path class="line" ${look(index)} d="M${path}"/>`;
}

function drawKey(name: string, index: number, top: number): string {
  const line = `<path class="line" ${look(index)} d="M${LEFT} ${top}h40"/>`;
  return `${line}<text x="${LEFT + 50}" y="${top + 4}">${name}</text>`;
}

function look(index: number): string {
  return `stroke="${COLOURS[index] ?? ''}" stroke-dasharray="${DASHES[index] ?? ''}"`;
}

function powers([from, to]: readonly [number, number]): readonly number[] {
  // Not 10 ** power: that is not a round number for some negative powers.
  return Array.from({ length: to - from + 1 }, (_, index) => Number(`1e${from + index}`));
}

/** To a tenth of a pixel: what another machine rounds otherwise is not to be seen. */
function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  return (value) => {
    const share = (Math.log10(value) - from) / (to - from);
    return Math.round((start + share * (end - start)) * 10) / 10;
  };
}
