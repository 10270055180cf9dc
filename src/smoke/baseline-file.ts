/**
 * A run kept in a file, to compare later runs of the same machine with: which machine it is, and
 * per check its result, measurements, facts and matrix. A file may come from anywhere, so nothing
 * in it is believed before it was checked.
 */

import type { CheckRecord, RunRecord } from './record.ts';
import { factNamed } from './record.ts';
import type { FactValue, Result } from './events.ts';

/** Begins every baseline, and tells it from other JSON. */
const SCHEMA = 'ipmi-bt/smoke-baseline';

/** Raised when an older ipmi-bt could not read the file any more. */
const VERSION = 1;

/** A baseline is a few kilobytes; a file of another kind is not parsed for minutes. */
export const BASELINE_CHARS_MAX = 4_194_304;

const RESULTS: readonly Result[] = ['pass', 'fail', 'skip', 'error', 'interrupted'];

/** A GUID of one repeated digit, 0 or f, was never set. */
const NO_GUID = /^[0-]*$|^[f-]*$/i;

/** The machine of a run. */
export interface Machine {
  /** Undefined when the BMC has none, or was not asked. */
  readonly guid: string | undefined;
  readonly firmware: string | undefined;
  /** Port of BT_CTRL. */
  readonly base: number | undefined;
  readonly isSimulated: boolean;
}

/** One measured number. */
export interface Measured {
  readonly value: number;
  readonly unit: string;
}

/** A table of firmware facts: row, column, cell. */
export type Table = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** One check of a baseline. */
export interface KeptCheck {
  readonly result: Result;
  readonly measurements: ReadonlyMap<string, Measured>;
  readonly facts: ReadonlyMap<string, FactValue>;
  readonly matrix: Table;
}

/** A run as it is kept. */
export interface Baseline {
  readonly savedAt: string;
  readonly machine: Machine;
  readonly checks: ReadonlyMap<string, KeptCheck>;
  /** Values of each series, by its name: for charts, and not compared. */
  readonly series: ReadonlyMap<string, readonly number[]>;
}

/** The baseline cannot be used; the message says why and what to do. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
}

/** All of a run that is compared later. Checks without an end are left out. */
export function baselineOf(record: RunRecord, series: Baseline['series'] = new Map()): Baseline {
  const { info, at, checks } = record;
  const guid = textOf(factNamed(record, 'bmc-guid'));
  return {
    savedAt: at,
    machine: {
      guid: guid === undefined || NO_GUID.test(guid) ? undefined : guid,
      firmware: textOf(factNamed(record, 'bmc-firmware')),
      base: info?.base,
      isSimulated: info?.isSimulated === true,
    },
    checks: new Map(checks.flatMap((check) => kept(check))),
    series,
  };
}

/** The text of the file. */
export function baselineText({ savedAt, machine, checks, series }: Baseline): string {
  const file = {
    ...{ schema: SCHEMA, version: VERSION, savedAt, machine },
    checks: entries(checks, ({ result, measurements, facts, matrix }) => ({
      result,
      measurements: entries(measurements, (measured) => measured),
      facts: entries(facts, (value) => value),
      matrix: entries(matrix, (cells) => entries(cells, (cell) => cell)),
    })),
    series: entries(series, (values) => values),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** Reads the text of a file; `name` is its name for errors. Throws a {@link BaselineError}. */
export function readBaseline(text: string, name: string): Baseline {
  const file = parsed(text, name);
  if (file['schema'] !== SCHEMA) throw foreign(name);
  const { version } = file;
  if (typeof version === 'number' && version > VERSION) {
    throw new BaselineError(
      `${name} is a baseline of version ${version}, and this ipmi-bt reads version ${VERSION}; ` +
        'use the ipmi-bt that wrote it or a newer one, or make a new baseline with --save',
    );
  }
  if (version !== VERSION) throw damaged(name, 'version');
  return new Reader(name).baseline(file);
}

function kept({
  id,
  end,
  facts,
  measurements,
  matrix,
}: CheckRecord): readonly [string, KeptCheck][] {
  if (end === undefined) return [];
  const numbers = [...measurements].filter(([, { value }]) => Number.isFinite(value));
  const measured = numbers.map(([name, { value, unit }]) => [name, { value, unit }] as const);
  const rows = (matrix?.rows ?? []).map(({ name, cells }) => {
    const named = cells.map((cell, at) => [matrix?.columns[at] ?? String(at), cell] as const);
    return [name, new Map(named)] as const;
  });
  const { result } = end;
  return [[id, { result, facts, measurements: new Map(measured), matrix: new Map(rows) }]];
}

function entries<T>(map: ReadonlyMap<string, T>, change: (value: T) => unknown): object {
  return Object.fromEntries([...map].map(([name, value]) => [name, change(value)]));
}

function textOf(fact: FactValue | undefined): string | undefined {
  return fact === undefined ? undefined : String(fact);
}

type Json = Readonly<Record<string, unknown>>;

function parsed(text: string, name: string): Json {
  if (text.length > BASELINE_CHARS_MAX) throw foreign(name);
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw new BaselineError(
      `${name} is no JSON: it was cut off or is no baseline; make a new one with --save`,
      { cause },
    );
  }
  if (!isObject(file)) throw foreign(name);
  return file;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function foreign(name: string): BaselineError {
  return new BaselineError(`${name} is no baseline of ipmi-bt; make one with --save`);
}

function damaged(name: string, place: string): BaselineError {
  return new BaselineError(
    `${name} is damaged: ${place} is missing or wrong; make a new baseline with --save`,
  );
}

/** Reads the parts of a file, and names the first that is wrong. */
class Reader {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  baseline(file: Json): Baseline {
    const { savedAt } = file;
    if (typeof savedAt !== 'string') throw damaged(this.#name, 'savedAt');
    const machine = this.#machine(this.#object(file['machine'], 'machine'));
    const checks = this.#map(file['checks'], 'checks', (value, place) => this.#check(value, place));
    const series = this.#map(file['series'], 'series', (value, place) =>
      this.#numbers(value, place),
    );
    return { savedAt, machine, checks, series };
  }

  #machine({ guid, firmware, base, isSimulated }: Json): Machine {
    if (!(guid === undefined || typeof guid === 'string')) throw this.#wrong('machine.guid');
    if (!(firmware === undefined || typeof firmware === 'string'))
      throw this.#wrong('machine.firmware');
    if (!(base === undefined || typeof base === 'number')) throw this.#wrong('machine.base');
    if (typeof isSimulated !== 'boolean') throw this.#wrong('machine.isSimulated');
    return { guid, firmware, base, isSimulated };
  }

  #numbers(value: unknown, place: string): readonly number[] {
    const isNumber = (one: unknown): one is number =>
      typeof one === 'number' && Number.isFinite(one);
    if (!Array.isArray(value) || !value.every(isNumber)) throw this.#wrong(place);
    return value;
  }

  #check(value: unknown, place: string): KeptCheck {
    const check = this.#object(value, place);
    const result = RESULTS.find((one) => one === check['result']);
    if (result === undefined) throw this.#wrong(`${place}.result`);
    return {
      result,
      measurements: this.#map(check['measurements'], `${place}.measurements`, (one, at) =>
        this.#measured(one, at),
      ),
      facts: this.#map(check['facts'], `${place}.facts`, (one, at) => this.#fact(one, at)),
      matrix: this.#map(check['matrix'], `${place}.matrix`, (row, at) =>
        this.#map(row, at, (cell, inRow) => this.#text(cell, inRow)),
      ),
    };
  }

  #measured(one: unknown, place: string): Measured {
    const { value, unit } = this.#object(one, place);
    if (typeof value !== 'number') throw this.#wrong(`${place}.value`);
    return { value, unit: this.#text(unit, `${place}.unit`) };
  }

  #fact(value: unknown, place: string): FactValue {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return value;
    }
    throw this.#wrong(place);
  }

  #text(value: unknown, place: string): string {
    if (typeof value !== 'string') throw this.#wrong(place);
    return value;
  }

  #map<T>(value: unknown, place: string, read: (one: unknown, place: string) => T): Map<string, T> {
    const object = Object.entries(this.#object(value, place));
    return new Map(object.map(([name, one]) => [name, read(one, `${place}.${name}`)]));
  }

  #object(value: unknown, place: string): Json {
    if (!isObject(value)) throw this.#wrong(place);
    return value;
  }

  #wrong(place: string): BaselineError {
    return damaged(this.#name, place);
  }
}
