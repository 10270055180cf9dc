/**
 * Values of sensors in ipmitool's arithmetic (IPMI 2.0 §36.3): it multiplies by powers of ten,
 * which are not exact, and its digits show it.
 */

import { signedOf } from '../../ipmi/codec.ts';
import { LINEARIZATIONS, signedReading } from '../../ipmi/sensor-factors.ts';
import type { AnalogFormat, Factors } from '../../ipmi/sensor-factors.ts';
import { UNIT_NAMES } from '../../ipmi/sensor-units.ts';
import type { SensorUnits } from '../../ipmi/sensor-units.ts';
import { fixed } from './c-text.ts';

/** The part of a full record that converts a raw value. */
export interface Scale {
  readonly units: SensorUnits;
  readonly linearization: { readonly kind: number };
  readonly factors: Factors;
}

/** The number of the binary logarithm among the curves. */
const LOG2 = 3;

/** ipmitool divides two logarithms, whose quotient is not always the nearest number. */
const CURVES = LINEARIZATIONS.with(LOG2, (x) => Math.log(x) / Math.log(2));

/** Characters of a unit in words, at most. */
const UNIT_CHARS = 40;

/** The whole numbers of an `int`, which ipmitool casts values to. */
const INT_LIMIT = 2 ** 31;

/** A raw reading, or a threshold. */
export function valueOf(scale: Scale, raw: number): number {
  const { offset, exponents, gain } = scale.factors;
  const x = signedByte(raw, scale.units.form.format);
  if (x === undefined) return 0;
  const sum = gain.m * x + offset.b * power(exponents.b);
  return curveOf(scale)(sum * power(exponents.result));
}

/** A hysteresis: a difference, to which the offset does not count. */
export function hysteresisOf(scale: Scale, raw: number): number {
  const x = signedByte(raw, scale.units.form.format);
  if (x === undefined) return 0;
  return curveOf(scale)(scale.factors.gain.m * x * power(scale.factors.exponents.result));
}

/** The tolerance, which the record has in halves of a raw count. */
export function toleranceOf(scale: Scale): number {
  const { gain, exponents } = scale.factors;
  const x = signedByte(gain.tolerance, scale.units.form.format);
  if (x === undefined) return 0;
  return curveOf(scale)(((gain.m * x) / 2) * power(exponents.result));
}

/** The raw value that a threshold is set to; it ignores the linearization. */
export function rawOf({ units, factors }: Scale, value: number): number {
  const { gain, offset, exponents } = factors;
  if (units.form.format === 'none' || gain.m === 0) return 0;
  const raw = (value / power(exponents.result) - offset.b * power(exponents.b)) / gain.m;
  const whole = Math.trunc(raw);
  return (raw - whole >= 0.5 ? Math.ceil(raw) : whole) & 0xff;
}

/** A value with so many digits behind the point; a whole one has none. */
export function valueText(value: number, digits: number): string {
  return fixed(value, isWhole(value) ? 0 : digits);
}

/** Units in words, as `degrees C`, `percent` or `% RPM`. */
export function unitsText({ form, base, modifier }: SensorUnits): string {
  const names = [base, modifier].map((unit) => UNIT_NAMES[unit] ?? 'invalid');
  const [baseName = '', modifierName = ''] = names;
  if (form.modifierUse === 'multiply' || form.modifierUse === 'divide') {
    const sign = form.modifierUse === 'multiply' ? '*' : '/';
    const text = `${form.isPercentage ? '% ' : ''}${baseName}${sign}${modifierName}`;
    return text.slice(0, UNIT_CHARS);
  }
  if (form.isPercentage && base === 0) return 'percent';
  return `${form.isPercentage ? '% ' : ''}${baseName}`;
}

/** True where the sensor has no number: its value is shown as it is. */
export function isDiscrete({ units }: Pick<Scale, 'units'>): boolean {
  return units.form.format === 'none';
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && value >= -INT_LIMIT && value < INT_LIMIT;
}

/** A negative zero in one's complement is -0 + 1, and so 0. */
function signedByte(raw: number, format: AnalogFormat): number | undefined {
  if (format === 'ones-complement') return signedOf(raw < 0x80 ? raw : (raw + 1) & 0xff, 8);
  return signedReading(raw, format);
}

function curveOf({ linearization }: Scale): (x: number) => number {
  return CURVES[linearization.kind] ?? ((x) => x);
}

/** The double that is nearest to the power of ten. */
function power(exponent: number): number {
  return Number(`1e${exponent}`);
}
