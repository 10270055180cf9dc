/** BMCs that answer some requests in their own way. */

import type { RequestInput } from '../../src/ipmi/requester.ts';
import type { DirectBmcOptions } from './direct-bmc.ts';

/** A BMC that answers the requests whose first bytes these are. */
export function answering(
  netFn: number,
  cmd: number,
  answers: readonly (readonly [data: readonly number[], reply: readonly number[]])[],
): () => DirectBmcOptions {
  const answer = (input: RequestInput): readonly number[] | undefined => {
    if (input.netFn !== netFn || input.cmd !== cmd) return undefined;
    return answers.find(([data]) => data.every((byte, at) => input.data?.[at] === byte))?.[1];
  };
  return () => ({ answer });
}
