/** A sensor as `ipmitool -v sdr` and `sdr get` print it. */

import type { ReadableSdr } from '../../ipmi/sdr-record.ts';
import { fixed, hexUpper, hex } from './c-text.ts';
import { sensorTypeName } from './event-words.ts';
import { entityText } from './sdr-locators.ts';
import { hasThresholds } from './sensor-reading.ts';
import type { Reading } from './sensor-reading.ts';
import { comparison, printEvents, stateLines } from './sensor-status.ts';
import { hysteresisOf, isDiscrete, toleranceOf, valueOf, valueText } from './sensor-value.ts';
import type { Scale } from './sensor-value.ts';
import type { Session } from './session.ts';

type FullSdr = Extract<ReadableSdr, { readonly kind: 'full' }>;

const DIGITS = 3;

const EVENT_CONTROL = [
  'Per-threshold',
  'Entire Sensor Only',
  'Global Disable Only',
  'No Events From Sensor',
];

/** Words for thresholds in the order of their printing, and their bits. */
const THRESHOLDS: readonly (readonly [word: string, bit: number])[] = [
  ['lnr', 2],
  ['lcr', 1],
  ['lnc', 0],
  ['unc', 3],
  ['ucr', 4],
  ['unr', 5],
];

/** Prints a sensor, and asks for its events. */
export async function printSensorVerbosely(
  session: Session,
  record: ReadableSdr,
  reading: Reading,
): Promise<void> {
  session.print(
    `Sensor ID              : ${reading.name} (0x${record.number.toString(16)})\n` +
      ` Entity ID             : ${entityText(record.entity)}\n`,
  );
  const isThreshold = hasThresholds(record);
  session.print(isThreshold ? thresholdText(record, reading) : discreteText(record, reading));
  await printEvents(session, record);
  if (!isThreshold) session.print(` OEM                   : ${hexUpper(record.oem, 1)}\n`);
  session.print('\n');
}

function discreteText(record: ReadableSdr, reading: Reading): string {
  const { isValid, raw, analog, states, moreStates } = reading;
  const value = analog === undefined ? `${raw.toString(16)}h` : `${analog.text} ${analog.unit}`;
  return (
    ` Sensor Type (Discrete): ${typeText(record)}\n` +
    ` Sensor Reading        : ${isValid ? value : unread(reading)}\n` +
    eventControl(record) +
    stateLines('States Asserted', record, [states, moreStates])
  );
}

function typeText({ sensorType }: ReadableSdr): string {
  return `${sensorTypeName(sensorType)} (0x${hex(sensorType)})`;
}

function unread({ isScanned }: Reading): string {
  return isScanned ? 'No Reading' : 'Disabled';
}

function eventControl({ capabilities }: ReadableSdr): string {
  return ` Event Message Control : ${EVENT_CONTROL[capabilities.eventControl] ?? ''}\n`;
}

function thresholdText(record: ReadableSdr, reading: Reading): string {
  const style = { verbose: 1, csv: false, isExtended: false };
  return (
    ` Sensor Type (Threshold)  : ${typeText(record)}\n` +
    ` Sensor Reading        : ${reading.isValid ? valueLine(record, reading) : unread(reading)}\n` +
    ` Status                : ${comparison(reading, style, 'Not Available')}\n` +
    (record.kind === 'full' ? normalLines(record, reading) : '') +
    hysteresisLines(record, reading.scale) +
    (record.kind === 'full' ? rangeLines(record, reading) : '') +
    eventControl(record) +
    accessLines(record)
  );
}

/** The reading and its tolerance. */
export function valueLine(record: ReadableSdr, { raw, scale, analog }: Reading): string {
  const unit = analog?.unit ?? '';
  if (record.kind === 'compact' || scale === undefined) return `0x${hexUpper(raw)} ${unit}`;
  if (isDiscrete(record)) {
    return `0x${hexUpper(raw)} (+/- 0x${hexUpper(record.factors.gain.tolerance)}) ${unit}`;
  }
  const value = valueText(analog?.value ?? 0, DIGITS);
  return `${value} (+/- ${valueText(toleranceOf(scale), DIGITS)}) ${unit}`;
}

/** A raw value of a record. */
function recordValue(record: FullSdr, { scale }: Reading, raw: number): string {
  return isDiscrete(record) ? `0x${hexUpper(raw)}` : fixed(valueOf(scale ?? record, raw), DIGITS);
}

/** Nominal and normal values, and the thresholds of the record. */
function normalLines(record: FullSdr, reading: Reading): string {
  const { analog, thresholds, readingMask, initialization } = record;
  const hasThreshold = (bit: number): boolean =>
    initialization.setsThresholds && (readingMask & (1 << bit)) !== 0;
  const lines: readonly (readonly [title: string, isThere: boolean, raw: number])[] = [
    ['Nominal Reading', analog.hasNominal, record.nominal],
    ['Normal Minimum', analog.hasNormalMin, record.normalMin],
    ['Normal Maximum', analog.hasNormalMax, record.normalMax],
    ['Upper non-recoverable', hasThreshold(5), thresholds.upperNonRecoverable],
    ['Upper critical', hasThreshold(4), thresholds.upperCritical],
    ['Upper non-critical', hasThreshold(3), thresholds.upperNonCritical],
    ['Lower non-recoverable', hasThreshold(2), thresholds.lowerNonRecoverable],
    ['Lower critical', hasThreshold(1), thresholds.lowerCritical],
    ['Lower non-critical', hasThreshold(0), thresholds.lowerNonCritical],
  ];
  return lines
    .filter(([, isThere]) => isThere)
    .map(([title, , raw]) => ` ${title.padEnd(21)} : ${recordValue(record, reading, raw)}\n`)
    .join('');
}

/** Both hystereses. */
export function hysteresisLines(record: ReadableSdr, scale: Scale | undefined): string {
  const { positiveHysteresis, negativeHysteresis } = record;
  return (
    ` Positive Hysteresis   : ${hysteresis(positiveHysteresis, scale)}\n` +
    ` Negative Hysteresis   : ${hysteresis(negativeHysteresis, scale)}\n`
  );
}

function hysteresis(raw: number, scale: Scale | undefined): string {
  if (raw === 0 || raw === 0xff) return 'Unspecified';
  if (scale === undefined || isDiscrete(scale)) return `0x${hexUpper(raw)}`;
  const value = hysteresisOf(scale, raw);
  return value === 0 ? 'Unspecified' : fixed(value, DIGITS);
}

/** The raw values that say that there is no limit, by the form of a reading. */
const NO_MINIMUM: Readonly<Record<string, number>> = {
  ...{ unsigned: 0x00, 'ones-complement': 0xff, 'twos-complement': 0x80 },
};
const NO_MAXIMUM: Readonly<Record<string, number>> = {
  ...{ unsigned: 0xff, 'ones-complement': 0x00, 'twos-complement': 0x7f },
};

function rangeLines(record: FullSdr, reading: Reading): string {
  const text = (raw: number, none: Readonly<Record<string, number>>): string => {
    const isZero = !isDiscrete(record) && valueOf(reading.scale ?? record, raw) === 0;
    const isNone = none[record.units.form.format] === raw || isZero;
    return isNone ? 'Unspecified' : recordValue(record, reading, raw);
  };
  return (
    ` Minimum sensor range  : ${text(record.minimum, NO_MINIMUM)}\n` +
    ` Maximum sensor range  : ${text(record.maximum, NO_MAXIMUM)}\n`
  );
}

/** The thresholds that can be read, set and compared with. */
function accessLines(record: ReadableSdr): string {
  const { readingMask, assertionMask, deassertionMask, capabilities } = record;
  const access = (mask: number): string => {
    if (capabilities.thresholds === 'none') return 'No Thresholds';
    return capabilities.thresholds === 'fixed' ? 'Thresholds Fixed' : thresholdWords(mask);
  };
  const compared = comparedMask(assertionMask, deassertionMask);
  return (
    ` Readable Thresholds   : ${access(readingMask)}\n` +
    ` Settable Thresholds   : ${access(readingMask >> 8)}\n` +
    (compared === 0 ? '' : ` Threshold Read Mask   : ${thresholdWords(compared)}\n`)
  );
}

/** Comparisons that are returned: bits 14:12 of both masks, lower and upper ones (§43.1). */
function comparedMask(lower: number, upper: number): number {
  return ((lower >> 12) & 7) | (((upper >> 12) & 7) << 3);
}

function thresholdWords(mask: number): string {
  return THRESHOLDS.filter(([, bit]) => (mask & (1 << bit)) !== 0)
    .map(([word]) => `${word} `)
    .join('');
}
