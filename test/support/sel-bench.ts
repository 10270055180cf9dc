/** A SEL of a simulated BMC without an interface in between, and entries for it. */

import { Sel } from '../../src/commands/sel.ts';
import type { SelItem } from '../../src/commands/sel-walk.ts';
import type { SimSelOptions } from '../../src/sim/sel.ts';
import { directBmc } from './direct-bmc.ts';
import type { DirectBmcOptions } from './direct-bmc.ts';

/** An OEM record with a time; the mark tells it from others. */
export function marked(mark: number): readonly number[] {
  return [0, 0, 0xc0, 0, 0, 0, 0, 0x57, 0x01, 0x00, mark & 0xff, mark >> 8, 1, 2, 3, 4];
}

/** So many entries, with marks from 1 on. */
export function markedEntries(count: number): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, at) => marked(at + 1));
}

/** A SEL of `count` marked entries; what has been asked is in `commandsSent()`. */
export function selBench(
  count: number,
  quirks: SimSelOptions = {},
  options: Omit<DirectBmcOptions, 'sel'> = {},
) {
  const direct = directBmc({ sel: { entries: markedEntries(count), ...quirks }, ...options });
  return { ...direct, sel: new Sel(direct.caller, direct.clock) };
}

/** The marks of entries, and `error` in the place of each error. */
export async function marksOf(
  items: AsyncIterable<SelItem>,
): Promise<readonly (number | string)[]> {
  const marks = [];
  for await (const item of items) marks.push(markOf(item));
  return marks;
}

/** The mark of an entry; its error by its code, and its completion code where it has one. */
export function markOf(item: SelItem): number | string {
  if (item.kind === 'entry') {
    const { raw } = item.record;
    return (raw[10] ?? 0) | ((raw[11] ?? 0) << 8);
  }
  const { code, completionCode } = item.error;
  return completionCode === undefined ? code : `0x${completionCode.toString(16)}`;
}

/** Numbers from 1 to `count`. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
