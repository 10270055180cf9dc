/** Units of sensors (IPMI 2.0 §43.17), and how a record combines them (§43.1, bytes 21 to 23). */

import { hexByte } from './hex.ts';
import { bits, choice, flag, struct, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { AnalogFormat } from './sensor-factors.ts';

interface UnitForm extends Reserved {
  readonly isPercentage: boolean;
  /** Base divided by modifier, or base times modifier. */
  readonly modifierUse: 'none' | 'divide' | 'multiply' | number;
  readonly rate:
    'none' | 'microsecond' | 'millisecond' | 'second' | 'minute' | 'hour' | 'day' | number;
  readonly format: AnalogFormat;
}

/** Units of a sensor. */
export interface SensorUnits {
  readonly form: UnitForm;
  readonly base: number;
  readonly modifier: number;
}

/** Three bytes of units. */
export const UNITS: Field<SensorUnits> = struct<SensorUnits>({
  form: bits({
    isPercentage: flag(0),
    modifierUse: choice(1, 2, ['none', 'divide', 'multiply']),
    rate: choice(3, 3, ['none', 'microsecond', 'millisecond', 'second', 'minute', 'hour', 'day']),
    format: choice(6, 2, ['unsigned', 'ones-complement', 'twos-complement', 'none']),
  }),
  base: u8,
  modifier: u8,
});

/** The names of units, in the words of `ipmitool`. */
export const UNIT_NAMES: readonly string[] = (
  'unspecified|degrees C|degrees F|degrees K|Volts|Amps|Watts|Joules|Coulombs|VA|Nits|lumen|lux|' +
  'Candela|kPa|PSI|Newton|CFM|RPM|Hz|microsecond|millisecond|second|minute|hour|day|week|mil|' +
  'inches|feet|cu in|cu feet|mm|cm|m|cu cm|cu m|liters|fluid ounce|radians|steradians|' +
  'revolutions|cycles|gravities|ounce|pound|ft-lb|oz-in|gauss|gilberts|henry|millihenry|farad|' +
  'microfarad|ohms|siemens|mole|becquerel|PPM|reserved|Decibels|DbA|DbC|gray|sievert|' +
  'color temp deg K|bit|kilobit|megabit|gigabit|byte|kilobyte|megabyte|gigabyte|word|dword|' +
  'qword|line|hit|miss|retry|reset|overflow|underrun|collision|packets|messages|characters|' +
  'error|correctable error|uncorrectable error|fatal error|grams'
).split('|');

/** Units in words, such as `degrees C`, `percent` or `RPM per minute`; empty: without a unit. */
export function unitText({ form, base, modifier }: SensorUnits): string {
  const name = form.isPercentage ? percentageOf(base) : nameOf(base);
  const words = combined(form, name, nameOf(modifier));
  if (form.rate === 'none') return words;
  return `${words} per ${ratedBy(form.rate)}`.trimStart();
}

/** A percentage usually has no base unit. */
function percentageOf(base: number): string {
  return base === 0 ? 'percent' : `% ${nameOf(base)}`;
}

function combined({ modifierUse }: UnitForm, base: string, modifier: string): string {
  if (modifierUse === 'divide') return `${base}/${modifier}`;
  if (modifierUse === 'multiply') return `${base} * ${modifier}`;
  return base;
}

function nameOf(unit: number): string {
  if (unit === 0) return '';
  return UNIT_NAMES[unit] ?? `unit ${hexByte(unit)}`;
}

function ratedBy(rate: UnitForm['rate']): string {
  return typeof rate === 'number' ? `rate ${rate}` : rate;
}
