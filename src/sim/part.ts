/** A part of a simulated BMC, such as its SEL, and the commands that it takes. */

import { DATA_LENGTH_INVALID } from './command-record.ts';
import type { SimReply } from './command-record.ts';

/** A command of a part. */
export type PartHandler<Part> = (data: Uint8Array, part: Part, nowMs: number) => SimReply;

/** Handlers by command. */
export type PartTable<Part> = Readonly<Record<number, PartHandler<Part>>>;

/** A handler of a request without data; `Rest` is what a handler gets besides. */
export function noData<Part, Rest>(
  answer: (part: Part, rest: Rest) => SimReply,
): (data: Uint8Array, part: Part, rest: Rest) => SimReply {
  return (data, part, rest) => (data.length === 0 ? answer(part, rest) : [DATA_LENGTH_INVALID]);
}
