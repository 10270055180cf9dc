/** The SDR repository of a simulated BMC, read by a reader whose pauses take no time. */

import type { SdrItem, SensorItem } from '../../src/commands/index.ts';
import { Caller } from '../../src/commands/caller.ts';
import { Sdr } from '../../src/commands/sdr.ts';
import type { SdrCache, SdrOptions } from '../../src/commands/index.ts';
import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimSdrOptions } from '../../src/sim/bmc.ts';
import { onTestFinished } from 'vitest';

/** A repository, its reader, and the commands that the BMC has executed. */
export interface SdrRig {
  readonly sim: SimBmc;
  /** All items. */
  readonly read: (options?: SdrOptions) => Promise<readonly SdrItem[]>;
  /** Commands of the last call of `read`, as `cmd offset+count` for Get SDR. */
  readonly log: () => readonly string[];
  /** The most that each pause could have been, milliseconds. */
  readonly pauses: number[];
}

export async function sdrRig(sdrs: SimSdrOptions, guid?: string): Promise<SdrRig> {
  const sim = new SimBmc({ sdrs, ...(guid === undefined ? {} : { guid }) });
  const device = await open({ base: sim.base, port: sim });
  onTestFinished(() => device.close());
  const pauses: number[] = [];
  const clock = {
    now: () => 0,
    turn: () => () => undefined,
    timer: (delayMs: number, callback: () => void) => {
      pauses.push(delayMs);
      queueMicrotask(callback);
      return () => undefined;
    },
  };
  const sdr = new Sdr(new Caller(device), { clock, random: () => 1 });
  let from = 0;
  const read = async (options: SdrOptions = {}): Promise<readonly SdrItem[]> => {
    from = sim.executed.length;
    return await listOf(sdr.records(options));
  };
  const log = (): readonly string[] => sim.executed.slice(from).map(wordOf);
  return { sim, read, log, pauses };
}

const NAMES: Readonly<Record<number, string>> = {
  ...{ 0x08: 'device-guid', 0x20: 'info', 0x22: 'reserve', 0x37: 'system-guid' },
};

function wordOf({ cmd, data }: SimBmc['executed'][number]): string {
  const [, , id = 0, , offset = 0, count = 0] = data;
  return NAMES[cmd] ?? `sdr ${id} ${offset}+${count}`;
}

/** All that an iterator gives. */
export async function listOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A cache in memory. */
export function memory(): SdrCache & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    get: (key) => texts.get(key),
    set: (key, text) => {
      texts.set(key, text);
    },
  };
}

/** The sensors among items, by key. */
export function byKey(items: readonly SensorItem[]) {
  return Object.fromEntries(
    items.flatMap((item) => (item.kind === 'sensor' ? [[item.key, item] as const] : [])),
  );
}
