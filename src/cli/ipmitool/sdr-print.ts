/** A record as `ipmitool sdr` prints it, with the reading of its sensor. */

import type { ReadableSdr, SdrRecord } from '../../ipmi/sdr-record.ts';
import { fixed, hex, hexUpper } from './c-text.ts';
import { entityName } from './entity-words.ts';
import { sensorTypeName } from './event-words.ts';
import { controllerText, entityColumn, entityNumber, eventOnlyText } from './sdr-locators.ts';
import { fruText, genericText } from './sdr-locators.ts';
import { printSensorVerbosely } from './sdr-verbose.ts';
import { hasThresholds, readSensor } from './sensor-reading.ts';
import type { Reading, SensorReader } from './sensor-reading.ts';
import { comparison, statesSet } from './sensor-status.ts';
import type { Style } from './sensor-status.ts';
import { isDiscrete, valueOf, valueText } from './sensor-value.ts';

/** Digits behind the point in lists, and in values that are separated by commas. */
const LIST_DIGITS = 2;
const CSV_DIGITS = 3;

/** Characters of a value in a list, and of its column. */
const VALUE_CHARS = 15;
const VALUE_COLUMN = 17;

const NAME_COLUMN = 16;

/** Prints a record; those of types that ipmitool does not know print nothing. */
export async function printRecord(
  reader: SensorReader,
  record: SdrRecord,
  style: Style,
): Promise<void> {
  switch (record.kind) {
    case 'full':
    case 'compact':
      await printSensor(reader, record, style);
      return;
    case 'event-only':
      reader.session.print(eventOnlyText(record, style));
      return;
    case 'generic-locator':
      reader.session.print(genericText(record, style));
      return;
    case 'fru-locator':
      reader.session.print(fruText(record, style));
      return;
    case 'controller-locator':
      reader.session.print(controllerText(record, style));
      return;
    case 'entity-association':
    case 'device-entity-association':
    case 'controller-confirmation':
    case 'channels':
    case 'oem':
    case 'unknown':
      return;
  }
}

async function printSensor(reader: SensorReader, record: ReadableSdr, style: Style): Promise<void> {
  const reading = await readSensor(reader, record, LIST_DIGITS);
  const { session } = reader;
  if (style.csv) session.print(csvText(record, reading, style));
  else if (style.verbose > 0) await printSensorVerbosely(session, record, reading);
  else if (style.isExtended) session.print(extendedText(record, reading, style));
  else session.print(listText(record, reading, style));
}

function listText(record: ReadableSdr, reading: Reading, style: Style): string {
  const value = listValue(record, reading).slice(0, VALUE_CHARS).padEnd(VALUE_COLUMN);
  return `${reading.name.padEnd(NAME_COLUMN)} | ${value} | ${stateOf(record, reading, style)}\n`;
}

function listValue({ kind }: ReadableSdr, { isValid, isScanned, states, analog }: Reading): string {
  if (isValid) return analog === undefined ? `0x${hex(states)}` : `${analog.text} ${analog.unit}`;
  if (kind === 'compact') return 'Not Readable';
  return isScanned ? 'no reading' : 'disabled';
}

function stateOf(record: ReadableSdr, reading: Reading, style: Style): string {
  if (hasThresholds(record)) return comparison(reading, style, 'ns');
  return reading.isValid ? 'ok' : 'ns';
}

function extendedText(record: ReadableSdr, reading: Reading, style: Style): string {
  const columns = [
    reading.name.padEnd(NAME_COLUMN),
    `${hexUpper(record.number)}h`,
    stateOf(record, reading, style).padEnd(3),
    entityColumn(record.entity),
    extendedValue(record, reading),
  ];
  return `${columns.join(' | ')}\n`;
}

function extendedValue(record: ReadableSdr, reading: Reading): string {
  const { isValid, isScanned, analog, states, moreStates } = reading;
  if (!isValid) return isScanned ? 'No Reading' : 'Disabled';
  const value = analog === undefined ? '' : `${analog.text} ${analog.unit}`;
  if (analog !== undefined && hasThresholds(record)) return value.slice(0, VALUE_CHARS);
  const set = statesSet(record, states, moreStates).join(', ');
  return analog !== undefined && set !== '' ? `${value}, ${set}` : `${value}${set}`;
}

function csvText(record: ReadableSdr, reading: Reading, style: Style): string {
  if (!hasThresholds(record)) return `${reading.name},${csvStates(record, reading)}\n`;
  const more = style.verbose > 0 ? csvMore(record, reading) : '';
  return `${reading.name},${csvThreshold(record, reading, style)}${more}\n`;
}

function csvStates(record: ReadableSdr, reading: Reading): string {
  const { isValid, analog, states, moreStates } = reading;
  const [number, entity] = [`${hexUpper(record.number)}h`, entityNumber(record.entity)];
  if (!isValid) return `${number},ns,${entity},No Reading`;
  const value = analog === undefined ? number : `${analog.text},${analog.unit}`;
  return `${value},ok,${entity},${statesSet(record, states, moreStates).join(', ')}`;
}

function csvThreshold(record: ReadableSdr, reading: Reading, style: Style): string {
  const { isValid, analog } = reading;
  if (!isValid) return ',,ns';
  if (analog === undefined) return csvStates(record, reading);
  const value = valueText(analog.value, CSV_DIGITS);
  return `${value},${analog.unit},${comparison(reading, style, 'ns')}`;
}

/** Columns that `-v` adds: entity, type, and values of the record. */
function csvMore(record: ReadableSdr, { scale }: Reading): string {
  const { entity, sensorType } = record;
  const type = sensorTypeName(sensorType);
  const head = `,${entityNumber(entity)},${entityName(entity.id)},${type},`;
  if (record.kind === 'compact' || scale === undefined) return `${head},,,,,,,,,,`;
  const text = (raw: number): string =>
    isDiscrete(record) ? `0x${hexUpper(raw)}` : fixed(valueOf(scale, raw), CSV_DIGITS);
  const { analog, thresholds, readingMask } = record;
  const values: readonly (readonly [isThere: boolean, raw: number])[] = [
    [analog.hasNominal, record.nominal],
    [analog.hasNormalMin, record.normalMin],
    [analog.hasNormalMax, record.normalMax],
    [hasBit(readingMask, 5), thresholds.upperNonRecoverable],
    [hasBit(readingMask, 4), thresholds.upperCritical],
    [hasBit(readingMask, 3), thresholds.upperNonCritical],
    [hasBit(readingMask, 2), thresholds.lowerNonRecoverable],
    [hasBit(readingMask, 1), thresholds.lowerCritical],
    [hasBit(readingMask, 0), thresholds.lowerNonCritical],
    [true, record.minimum],
    [true, record.maximum],
  ];
  return head + values.map(([isThere, raw]) => (isThere ? text(raw) : '')).join(',');
}

function hasBit(mask: number, bit: number): boolean {
  return (mask & (1 << bit)) !== 0;
}
