/** Serial over LAN of a simulated BMC: its configuration (IPMI 2.0 §26.3). */

import { DATA_LENGTH_INVALID, INVALID_FIELD, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';

const NOT_SUPPORTED = 0x80;

const REVISION = 0x11;

/** The only LAN channel, and the number for the one that a request comes by. */
const CHANNELS: readonly number[] = [0x01, 0x0e];

/** Parameters 0 to 8. */
const PARAMETERS: Readonly<Record<number, readonly number[]>> = {
  0: [0x00],
  1: [0x01],
  2: [0x84],
  3: [12, 96],
  4: [7, 50],
  5: [0x0a],
  6: [0x0a],
  7: [0x01],
  8: [0x6f, 0x02],
};

/** Handlers by command, of the Transport network function. */
export const SOL_COMMANDS: Readonly<Record<number, (data: Uint8Array) => SimReply>> = {
  0x22: (data) => {
    const [channel = 0, parameter = 0] = data;
    if (data.length !== 4) return [DATA_LENGTH_INVALID];
    if (!CHANNELS.includes(channel & 0x0f)) return [INVALID_FIELD];
    if ((channel & 0x80) !== 0) return [OK, REVISION];
    const found = PARAMETERS[parameter];
    return found === undefined ? [NOT_SUPPORTED] : [OK, REVISION, ...found];
  },
};
