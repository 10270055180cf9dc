/**
 * The report for people: a line for each check when it ends, and below it what was found, what to
 * do, what proves it and what was measured. Lines have at most 100 columns, except evidence.
 */

import { hex } from '../../errors.ts';
import type {
  CheckEnd,
  CheckId,
  FactValue,
  Finding,
  Matrix,
  Measurement,
  RunEnd,
  RunInfo,
  SmokeEvent,
} from '../events.ts';
import { VERDICTS, boundsText, durationText, oneLine, quantity, repeatCommand } from './words.ts';
import { columns, labelled, wrapped } from './layout.ts';

const WORDS = {
  pass: 'ok',
  fail: 'FAIL',
  skip: 'skip',
  error: 'error',
  interrupted: 'cut',
} as const;

/** Width of a result, and of the longest name of a check. */
const [RESULT_COLUMNS, NAME_COLUMNS, TIME_COLUMNS] = [5, 18, 10];

const INDENT = ' '.repeat(RESULT_COLUMNS + 1);

/** A check of which the end is not yet known. */
interface Pending {
  readonly facts: Map<string, FactValue>;
  readonly measurements: Map<string, Measurement>;
  readonly findings: Finding[];
  matrix: Matrix | undefined;
}

/** Writes the report as the events come. */
export class TextReport {
  readonly #write: (text: string) => void;
  readonly #pending = new Map<CheckId, Pending>();
  #info: RunInfo | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly emit = (event: SmokeEvent): void => {
    switch (event.kind) {
      case 'run-start':
        this.#info = event.info;
        this.#lines(headLines(event.info, event.checks.length));
        return;
      case 'check-start':
        this.#of(event.id);
        if (event.changes !== undefined) this.#lines(changeLines(event.id, event.changes));
        return;
      case 'fact':
        this.#of(event.id).facts.set(event.name, event.value);
        return;
      case 'measurement':
        this.#of(event.id).measurements.set(event.name, event);
        return;
      case 'matrix':
        this.#of(event.id).matrix = event;
        return;
      case 'finding':
        this.#of(event.id).findings.push(event);
        return;
      case 'check-end':
        this.#lines(checkLines(event, this.#of(event.id)));
        this.#pending.delete(event.id);
        return;
      case 'run-end':
        this.#lines(['', ...endLines(event, this.#info)]);
        return;
      case 'series':
      case 'span':
        return;
    }
  };

  #of(id: CheckId): Pending {
    const known = this.#pending.get(id);
    if (known !== undefined) return known;
    const opened: Pending = {
      ...{ facts: new Map(), measurements: new Map(), findings: [], matrix: undefined },
    };
    this.#pending.set(id, opened);
    return opened;
  }

  #lines(lines: readonly string[]): void {
    this.#write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  }
}

function headLines(info: RunInfo, count: number): readonly string[] {
  const place = info.base === undefined ? 'no BT interface' : `port ${hex(info.base)}`;
  const head = `ipmi-bt ${oneLine(info.version)} smoke: ${count} ${count === 1 ? 'check' : 'checks'} of ${oneLine(info.host)}, `;
  const lines = wrapped(`${head}${place}, seed ${info.seed}`, '');
  return info.isSimulated
    ? [...lines, 'The simulated BMC is tested (--sim), and no hardware.', '']
    : [...lines, ''];
}

function changeLines(id: CheckId, changes: string): readonly string[] {
  return wrapped(`${id} changes something: ${changes}`, INDENT);
}

function checkLines(end: CheckEnd, pending: Pending): readonly string[] {
  const warnings = pending.findings.filter(({ severity }) => severity === 'warning');
  const failures = pending.findings.filter(({ severity }) => severity === 'fail');
  return [
    ...resultLines(end),
    ...retestLines(end),
    ...[...failures, ...warnings].flatMap((finding) => findingLines(finding)),
    ...measurementLines([...pending.measurements.values()]),
    ...matrixLines(pending.matrix),
    ...factLines(pending.facts),
  ];
}

function resultLines(end: CheckEnd): readonly string[] {
  const time = durationText(end.durationMs).padStart(TIME_COLUMNS);
  const head = `${WORDS[end.result].padEnd(RESULT_COLUMNS)} ${end.id.padEnd(NAME_COLUMNS)}${time}`;
  const reason = oneLine(end.reason);
  const allowed = end.result === 'skip' && end.isAllowed ? ' (allowed)' : '';
  if (reason === '') return [head + allowed];
  const [first = '', ...others] = wrapped(`${reason}${allowed}`, ' '.repeat(head.length + 2));
  return [`${head}  ${first.trimStart()}`, ...others];
}

function retestLines({ retested }: CheckEnd): readonly string[] {
  if (retested === undefined) return [];
  const { failures, tries } = retested;
  const kind = failures < tries ? 'intermittent' : 'lasting';
  return [`${INDENT}${kind}: failed ${failures} of ${tries} tries`];
}

function findingLines({ severity, slug, text, evidence }: Finding): readonly string[] {
  const head = severity === 'warning' ? `warning, ${slug}` : slug;
  const proof = evidence.map((line) => `${INDENT}    | ${oneLine(line)}`);
  return [...labelled(`${head}: `, text, INDENT), ...proof];
}

function measurementLines(measurements: readonly Measurement[]): readonly string[] {
  const rows = measurements.map(({ name, value, unit, bounds }) => {
    const text = boundsText(bounds);
    return [oneLine(name), quantity(value, unit), text === '' ? '' : `(${text})`];
  });
  return columns(rows, INDENT);
}

function matrixLines(matrix: Matrix | undefined): readonly string[] {
  if (matrix === undefined) return [];
  const rows = matrix.rows.map(({ name, cells }) => [name, ...cells]);
  return columns(
    [['', ...matrix.columns], ...rows].map((row) => row.map((cell) => oneLine(cell))),
    INDENT,
  );
}

function factLines(facts: ReadonlyMap<string, FactValue>): readonly string[] {
  if (facts.size === 0) return [];
  return wrapped([...facts].map(([name, value]) => `${name}: ${value}`).join('; '), INDENT);
}

function endLines(end: RunEnd, info: RunInfo | undefined): readonly string[] {
  const time = durationText(end.durationMs);
  const verdict = `${VERDICTS[end.result]} after ${time} (exit code ${end.exit}): ${end.text.replace(/\.?$/, '.')}`;
  if (info === undefined) return wrapped(verdict, '');
  const simulated = info.isSimulated ? ' The simulated BMC was tested, and no hardware.' : '';
  // One line, however long: it is to be copied.
  const repeat = `Seed ${info.seed}; to repeat this run: ${repeatCommand(info)}`;
  return [...wrapped(`${verdict}${simulated}`, ''), repeat];
}
