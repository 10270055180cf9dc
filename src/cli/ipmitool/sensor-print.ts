/** A sensor as `ipmitool sensor` prints it: as a row, or in lines. */

import type { ReadableSdr } from '../../ipmi/sdr-record.ts';
import { fixed, hex } from './c-text.ts';
import { sensorTypeName } from './event-words.ts';
import { entityNumber } from './sdr-locators.ts';
import { hysteresisLines } from './sdr-verbose.ts';
import { hasThresholds, readSensor, thresholdsOf } from './sensor-reading.ts';
import type { Reading, SensorReader } from './sensor-reading.ts';
import { comparison, printEvents, stateLines } from './sensor-status.ts';
import type { Style } from './sensor-status.ts';
import { isDiscrete, toleranceOf, valueOf, valueText } from './sensor-value.ts';
import type { Scale } from './sensor-value.ts';

const DIGITS = 3;

const NAME_COLUMN = 16;

/** Thresholds in the order of their columns: byte of the answer, bit of its mask, and words. */
const THRESHOLDS: readonly (readonly [byte: number, mask: number, words: string])[] = [
  [3, 0x04, 'Lower Non-Recoverable'],
  [2, 0x02, 'Lower Critical'],
  [1, 0x01, 'Lower Non-Critical'],
  [4, 0x08, 'Upper Non-Critical'],
  [5, 0x10, 'Upper Critical'],
  [6, 0x20, 'Upper Non-Recoverable'],
];

/** Prints a sensor; false where it has no reading. */
export async function printSensor(
  reader: SensorReader,
  record: ReadableSdr,
  verbose: number,
): Promise<boolean> {
  const { session } = reader;
  const { choices, memory } = session;
  const style = { verbose, csv: choices.csv, isExtended: memory.isExtended };
  const isRow = style.csv || verbose === 0;
  const reading = await readSensor(reader, record, DIGITS);
  if (!hasThresholds(record)) {
    session.print(isRow ? discreteRow(reading, style) : discreteText(record, reading));
    return reading.isValid;
  }
  const answer = await thresholdsOf(session, record);
  const thresholds = answer?.length === 0 ? undefined : answer;
  if (isRow) {
    session.print(thresholdRow(reading, thresholds, style));
    return reading.isValid;
  }
  session.print(thresholdText(record, reading, thresholds));
  await printEvents(session, record);
  session.print('\n');
  return reading.isValid;
}

/** Value, unit and state, then the thresholds; `na` where there is none. */
type Columns = readonly [value: string, unit: string, state: string];

const NONE = THRESHOLDS.map(() => 'na');

function rowText(
  name: string,
  {
    csv,
    columns,
    thresholds,
  }: { readonly csv: boolean; readonly columns: Columns; readonly thresholds: readonly string[] },
): string {
  if (csv) return `${[name, ...columns, ...thresholds].join(',')}\n`;
  const [value, unit, state] = columns;
  const cells = [name.padEnd(NAME_COLUMN), value.padEnd(10), unit.padEnd(10), state.padEnd(6)];
  return `${cells.join(' | ')}${thresholds.map((text) => `| ${text.padEnd(10)}`).join('')}\n`;
}

function discreteRow(reading: Reading, { csv }: Style): string {
  return rowText(reading.name, { csv, columns: discreteColumns(reading, csv), thresholds: NONE });
}

/** In columns ipmitool shows the states as the value, too. */
function discreteColumns({ isValid, analog, raw, ...reading }: Reading, csv: boolean): Columns {
  const { states, moreStates } = reading;
  if (!isValid) return ['na', 'discrete', 'na'];
  if (analog !== undefined) return [analog.text, analog.unit, 'ok'];
  const value = csv ? raw : states;
  return [`0x${value.toString(16)}`, 'discrete', `0x${hex(states)}${hex(moreStates)}`];
}

function discreteText(record: ReadableSdr, reading: Reading): string {
  const { isValid, analog, states, moreStates } = reading;
  const head = headText(record, reading, ' Sensor Type (Discrete): ');
  if (!isValid) return `${head} Unable to read sensor: Device Not Present\n\n`;
  const value = analog === undefined ? '' : `${analog.text} ${analog.unit}\n`;
  const line = value === '' ? '' : ` Sensor Reading        : ${value}`;
  return `${head}${line}${stateLines('States Asserted', record, [states, moreStates])}\n`;
}

function headText(record: ReadableSdr, { name }: Reading, title: string): string {
  return (
    `Sensor ID              : ${name} (0x${record.number.toString(16)})\n` +
    ` Entity ID             : ${entityNumber(record.entity)}\n` +
    `${title}${sensorTypeName(record.sensorType)}\n`
  );
}

function thresholdRow(reading: Reading, answer: Uint8Array | undefined, style: Style): string {
  const { name, isValid, raw, analog, scale } = reading;
  const unit = analog?.unit ?? '';
  const value = analog === undefined ? `0x${raw.toString(16)}` : fixed(analog.value, DIGITS);
  const columns: Columns = isValid
    ? [value, unit, comparison(reading, style, 'ns')]
    : ['na', unit, 'na'];
  const thresholds =
    answer === undefined || scale === undefined ? NONE : thresholdsIn(answer, scale);
  return rowText(name, { csv: style.csv, columns, thresholds });
}

function thresholdsIn(answer: Uint8Array, scale: Scale): readonly string[] {
  const [readable = 0] = answer;
  return THRESHOLDS.map(([byte, mask]) => {
    if ((readable & mask) === 0) return 'na';
    const raw = answer[byte] ?? 0;
    return isDiscrete(scale) ? `0x${raw.toString(16)}` : fixed(valueOf(scale, raw), DIGITS);
  });
}

function thresholdText(
  record: ReadableSdr,
  reading: Reading,
  thresholds: Uint8Array | undefined,
): string {
  const head = headText(record, reading, ' Sensor Type (Threshold)  : ');
  if (!reading.isValid) {
    return `${head} Sensor Reading        :  Unable to read sensor: Device Not Present\n\n`;
  }
  const style = { verbose: 1, csv: false, isExtended: false };
  return (
    `${head} Sensor Reading        : ${valueLine(record, reading)}\n` +
    ` Status                : ${comparison(reading, style, 'ns')}\n` +
    (thresholds === undefined
      ? ' Sensor Threshold Settings not available\n'
      : thresholdLines(reading, thresholds) + hysteresisLines(record, reading.scale))
  );
}

function valueLine({ kind }: ReadableSdr, { raw, scale, analog }: Reading): string {
  const unit = analog?.unit ?? '';
  const text = `0x${raw.toString(16)}`;
  if (kind === 'compact' || scale === undefined) return `${text} ${unit}`;
  if (analog === undefined) {
    return `${text} (+/- 0x${scale.factors.gain.tolerance.toString(16)}) ${unit}`;
  }
  const tolerance = valueText(toleranceOf(scale), DIGITS);
  return `${valueText(analog.value, DIGITS)} (+/- ${tolerance}) ${unit}`;
}

function thresholdLines({ scale }: Reading, answer: Uint8Array): string {
  if (scale === undefined) return '';
  return thresholdsIn(answer, scale)
    .map((value, index) => ` ${(THRESHOLDS[index]?.[2] ?? '').padEnd(21)} : ${value}\n`)
    .join('');
}
