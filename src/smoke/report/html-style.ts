/**
 * The looks of the page: two palettes, of which each colour of text has a contrast of 4.5 or more
 * on each ground, and the style for screen and paper.
 */

/** Colours by the name of their use. */
export interface Palette {
  readonly ground: string;
  readonly panel: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly good: string;
  readonly bad: string;
  readonly badGround: string;
  readonly care: string;
  readonly careGround: string;
  readonly bar: string;
  readonly before: string;
}

export const LIGHT: Palette = {
  ground: '#ffffff',
  panel: '#f5f7f9',
  text: '#1b2128',
  muted: '#56606b',
  line: '#d3d9e0',
  good: '#146c2e',
  bad: '#b3201a',
  badGround: '#fdeceb',
  care: '#7a4d00',
  careGround: '#fff4dc',
  bar: '#2f72b8',
  before: '#b25000',
};

export const DARK: Palette = {
  ground: '#12161b',
  panel: '#1a2027',
  text: '#e5e9ee',
  muted: '#a3aeba',
  line: '#38424d',
  good: '#6fd18c',
  bad: '#ff9d94',
  badGround: '#3a1d1c',
  care: '#f0c264',
  careGround: '#352a14',
  bar: '#5fa5ea',
  before: '#ffb26b',
};

/** Width of the content on a screen, pixels. */
const WIDTH = 1180;

export const STYLE = `
:root { color-scheme: light; ${variables(LIGHT)} }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; ${variables(DARK)} }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: ${WIDTH + 48}px; padding: 24px 24px 48px;
  background: var(--ground); color: var(--text);
  font: 14px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere; -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
h1 { font-size: 15px; font-weight: 600; margin: 0; color: var(--muted); }
h2 { font-size: 18px; margin: 36px 0 10px; }
h3 { font-size: 14px; margin: 18px 0 6px; }
p { margin: 0 0 8px; }
a { color: inherit; text-underline-offset: 2px; }
code, pre, .mono { font-family: ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; }
code, .mono { font-size: 0.93em; }
.muted { color: var(--muted); }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}

.verdict {
  margin: 10px 0 0; padding: 16px 20px 14px; border: 1px solid var(--line);
  border-left: 8px solid var(--tone); border-radius: 4px; background: var(--panel);
}
.verdict strong { display: block; font-size: 32px; line-height: 1.15; color: var(--tone); }
.verdict p { margin: 6px 0 0; font-size: 16px; }
.verdict .counts { font-size: 14px; color: var(--muted); }
.good { --tone: var(--good); }
.bad { --tone: var(--bad); }
.care { --tone: var(--care); }
.simulated { margin: 10px 0 0; padding: 8px 20px; background: var(--care-ground); }
.simulated, .warning .slug { color: var(--care); }

table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 6px 10px; }
thead th { border-bottom: 2px solid var(--line); font-size: 13px; color: var(--muted); }
tbody tr { border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }

.checks th[scope=row] { width: 30%; }
.checks th span { display: block; font-weight: 400; color: var(--muted); }
.checks .result { width: 8%; white-space: nowrap; }
.checks .time { width: 7%; }
.badge {
  display: inline-block; padding: 0 8px; border: 1px solid var(--tone); border-radius: 10px;
  color: var(--tone); font-weight: 600; font-size: 13px; background: var(--ground);
}
.checks tr.bad { background: var(--bad-ground); }
.checks tr.care { background: var(--care-ground); }
.finding { margin: 0 0 6px; }
.finding:last-child { margin-bottom: 0; }
.slug { font-weight: 600; color: var(--bad); margin-right: 6px; }

.matrix td, .matrix th { border: 1px solid var(--line); }
.matrix td.differs {
  background: var(--care-ground); color: var(--care); font-weight: 600;
  outline: 2px solid var(--care); outline-offset: -2px;
}
/* A word of a number's heading stays whole. */
.number, .series th { overflow-wrap: normal; }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px 24px; }
figure { margin: 0; }
figcaption { font-weight: 600; margin-bottom: 2px; }
.key { display: inline-block; width: 12px; height: 12px; margin: 0 5px 0 14px;
  vertical-align: -1px; }
.key.now { background: var(--bar); }
.key.before { height: 0; border-top: 3px solid var(--before); vertical-align: 4px; }
.readout { min-height: 1.45em; margin: 0; font-size: 13px; color: var(--muted); }
.plot { height: 220px; }
.series { margin-top: 14px; }
.series .before th { font-weight: 400; padding-left: 26px; }
.series .before { color: var(--muted); }

.timeline { width: 100%; height: auto; display: block; }
.timeline text { fill: var(--text); font-size: 12px; }
.timeline .tick { fill: var(--muted); font-size: 11px; }
.timeline line { stroke: var(--line); }
.timeline .lane { fill: var(--panel); }
.timeline .good { fill: var(--bar); }
.timeline .bad { fill: var(--bad); }

pre {
  margin: 0; padding: 10px 12px; background: var(--panel); border: 1px solid var(--line);
  border-radius: 4px; font-size: 12px; line-height: 1.4; white-space: pre-wrap;
}
pre.long { columns: 2; column-gap: 24px; column-rule: 1px solid var(--line); }
details { margin: 0 0 6px; }
summary { cursor: pointer; color: var(--muted); }

.facts { columns: 3; column-gap: 28px; }
.facts section { break-inside: avoid; margin-bottom: 14px; }
.facts h3 { margin: 0 0 2px; }
.facts th { font-weight: 400; color: var(--muted); width: 46%; }
.facts th, .facts td { padding: 2px 8px 2px 0; font-size: 13px; }
.facts .outside { color: var(--bad); font-weight: 600; }
.machine { columns: 2; }
.machine th { width: 32%; }
footer { margin-top: 36px; padding-top: 10px; border-top: 1px solid var(--line); }

@page { size: A4; margin: 12mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 8pt; line-height: 1.3; }
  h2 { font-size: 11pt; margin: 14pt 0 4pt; break-after: avoid; }
  h3 { font-size: 8pt; margin: 6pt 0 2pt; break-after: avoid; }
  th, td { padding: 2pt 5pt; }
  thead th, .badge { font-size: 7.5pt; }
  tr, figure, .timeline { break-inside: avoid; }
  .verdict { padding: 8pt 10pt; }
  .verdict strong { font-size: 20pt; }
  .verdict p { font-size: 10pt; }
  .verdict .counts { font-size: 8pt; }
  .readout { font-size: 7.5pt; }
  footer { margin-top: 10pt; padding-top: 4pt; font-size: 7.5pt; }
  .plot { zoom: 0.56; }
  .charts { gap: 8pt 12pt; }
  pre { font-size: 6.5pt; line-height: 1.25; padding: 4pt 6pt; }
  .facts { column-gap: 14pt; }
  .facts th, .facts td { font-size: 7.5pt; padding: 1pt 5pt 1pt 0; }
}
`;

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(
      ([name, value]) =>
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${value};`,
    )
    .join(' ');
}
