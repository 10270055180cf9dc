/** The multi-record area of a FRU as `ipmitool -v fru` prints it. */

import { fixed } from './c-text.ts';
import type { FruReader } from './fru-reader.ts';
import { manufacturerName } from './manufacturers.ts';
import type { Session } from './session.ts';

const HEADER_BYTES = 5;

/** Bytes of a record that ipmitool looks at, most. */
const RECORD_BYTES = 64;

/** The bit of the header's second byte: it is the last record. */
const IS_LAST = 0x80;

/** Types of records (Platform Management FRU Information Storage Definition, table 16-2). */
const [POWER_SUPPLY, DC_OUTPUT, DC_LOAD, OEM] = [0x00, 0x01, 0x02, 0xc0];

/** No more records than fit into the longest inventory. */
const RECORDS_MAX = 0x1_0000 / HEADER_BYTES;

const COMBINED = ['12 V', '-12 V', '5 V', '3.3 V'];

/** Prints the records from an offset on. */
export async function printMultiRecords(
  session: Session,
  reader: FruReader,
  offset: number,
): Promise<void> {
  let at = offset;
  for (let count = 0; count < RECORDS_MAX; count += 1) {
    const head = await reader.part(at, HEADER_BYTES);
    if (!head.isRead) return;
    const [type = 0, format = 0, length = 0] = head.bytes;
    const body = length === 0 ? head : await reader.part(at + HEADER_BYTES, length);
    if (!body.isRead) return;
    const data = Buffer.alloc(Math.max(length, RECORD_BYTES));
    if (length > 0) data.set(body.bytes);
    session.print(recordText(type, data));
    if ((format & IS_LAST) !== 0) return;
    at += HEADER_BYTES + length;
  }
}

function recordText(type: number, data: Buffer): string {
  if (type === POWER_SUPPLY) return powerSupplyText(data);
  if (type === DC_OUTPUT) return outputText(data);
  if (type === DC_LOAD) return loadText(data);
  return type === OEM ? oemText(data) : '';
}

/** Lines with their titles. */
function lines(title: string, rows: readonly (readonly [title: string, value: string])[]): string {
  const body = rows.map(([name, value]) => `  ${name.padEnd(26)} : ${value}\n`);
  return ` ${title} Record\n${body.join('')}`;
}

function powerSupplyText(data: Buffer): string {
  const peak = data.readUInt16LE(18);
  const combined = data.readUInt16LE(21);
  const rails = data.readUInt8(20);
  const [first = '', second = ''] = [COMBINED[rails >> 4], COMBINED[rails & 0x0f]];
  const isPredictive = (data.readUInt8(17) & PREDICTIVE) !== 0;
  const hundredths = (at: number): number => Math.trunc(data.readUInt16LE(at) / 100);
  return lines('Power Supply', [
    ['Capacity', `${data.readUInt16LE(0) & 0x0fff} W`],
    ['Peak VA', `${data.readUInt16LE(2)} VA`],
    ['Inrush Current', `${data.readUInt8(4)} A`],
    ['Inrush Interval', `${data.readUInt8(5)} ms`],
    ['Input Voltage Range 1', `${hundredths(6)}-${hundredths(8)} V`],
    ['Input Voltage Range 2', `${hundredths(10)}-${hundredths(12)} V`],
    ['Input Frequency Range', `${data.readUInt8(14)}-${data.readUInt8(15)} Hz`],
    ['A/C Dropout Tolerance', `${data.readUInt8(16)} ms`],
    ['Flags', flagsText(data.readUInt8(17), data.readUInt8(23))],
    ['Peak capacity', `${peak & 0x0fff} W`],
    ['Peak capacity holdup', `${peak >> 12} s`],
    [
      'Combined capacity',
      combined === 0 ? 'not specified' : `${combined} W (${first} and ${second})`,
    ],
    ...(isPredictive ? [['Fan lower threshold', `${data.readUInt8(23)} RPS`] as const] : []),
  ]);
}

const PREDICTIVE = 0x01;
const TACHOMETER = 0x10;

/** Flags that are words of their own. */
const FLAGS: readonly (readonly [bit: number, words: string])[] = [
  [PREDICTIVE, "'Predictive fail' "],
  [0x02, "'Power factor correction' "],
  [0x04, "'Autoswitch voltage' "],
  [0x08, "'Hot swap' "],
];

function flagsText(flags: number, threshold: number): string {
  const words = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, text]) => text);
  if ((flags & PREDICTIVE) === 0) return words.join('');
  const [set, clear] =
    threshold === 0
      ? ["'Failure on pin de-assertion'", "'Failure on pin assertion'"]
      : ["'Two pulses per rotation'", "'One pulse per rotation'"];
  return words.join('') + ((flags & TACHOMETER) === 0 ? clear : set);
}

/** Volts in hundredths. */
function volts(value: number): string {
  return `${fixed(value / 100, 2)} V`;
}

/** Thousandths of an ampere. */
function amperes(value: number): string {
  return `${fixed(value / 1000, 3)} A`;
}

function outputText(data: Buffer): string {
  const output = data.readUInt8(0);
  return lines('DC Output', [
    ['Output Number', String(output & 0x0f)],
    ['Standby power', (output & 0x80) === 0 ? 'No' : 'Yes'],
    ['Nominal voltage', volts(data.readInt16LE(1))],
    ['Max negative deviation', volts(data.readInt16LE(3))],
    ['Max positive deviation', volts(data.readInt16LE(5))],
    ['Ripple and noise pk-pk', `${data.readUInt16LE(7)} mV`],
    ['Minimum current draw', amperes(data.readUInt16LE(9))],
    ['Maximum current draw', amperes(data.readUInt16LE(11))],
  ]);
}

function loadText(data: Buffer): string {
  return lines('DC Load', [
    ['Output Number', String(data.readUInt8(0) & 0x0f)],
    ['Nominal voltage', volts(data.readInt16LE(1))],
    ['Min voltage allowed', volts(data.readInt16LE(3))],
    ['Max voltage allowed', volts(data.readInt16LE(5))],
    ['Ripple and noise pk-pk', `${data.readUInt16LE(7)} mV`],
    ['Minimum current load', amperes(data.readUInt16LE(9))],
    ['Maximum current load', amperes(data.readUInt16LE(11))],
  ]);
}

function oemText(data: Buffer): string {
  return `  OEM (${manufacturerName(data.readUIntLE(0, 3))}) Record\n`;
}
