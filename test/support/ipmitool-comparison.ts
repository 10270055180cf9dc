/**
 * Runs a command line of ipmitool with both programs, Debian's and this one, on equal simulated
 * BMCs, and gives what they print, how they end, and what they change.
 */

import { afterAll, beforeAll, expect, test } from 'vitest';

import { isRepeatable } from '../../src/ipmi/repeatable.ts';
import type { RequestInput, Requester } from '../../src/ipmi/requester.ts';
import { describeWith } from './describe-with.ts';
import { directBmc } from './direct-bmc.ts';
import type { DirectBmcOptions } from './direct-bmc.ts';
import { startDummy } from './ipmitool-dummy.ts';
import type { Dummy, Printed, Surroundings } from './ipmitool-dummy.ts';
import { runOurs } from './ipmitool-ours.ts';

/** A table of command lines, and the BMC that each is run on. */
export interface Comparison extends Surroundings {
  /** Says what they are, as the title of the tests. */
  readonly title: string;
  /** Command lines, one a line; words may stand in single quotes. */
  readonly lines: string;
  readonly bmc?: () => DirectBmcOptions;
}

/** What a program did. */
interface Done extends Printed {
  /** The requests that may not be repeated, in order: network function, command, then data. */
  readonly changes: readonly string[];
}

/** The PICMG extension, which ipmitool asks for as it starts. */
const GROUP_EXTENSION = 0x2c;

/** The group of DCMI, and its commands that change nothing. */
const DCMI = 0xdc;
const DCMI_READS: ReadonlySet<number> = new Set([
  ...[0x01, 0x02, 0x03, 0x06, 0x07, 0x09, 0x0c, 0x10, 0x13],
]);

function isDcmiRead(netFn: number, cmd: number): boolean {
  return netFn === GROUP_EXTENSION && DCMI_READS.has(cmd);
}

/** Declares a test for each line of the tables: both programs do the same. */
export function compareWithIpmitool(...comparisons: readonly Comparison[]): void {
  let dummy: Dummy;

  describeWith('ipmitool', 'both programs do the same:', () => {
    beforeAll(async () => {
      dummy = await startDummy(bench().requester);
    });
    afterAll(() => dummy.close());

    for (const { title, lines, bmc, ...surroundings } of comparisons) {
      test.each(linesOf(lines))(`${title}: %s`, async (line) => {
        const words = wordsOf(line);
        const theirs = bench(bmc?.());
        dummy.requester = theirs.requester;
        const expected: Done = {
          ...(await dummy.run(words, surroundings)),
          changes: theirs.changes(),
        };
        const ours = bench(bmc?.());
        const done: Done = {
          ...(await runOurs(words, ours, surroundings)),
          changes: ours.changes(),
        };

        expect(done).toEqual(expected);
      });
    }
  });
}

/** A simulated BMC, and what it was asked. */
function bench(options: DirectBmcOptions = {}) {
  const sim = directBmc(options);
  const asked: RequestInput[] = [];
  const requester: Requester = {
    request: async (input, given) => {
      const at = asked.push(input) - 1;
      const reply = await sim.requester.request(input, given);
      // Parts of other lengths are refused at other places; what is written counts.
      if (isFruWrite(input) && reply.completionCode !== 0) asked.splice(at, 1);
      return reply;
    },
  };
  return {
    requester,
    clock: sim.clock,
    changes: () => joined(asked.filter(isChange)).map(shownOf),
  };
}

/** Reserve SDR Repository, and that of a device: a reservation may serve for more or less. */
const STORAGE = 0x0a;
const SENSOR_EVENT = 0x04;
const RESERVE_SDRS = 0x22;

function isChange({ netFn, cmd, data }: RequestInput): boolean {
  if ([STORAGE, SENSOR_EVENT].includes(netFn) && cmd === RESERVE_SDRS) return false;
  const isProbe = netFn === GROUP_EXTENSION && data?.[0] !== DCMI;
  return !isProbe && !isRepeatable(netFn, cmd) && !isDcmiRead(netFn, cmd);
}

/** Write FRU Data: its bytes are written in other parts over the kernel's driver. */
const WRITE_FRU = 0x12;
const WRITE_HEAD_BYTES = 3;

/** Makes one write of those that continue each other. */
function joined(inputs: readonly RequestInput[]): readonly RequestInput[] {
  const all: RequestInput[] = [];
  for (const input of inputs) {
    const before = all.at(-1);
    if (before !== undefined && continues(before, input)) {
      const bytes = (input.data ?? new Uint8Array()).slice(WRITE_HEAD_BYTES);
      all.splice(-1, 1, { ...before, data: Uint8Array.from([...(before.data ?? []), ...bytes]) });
    } else all.push(input);
  }
  return all;
}

function isFruWrite({ netFn, cmd }: RequestInput): boolean {
  return netFn === STORAGE && cmd === WRITE_FRU;
}

/** Offsets count bytes, or words of two. */
function continues(before: RequestInput, input: RequestInput): boolean {
  if (!isFruWrite(before) || !isFruWrite(input)) return false;
  const startOf = ({ data }: RequestInput): number => (data?.[1] ?? 0) + ((data?.[2] ?? 0) << 8);
  const bytes = (before.data?.length ?? 0) - WRITE_HEAD_BYTES;
  return [bytes, bytes / 2].includes(startOf(input) - startOf(before));
}

function shownOf({ netFn, cmd, lun = 0, data = new Uint8Array() }: RequestInput): string {
  const bytes = [...data].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${netFn.toString(16)}/${cmd.toString(16)} on ${lun}: ${bytes}`;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

function wordsOf(line: string): readonly string[] {
  const words = line.match(/'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^'(.*)'$/, '$1'));
}
