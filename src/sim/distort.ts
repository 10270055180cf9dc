/** Changes the responses of a command as a fault of that command says. */

import type { SimResponse } from './command-record.ts';
import type { CommandFault, WrongByte } from './fault-kinds.ts';

const OTHER_SEQ = 0x55;

/** Where a response frame has its completion code. */
const COMPLETION_CODE = 4;

/** The byte of a frame that is wrong, and by which bits. */
const WRONG: Readonly<Record<WrongByte, readonly [index: number, bits: number]>> = {
  netFn: [1, 0x08],
  lun: [1, 0x01],
  seq: [2, OTHER_SEQ],
  cmd: [3, 0x10],
};

/** Returns the responses that come in place of these. */
export function distort(
  responses: readonly SimResponse[],
  fault: CommandFault,
): readonly SimResponse[] {
  switch (fault.kind) {
    case 'late':
      return responses.map(({ afterMs, frame }) => ({ afterMs: afterMs + fault.byMs, frame }));
    case 'twice':
      return responses.flatMap((response) => [response, response]);
    case 'stale':
      return responses.flatMap((response) => [changed(response, 'seq'), response]);
    case 'wrong':
      return responses.map((response) => changed(response, fault.what));
    case 'length':
      return responses.map(({ afterMs, frame }) => {
        return { afterMs, frame: frame.with(0, fault.length) };
      });
    case 'drop':
    case 'code':
      return responses;
    case 'metAgain':
      return [];
  }
}

/** A response to something else: another header, and other data behind it. */
function changed({ afterMs, frame }: SimResponse, what: WrongByte): SimResponse {
  const [wrong, bits] = WRONG[what];
  const other = frame.map((byte, index) => (index > COMPLETION_CODE ? byte ^ 0xff : byte));
  other[wrong] = (frame[wrong] ?? 0) ^ bits;
  return { afterMs, frame: other };
}
