/**
 * Compares a run with a baseline of the same machine, and says in words what is different. Numbers
 * scatter from run to run, so a time counts as changed only when it is far from the one before.
 */

import { hex } from '../errors.ts';
import { BaselineError } from './baseline-file.ts';
import type { Baseline, KeptCheck, Machine, Measured, Table } from './baseline-file.ts';
import type { FactValue, Result } from './events.ts';
import { oneLine, quantity } from './report/words.ts';

/** Something that is not as it was. */
export interface Change {
  /** The check, or `machine`. */
  readonly where: string;
  /** Names the thing, its value before and its value now. */
  readonly text: string;
}

/** The result of a comparison; with `--strict` a change is a failure, a note never is. */
interface Comparison {
  readonly changes: readonly Change[];
  /** Sentences on what could not be compared. */
  readonly notes: readonly string[];
}

/** Units of time, in milliseconds. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['ms', 1],
  ['us', 0.001],
  ['ns', 0.000001],
]);

/** A time that differs by less scatters: a BMC and a kernel work in ticks. */
const LEAST_CHANGE_MS = 0.5;

/** A time has changed when one is more than so many times the other. The longest scatters most. */
const FACTORS: readonly (readonly [suffix: string, factor: number])[] = [
  ['p50', 1.25],
  ['p99', 1.5],
  ['max', 3],
];
const OTHER_FACTOR = 2;

/** Counts that are to be equal; others depend on how much a run did. */
const EXACT_COUNTS = ['failures'];

/** Told by the machine, and so not again by the check. */
const OF_MACHINE = ['bmc-guid', 'bmc-firmware'];

const WORDS: Readonly<Record<Result, string>> = {
  ...{ pass: 'passed', fail: 'failed', skip: 'was skipped', error: 'could not be done' },
  interrupted: 'was interrupted',
};

/** Throws a {@link BaselineError} when `now` is of another machine than `before`. */
export function compareBaseline(before: Baseline, now: Baseline): Comparison {
  refuseOther(before.machine, now.machine);
  const checks = [...before.checks].flatMap(([id, kept]) => {
    const other = now.checks.get(id);
    return other === undefined
      ? []
      : checkChanges(kept, other).map((text) => ({ where: id, text }));
  });
  const machine = firmwareChange(before.machine, now.machine);
  return { changes: [...machine, ...checks], notes: notes(before.machine, now.machine) };
}

/** Throws a {@link BaselineError} when what is known of both machines differs. */
export function refuseOther(before: Machine, now: Machine): void {
  const other = (what: string, one: string, two: string): BaselineError =>
    new BaselineError(
      `the baseline is of another machine: its ${what} is ${oneLine(one)}, here it is ` +
        `${oneLine(two)}; take the baseline of this machine, or make one with --save`,
    );
  if (before.isSimulated !== now.isSimulated) {
    throw other('BMC', kindOf(before), kindOf(now));
  }
  if (before.guid !== undefined && now.guid !== undefined && before.guid !== now.guid) {
    throw other('BMC GUID', before.guid, now.guid);
  }
  if (before.base !== now.base) throw other('base', portOf(before), portOf(now));
}

function kindOf({ isSimulated }: Machine): string {
  return isSimulated ? 'simulated' : 'hardware';
}

function portOf({ base }: Machine): string {
  return base === undefined ? 'unknown' : hex(base);
}

function firmwareChange(before: Machine, now: Machine): readonly Change[] {
  if (before.firmware === undefined || now.firmware === undefined) return [];
  if (before.firmware === now.firmware) return [];
  return [
    { where: 'machine', text: wasIs('the firmware of the BMC', before.firmware, now.firmware) },
  ];
}

function notes(before: Machine, now: Machine): readonly string[] {
  const missing = [
    ...(before.guid === undefined ? ['the baseline'] : []),
    ...(now.guid === undefined ? ['this run'] : []),
  ];
  const guid = `${missing.join(' and ')} ${missing.length > 1 ? 'have' : 'has'} no GUID of the BMC: only the base ${portOf(now)} says `;
  const firmware = before.firmware === undefined || now.firmware === undefined;
  return [
    ...(missing.length > 0 ? [`${guid}that it is the same machine`] : []),
    ...(firmware ? ['the firmware of the BMC is not known on both sides, and not compared'] : []),
  ];
}

function checkChanges(before: KeptCheck, now: KeptCheck): readonly string[] {
  const result =
    before.result === now.result
      ? []
      : [`${WORDS[before.result]} before, and ${WORDS[now.result]} now`];
  return [
    ...result,
    ...paired(before.measurements, now.measurements).flatMap(([name, one, other]) =>
      isChanged(name, one, other)
        ? [wasIs(name, quantity(one.value, one.unit), quantity(other.value, other.unit))]
        : [],
    ),
    ...paired(before.facts, now.facts).flatMap(([name, one, other]) =>
      isComparable(name, one) && one !== other ? [wasIs(name, String(one), String(other))] : [],
    ),
    ...tableChanges(before.matrix, now.matrix),
  ];
}

function isChanged(name: string, before: Measured, now: Measured): boolean {
  const scale = UNITS.get(before.unit);
  if (before.unit !== now.unit) return true;
  if (scale === undefined) return EXACT_COUNTS.includes(name) && before.value !== now.value;
  const [less, more] = [before.value, now.value].sort((one, other) => one - other);
  if (less === undefined || more === undefined) return false;
  const [, factor] = FACTORS.find(([suffix]) => name.endsWith(suffix)) ?? ['', OTHER_FACTOR];
  return (more - less) * scale >= LEAST_CHANGE_MS && more > less * factor;
}

/** A number with a fraction was measured, and differs in every run. */
function isComparable(name: string, value: FactValue): boolean {
  return !OF_MACHINE.includes(name) && (typeof value !== 'number' || Number.isInteger(value));
}

function tableChanges(before: Table, now: Table): readonly string[] {
  // A check that did not come to its table says so by its result.
  if (before.size === 0 || now.size === 0) return [];
  const gone = [...before.keys()].filter((name) => !now.has(name));
  const added = [...now.keys()].filter((name) => !before.has(name));
  return [
    ...gone.map((name) => `${oneLine(name)} is no longer there`),
    ...added.map((name) => `${oneLine(name)} is new`),
    ...paired(before, now).flatMap(([row, one, other]) =>
      paired(one, other).flatMap(([column, cell, changed]) =>
        cell === changed ? [] : [wasIs(`${row}, ${column}`, cell, changed)],
      ),
    ),
  ];
}

/** The entries that both have. */
function paired<T>(
  before: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
): readonly (readonly [name: string, before: T, now: T])[] {
  return [...before].flatMap(([name, one]) => {
    const other = now.get(name);
    return other === undefined ? [] : [[name, one, other] as const];
  });
}

function wasIs(name: string, before: string, now: string): string {
  return `${oneLine(name)} was ${oneLine(before)}, is ${oneLine(now)}`;
}
