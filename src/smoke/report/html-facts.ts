/** The lower half of the page: evidence of the findings, all numbers, and the machine. */

import { hex } from '../../errors.ts';
import type { FactValue, Finding } from '../events.ts';
import { evidenceId, firstWithSameEvidence, measurementText } from './html-checks.ts';
import type { CheckView, RunView } from './html-run.ts';
import { durationText, timeText } from './html-words.ts';
import { NONE, markup, when } from './markup.ts';
import type { Markup } from './markup.ts';
import { isWithin } from './words.ts';

/** Lines of evidence that are shown at once; what is earlier can be unfolded. */
const LINES_SHOWN = 60;

/** Evidence of more lines stands in two columns. */
const LINES_HIGH = 16;

interface Row {
  readonly name: string;
  readonly text: string;
  readonly isOutside?: boolean;
}

/** The lines that prove each finding, such as the register accesses before a failure. */
export function evidenceSection({ checks }: RunView): Markup {
  const blocks = checks.flatMap((check) =>
    check.findings
      .filter((finding) => finding.evidence.length > 0 && isFirstOfItsEvidence(check, finding))
      .map((finding) => evidenceBlock(check, finding)),
  );
  if (blocks.length === 0) return NONE;
  return markup`<section>
<h2>Evidence</h2>
${blocks}</section>`;
}

/** Findings of a check may share their evidence, which is then shown once. */
function isFirstOfItsEvidence(check: CheckView, finding: Finding): boolean {
  return firstWithSameEvidence(check, finding) === finding;
}

function evidenceBlock(check: CheckView, finding: Finding): Markup {
  const { evidence } = finding;
  const alike = check.findings.filter((one) => firstWithSameEvidence(check, one) === finding);
  const slugs = [...new Set(alike.map(({ slug }) => slug))].join(', ');
  const earlier = evidence.slice(0, -LINES_SHOWN);
  const shown = evidence.slice(-LINES_SHOWN);
  const id = evidenceId(check, finding);
  return markup`<h3 id="${id}">${check.id}: <span class="mono">${slugs}</span></h3>
${when(
  earlier.length > 0,
  () => markup`<details><summary>${earlier.length} earlier lines</summary>
<pre>${earlier.join('\n')}</pre></details>`,
)}
<pre${shown.length > LINES_HIGH ? markup` class="long"` : NONE}>${shown.join('\n')}</pre>
`;
}

/** Facts and measurements of each check but those of the machine. */
export function numbersSection({ checks }: RunView): Markup {
  const shown = checks
    .filter(({ id }) => id !== 'host')
    .map((check) => ({ id: check.id, rows: rowsOf(check) }))
    .filter(({ rows }) => rows.length > 0);
  if (shown.length === 0) return NONE;
  return markup`<section>
<h2>Facts and measurements</h2>
<div class="facts">
${shown.map(
  ({ id, rows }) => markup`<section><h3 id="numbers-${id}">${id}</h3>
${factTable(`numbers-${id}`, rows)}</section>
`,
)}</div>
</section>`;
}

/** The machine, and the run itself. */
export function machineSection(run: RunView): Markup {
  const host = run.checks.find(({ id }) => id === 'host');
  return markup`<section>
<h2>Machine and run</h2>
<div class="facts machine">
${when(
  host !== undefined && rowsOf(host).length > 0,
  () => markup`<section><h3 id="machine">Machine</h3>
${factTable('machine', host === undefined ? [] : rowsOf(host))}</section>
`,
)}<section><h3 id="run">Run</h3>
${factTable('run', runRows(run))}</section>
</div>
</section>`;
}

function runRows({ info, startedAt, end }: RunView): readonly Row[] {
  if (info === undefined) return [];
  const parameters = Object.entries(info.parameters).map(
    ([name, value]) => `${name} ${String(value)}`,
  );
  return [
    { name: 'host', text: info.host },
    { name: 'port of BT_CTRL', text: baseText(info.base) },
    { name: 'interface', text: info.isSimulated ? 'simulated BMC' : 'hardware' },
    { name: 'started', text: timeText(startedAt) },
    { name: 'duration', text: end === undefined ? 'not known' : durationText(end.durationMs) },
    { name: 'ipmi-bt', text: info.version },
    { name: 'command', text: info.commandLine },
    { name: 'seed', text: String(info.seed) },
    ...(parameters.length === 0 ? [] : [{ name: 'parameters', text: parameters.join(', ') }]),
  ];
}

function baseText(base: number | undefined): string {
  return base === undefined ? 'none found' : hex(base);
}

function rowsOf({ facts, measurements }: CheckView): readonly Row[] {
  return [
    ...[...measurements.values()].map((one) => ({
      name: one.name,
      text: measurementText(one),
      isOutside: !isWithin(one.value, one.bounds),
    })),
    ...[...facts].map(([name, value]) => ({ name, text: factText(value) })),
  ];
}

function factText(value: FactValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

function factTable(label: string, rows: readonly Row[]): Markup {
  return markup`<table aria-labelledby="${label}"><tbody>
${rows.map(
  ({ name, text, isOutside }) => markup`<tr><th scope="row">${name}</th><td${
    isOutside === true ? markup` class="outside"` : NONE
  }>${text}</td></tr>
`,
)}</tbody></table>
`;
}
