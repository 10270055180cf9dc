/** The multi-record area of a FRU as `ipmitool -v fru` prints it. */

import { decode } from '../../ipmi/codec.ts';
import { RECORD_HEADER, RECORD_HEADER_BYTES, decodeFruRecord } from '../../ipmi/fru-records.ts';
import type { DcLoad, DcOutput, FruRecord, PowerSupply } from '../../ipmi/fru-records.ts';
import { fixed } from './c-text.ts';
import type { FruReader } from './fru-reader.ts';
import { manufacturerName } from './manufacturers.ts';
import type { Session } from './session.ts';

/** Bytes of a record that ipmitool looks at, most: a shorter one ends in zeros. */
const RECORD_BYTES = 64;

/** The only type of a maker's record that ipmitool knows. */
const OEM = 0xc0;

/** No more records than fit into the longest inventory. */
const RECORDS_MAX = 0x1_0000 / RECORD_HEADER_BYTES;

/** Prints the records from an offset on. */
export async function printMultiRecords(
  session: Session,
  reader: FruReader,
  offset: number,
): Promise<void> {
  let at = offset;
  for (let count = 0; count < RECORDS_MAX; count += 1) {
    const head = await reader.part(at, RECORD_HEADER_BYTES);
    if (!head.isRead) return;
    const header = decode(RECORD_HEADER, head.bytes);
    const { format, lengthBytes } = header;
    const body =
      lengthBytes === 0 ? head : await reader.part(at + RECORD_HEADER_BYTES, lengthBytes);
    if (!body.isRead) return;
    const data = new Uint8Array(Math.max(lengthBytes, RECORD_BYTES));
    if (lengthBytes > 0) data.set(body.bytes);
    // ipmitool looks at no checksum.
    session.print(recordText(decodeFruRecord(header, data, () => undefined)));
    if (format.isLast) return;
    at += RECORD_HEADER_BYTES + lengthBytes;
  }
}

function recordText(record: FruRecord): string {
  switch (record.kind) {
    case 'power-supply':
      return powerSupplyText(record.value);
    case 'dc-output':
      return outputText(record.value);
    case 'dc-load':
      return loadText(record.value);
    case 'oem': {
      if (record.type !== OEM) return '';
      return `  OEM (${manufacturerName(record.value.manufacturerId)}) Record\n`;
    }
    case 'management-access':
    case 'other':
      return '';
  }
}

/** Lines with their titles. */
function lines(title: string, rows: readonly (readonly [title: string, value: string])[]): string {
  const body = rows.map(([name, value]) => `  ${name.padEnd(26)} : ${value}\n`);
  return ` ${title} Record\n${body.join('')}`;
}

function powerSupplyText({ capacity, flags, peak, ...supply }: PowerSupply): string {
  return lines('Power Supply', [
    ['Capacity', `${capacity.watts} W`],
    ['Peak VA', `${supply.peakVa} VA`],
    ['Inrush Current', `${supply.inrushAmps} A`],
    ['Inrush Interval', `${supply.inrushMs} ms`],
    ['Input Voltage Range 1', `${wholeVolts(supply.low1)}-${wholeVolts(supply.high1)} V`],
    ['Input Voltage Range 2', `${wholeVolts(supply.low2)}-${wholeVolts(supply.high2)} V`],
    ['Input Frequency Range', `${supply.lowHz}-${supply.highHz} Hz`],
    ['A/C Dropout Tolerance', `${supply.dropoutMs} ms`],
    ['Flags', flagsText(flags, supply.tachometerLimit)],
    ['Peak capacity', `${peak.watts} W`],
    ['Peak capacity holdup', `${peak.seconds} s`],
    ['Combined capacity', combinedText(supply)],
    ...(flags.hasPredictiveFailure
      ? [['Fan lower threshold', `${supply.tachometerLimit} RPS`] as const]
      : []),
  ]);
}

/** Hundredths of a volt of the input, which have no sign to ipmitool. */
function wholeVolts(value: number): number {
  return Math.trunc((value & 0xffff) / 100);
}

function combinedText({
  combined,
  combinedWatts,
}: Pick<PowerSupply, 'combined' | 'combinedWatts'>): string {
  if (combinedWatts === 0) return 'not specified';
  const rails = [combined.first, combined.second];
  const names = rails.map((rail) => (typeof rail === 'number' ? '' : rail));
  return `${combinedWatts} W (${names.join(' and ')})`;
}

function flagsText(flags: PowerSupply['flags'], limit: number): string {
  const words = [
    flags.hasPredictiveFailure ? "'Predictive fail' " : '',
    flags.hasPowerFactorCorrection ? "'Power factor correction' " : '',
    flags.switchesVoltage ? "'Autoswitch voltage' " : '',
    flags.isHotSwap ? "'Hot swap' " : '',
  ].join('');
  if (!flags.hasPredictiveFailure) return words;
  const [set, clear] =
    limit === 0
      ? ["'Failure on pin de-assertion'", "'Failure on pin assertion'"]
      : ["'Two pulses per rotation'", "'One pulse per rotation'"];
  return words + (flags.hasTwoPulses ? set : clear);
}

/** Volts in hundredths. */
function volts(value: number): string {
  return `${fixed(value / 100, 2)} V`;
}

/** Thousandths of an ampere. */
function amperes(value: number): string {
  return `${fixed(value / 1000, 3)} A`;
}

function outputText({ output, ...values }: DcOutput): string {
  return lines('DC Output', [
    ['Output Number', String(output.number)],
    ['Standby power', output.isOnStandby ? 'Yes' : 'No'],
    ['Nominal voltage', volts(values.nominal)],
    ['Max negative deviation', volts(values.maxNegative)],
    ['Max positive deviation', volts(values.maxPositive)],
    ['Ripple and noise pk-pk', `${values.rippleMv} mV`],
    ['Minimum current draw', amperes(values.minMa)],
    ['Maximum current draw', amperes(values.maxMa)],
  ]);
}

function loadText({ output, ...values }: DcLoad): string {
  return lines('DC Load', [
    ['Output Number', String(output.number)],
    ['Nominal voltage', volts(values.nominal)],
    ['Min voltage allowed', volts(values.min)],
    ['Max voltage allowed', volts(values.max)],
    ['Ripple and noise pk-pk', `${values.rippleMv} mV`],
    ['Minimum current load', amperes(values.minMa)],
    ['Maximum current load', amperes(values.maxMa)],
  ]);
}
