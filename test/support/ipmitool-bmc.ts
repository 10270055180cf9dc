/** A simulated BMC with everything that the families of ipmitool show. */

import type { RequestInput } from '../../src/ipmi/requester.ts';
import type { DirectBmcOptions } from './direct-bmc.ts';
import { IPMITOOL_ENTRIES, IPMITOOL_FRU } from './ipmitool-entries.ts';
import { IPMITOOL_RECORDS } from './ipmitool-records.ts';

/** Readings that differ from the records' own. */
const READINGS: Readonly<Record<number, readonly number[]>> = {
  0x3e: [0, 0xc0, 0x03, 0x80],
  0x40: [50, 0xe0, 0xc0],
  0x41: [50, 0x80, 0xc0],
  0x51: [0, 0xc0, 0x4a, 0x80],
  0x52: [0, 0xc0, 0x01, 0x80],
  0x53: [0, 0xc0, 0x05, 0x80],
  0x54: [0, 0xc0, 0x00, 0x80],
  0x56: [7, 0xc0, 0x08],
  0x57: [0, 0xc0, 0x07, 0x80],
  0x58: [0, 0xc0, 0x01, 0xd4],
};

/** Sensors that are not there. */
const GONE: ReadonlySet<number> = new Set([0x42, 0x55]);

const NOT_FOUND = [0xcb];

/** The options of such a BMC. */
export function ipmitoolBmc(): DirectBmcOptions {
  return {
    sdrs: { records: IPMITOOL_RECORDS },
    sel: { entries: IPMITOOL_ENTRIES },
    fru: { bytes: IPMITOOL_FRU },
    answer: answerOf,
  };
}

/** Answers that the simulator does not have. */
function answerOf({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const [number = 0] = data ?? [];
  if (netFn === 0x0a && cmd === 0x46)
    return (data?.[2] ?? 0) > 0x40 ? NOT_FOUND : [0, ...(data ?? []).slice(2)];
  if (netFn !== 0x04) return undefined;
  if (GONE.has(number)) return NOT_FOUND;
  const reading = READINGS[number];
  if (cmd === 0x2d && reading !== undefined) return [0, ...reading];
  if (cmd === 0x23 && number === 0x3c) return [0, 10, 3, 4, 5, 6, 0, 0xf0];
  if (cmd === 0x27 && number === 0x56) return [0, 0x3f, 1, 2, 3, 4, 5, 6];
  if (cmd === 0x26) return [0];
  if (cmd === 0x2b) return statusOf(number);
  return cmd === 0x29 ? enablesOf(number) : undefined;
}

function statusOf(number: number): readonly number[] {
  if (number === 0x31) return [0, 0xc0, 0x81, 0x0a, 0x01, 0x04];
  if (number === 0x33) return [0, 0xc0, 0x81, 0x0a, 0x01, 0x00];
  if (number === 0x34) return [0, 0x40, 0x81];
  if (number === 0x35) return [0, 0xe0, 0x00];
  if (number === 0x36) return [0, 0xc0, 0x00, 0x00, 0x01];
  if (number === 0x51) return [0, 0xc0, 0x03, 0x00, 0x02, 0x00];
  if (number === 0x58) return [0, 0x40, 0x03];
  return number === 0x50 ? NOT_FOUND : [0, 0xc0, 0x00, 0x00, 0x00, 0x00];
}

function enablesOf(number: number): readonly number[] {
  if (number === 0x33) return [0, 0xc0, 0xff, 0x0f, 0x00, 0x0f];
  if (number === 0x34) return [0, 0x40, 0x81];
  if (number === 0x50) return [0, 0xc0, 0x0f, 0x00, 0x0f];
  return number === 0x35 ? NOT_FOUND : [0, 0xc0, 0xff, 0x0f, 0xff, 0x0f];
}
