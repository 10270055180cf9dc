/**
 * `ipmi-bt trace replay`: sends every request of a recording once more, to a simulated BMC that
 * answers from it, and compares the replies. It shows which requests a test can replay.
 */

import { commandText } from '../../ipmi/command-names.ts';
import { open } from '../../index.ts';
import type { Reply } from '../../index.ts';
import type { Exchange } from '../../trace/exchange.ts';
import { exchangesOf } from '../../trace/exchange.ts';
import type { Recording } from '../../trace/recording.ts';
import { ReplayBmc } from '../../trace/replay.ts';

/** The fate of one recorded request. */
export interface Replayed {
  readonly exchange: Exchange;
  /**
   * `hidden`: the recording does not have its payload. `unanswered`: no reply to it was recorded,
   * so that there is none to compare.
   */
  readonly fate: 'same' | 'different' | 'hidden' | 'unanswered';
}

/** Replays a recording; resolves to what became of its requests, in their order. */
export async function replayAll(recording: Recording): Promise<readonly Replayed[]> {
  const all = exchangesOf(recording);
  const exchanges = all.filter((one) => fateBefore(one) === undefined);
  const bmc = new ReplayBmc({ ...recording, exchanges }, {});
  const { base, spacing } = bmc;
  const device = await open({ base, spacing, port: bmc, bringUp: 'lazy' });
  try {
    const replayed: Replayed[] = [];
    for (const exchange of all) {
      const fate = fateBefore(exchange) ?? (await fateOf(exchange, device));
      replayed.push({ exchange, fate });
    }
    return replayed;
  } finally {
    await device.close();
  }
}

/** The fate of a request that cannot be replayed; undefined for one that can. */
function fateBefore({ data, reply }: Exchange): 'hidden' | 'unanswered' | undefined {
  if (data === undefined || reply.kind === 'hidden') return 'hidden';
  return reply.kind === 'none' ? 'unanswered' : undefined;
}

/** The part of a device that is needed. */
type Asked = Pick<Awaited<ReturnType<typeof open>>, 'request'>;

async function fateOf(exchange: Exchange, device: Asked): Promise<'same' | 'different'> {
  const { netFn, lun, cmd, data = [], reply } = exchange;
  const recorded = reply.kind === 'shown' ? reply.bytes : [];
  const request = { netFn, lun, cmd, data: Uint8Array.from(data) };
  // Nothing is repeated: each answer of the recording is given once.
  const { completionCode, data: came }: Reply = await device.request(request, { retries: 0 });
  const isSame = [completionCode, ...came].join() === recorded.join();
  return isSame ? 'same' : 'different';
}

/** The result in words. */
export function replayText(replayed: readonly Replayed[]): string {
  const lines = replayed.map(({ exchange, fate }, index) => {
    const { netFn, cmd, dataBytes } = exchange;
    const what = `${commandText(netFn, cmd)}, ${dataBytes} bytes of data`;
    return `${index + 1}. ${what}: ${WORDS[fate]}`;
  });
  const { same, different, hidden, unanswered } = countsOf(replayed);
  const hint = hidden === 0 ? '' : '; record with --trace-payload, or --trace-payload=all';
  const counts = `${same} as recorded, ${different} different, ${unanswered} without a reply`;
  const sum = `${replayed.length} requests: ${counts}, ${hidden} hidden${hint}`;
  return `${[...lines, sum].join('\n')}\n`;
}

/** The result as fields of JSON. */
export function replayFields(replayed: readonly Replayed[]): object {
  return {
    ...countsOf(replayed),
    requests: replayed.map(({ exchange, fate }) => {
      const { netFn, lun, cmd, dataBytes } = exchange;
      return { net_fn: netFn, lun, cmd, data_bytes: dataBytes, result: fate };
    }),
  };
}

/** True when something was replayed, and all of it came as it was recorded. */
export function isFaithful(replayed: readonly Replayed[]): boolean {
  const { same, different } = countsOf(replayed);
  return same > 0 && different === 0;
}

const WORDS: Readonly<Record<Replayed['fate'], string>> = {
  same: 'answered as recorded',
  different: 'answered otherwise than recorded',
  hidden: 'cannot be replayed, because the recording hides its payload',
  unanswered: 'no reply was recorded',
};

function countsOf(replayed: readonly Replayed[]): Readonly<Record<Replayed['fate'], number>> {
  const count = (fate: Replayed['fate']): number =>
    replayed.filter((one) => one.fate === fate).length;
  return {
    same: count('same'),
    different: count('different'),
    hidden: count('hidden'),
    unanswered: count('unanswered'),
  };
}
