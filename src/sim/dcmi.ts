/** DCMI of a simulated BMC (DCMI 1.5), of the group 0xdc. */

import {
  DATA_LENGTH_INVALID,
  INVALID_COMMAND,
  NOT_FOUND,
  NOT_IN_THIS_STATE,
  OK,
  PARAMETER_OUT_OF_RANGE,
} from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { long, word } from './little-endian.ts';
import type { PartHandler, PartTable } from './part.ts';
import { STARTED_AT_S } from './storage-data.ts';

const GROUP = 0xdc;
const NO_LIMIT = 0x80;
const LIMIT_OUT_OF_RANGE = 0x84;

/** DCMI 1.5, revision 2 of the parameters. */
const VERSION = [1, 5, 2] as const;

/** Parameters of the capabilities, 1 to 5. */
const CAPABILITIES: Readonly<Record<number, readonly number[]>> = {
  1: [0x00, 0x01, 0x01],
  // 512 entries that roll over; asset tag and GUID; a sample each second.
  2: [0x00, 0x82, 0x05, 0x00, 0x01],
  3: [0x20, 0x00],
  4: [0x01, 0xff, 0xff],
  // Averages over 5 s and a minute.
  5: [2, 0x05, 0x41],
};

/** Temperatures by entity: sign and magnitude. */
const TEMPERATURES: Readonly<Record<number, readonly number[]>> = {
  0x40: [24],
  0x41: [52, 55],
  0x42: [0x80 | 3],
};

const ASSET_TAG = 'simulated-bmc-0001';
const TAG_PART_MAX = 16;

/** The power of the system, and its limit. */
export class SimDcmi {
  /** Watts; 0 or 65535 as a BMC tells that has no reading. */
  watts: { now: number; least: number; most: number; average: number } = {
    now: 202,
    least: 10,
    most: 320,
    average: 199,
  };
  /** Undefined while none is active; then watts. */
  limitWatts: number | undefined;
  /** The limit that was set, which may be active or not. */
  limit: { action: number; watts: number; correctionMs: number; periodSeconds: number } = {
    ...{ action: 0, watts: 0, correctionMs: 1000, periodSeconds: 1 },
  };
}

/** Handlers by command. */
export const DCMI_COMMANDS: PartTable<SimDcmi> = {
  0x01: inGroup(2, ([, parameter = 0]) => {
    const found = CAPABILITIES[parameter];
    return found === undefined ? [PARAMETER_OUT_OF_RANGE] : [OK, GROUP, ...VERSION, ...found];
  }),
  0x02: inGroup(4, (_, { watts }, nowMs) => {
    const readings = [watts.now, watts.least, watts.most, watts.average].flatMap(word);
    const timeS = STARTED_AT_S + Math.floor(nowMs / 1000);
    return [OK, GROUP, ...readings, ...long(timeS), ...long(1000), 0x40];
  }),
  0x03: inGroup(3, (_, { limitWatts = 0, limit }) => {
    const times = [...long(limit.correctionMs), 0x00, 0x00, ...word(limit.periodSeconds)];
    const code = limitWatts === 0 ? NO_LIMIT : OK;
    return [code, GROUP, 0x00, 0x00, limit.action, ...word(limitWatts), ...times];
  }),
  0x04: inGroup(15, setLimit),
  0x05: inGroup(4, ([, activation], dcmi) => {
    if (activation === 0) dcmi.limitWatts = undefined;
    else if (dcmi.limit.watts === 0) return [NOT_IN_THIS_STATE];
    else dcmi.limitWatts = dcmi.limit.watts;
    return [OK, GROUP];
  }),
  0x06: inGroup(3, ([, offset = 0, count = 0]) => {
    if (count > TAG_PART_MAX || offset > ASSET_TAG.length) return [PARAMETER_OUT_OF_RANGE];
    const part = ASSET_TAG.slice(offset, offset + count);
    return [OK, GROUP, ASSET_TAG.length, ...Buffer.from(part)];
  }),
  0x10: inGroup(5, ([, , entity = 0, , first = 0]) => {
    const all = TEMPERATURES[entity];
    if (all === undefined) return [NOT_FOUND];
    // One at a time, so that a host must ask again.
    const part = all.slice(first - 1, first);
    const sets = part.flatMap((value) => [value, first]);
    return [OK, GROUP, all.length, part.length, ...sets];
  }),
};

/** Sets the limit; one that is active is the new one at once. */
function setLimit(data: Uint8Array, dcmi: SimDcmi): SimReply {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const watts = view.getUint16(5, true);
  if (watts === 0) return [LIMIT_OUT_OF_RANGE];
  const [correctionMs, periodSeconds] = [view.getUint32(7, true), view.getUint16(13, true)];
  dcmi.limit = { action: view.getUint8(4), watts, correctionMs, periodSeconds };
  if (dcmi.limitWatts !== undefined) dcmi.limitWatts = watts;
  return [OK, GROUP];
}

function inGroup(dataBytes: number, answer: PartHandler<SimDcmi>): PartHandler<SimDcmi> {
  return (data, dcmi, nowMs) => {
    if (data[0] !== GROUP) return [INVALID_COMMAND];
    return data.length === dataBytes ? answer(data, dcmi, nowMs) : [DATA_LENGTH_INVALID];
  };
}
