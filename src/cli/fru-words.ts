/** Records of a FRU in words, and its texts as they may be printed. */

import type { FruField, FruRecord } from '../commands/index.ts';
import { hexByte } from './format.ts';

/** 10 mV in volts. */
function volts(value: number): string {
  return `${(value / 100).toFixed(2)} V`;
}

/** A text without characters that change a terminal, and without padding at its end. */
export function printable(field: FruField | undefined): string | undefined {
  // eslint-disable-next-line no-control-regex
  return field?.text.replace(/[\u0000 ]+$/, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** One record in words. */
export function recordText(record: FruRecord): string {
  switch (record.kind) {
    case 'power-supply': {
      const { capacity, low1, high1, flags } = record.value;
      const hotSwap = flags.isHotSwap ? ', hot swap' : '';
      return `${capacity.watts} W, input ${volts(low1)} to ${volts(high1)}${hotSwap}`;
    }
    case 'dc-output': {
      const { output, nominal, maxMa } = record.value;
      const standby = output.isOnStandby ? ', on standby' : '';
      return `output ${output.number}: ${volts(nominal)}, up to ${maxMa} mA${standby}`;
    }
    case 'dc-load': {
      const { output, nominal, min, max, maxMa } = record.value;
      const span = `${volts(min)} to ${volts(max)}`;
      return `output ${output.number}: ${volts(nominal)} (${span}), up to ${maxMa} mA`;
    }
    case 'management-access': {
      const { what, data } = record.value;
      return `${what}: ${what === 'system unique ID' ? hexOf(data) : latin(data)}`;
    }
    case 'oem':
      return `manufacturer ${record.value.manufacturerId}: ${hexOf(record.value.data)}`;
    case 'other':
      return hexOf(record.raw);
  }
}

function latin(data: Uint8Array): string {
  const text = Array.from(data, (byte) => String.fromCharCode(byte)).join('');
  return printable({ encoding: 'latin-1', text, raw: data }) ?? '';
}

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => hexByte(byte)).join(' ');
}
