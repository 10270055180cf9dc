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
import type { Dummy, Printed } from './ipmitool-dummy.ts';
import { runOurs } from './ipmitool-ours.ts';

/** A table of command lines, and the BMC that each is run on. */
export interface Comparison {
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

    for (const { title, lines, bmc } of comparisons) {
      test.each(linesOf(lines))(`${title}: %s`, async (line) => {
        const words = wordsOf(line);
        const theirs = bench(bmc?.());
        dummy.requester = theirs.requester;
        const expected: Done = { ...(await dummy.run(words)), changes: theirs.changes() };
        const ours = bench(bmc?.());
        const done: Done = { ...(await runOurs(words, ours)), changes: ours.changes() };

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
    request: (input, given) => {
      asked.push(input);
      return sim.requester.request(input, given);
    },
  };
  return { requester, clock: sim.clock, changes: () => asked.filter(isChange).map(shownOf) };
}

/** Reserve SDR Repository: ipmitool keeps a reservation for the next lines of a file. */
const STORAGE = 0x0a;
const RESERVE_SDRS = 0x22;

function isChange({ netFn, cmd, data }: RequestInput): boolean {
  if (netFn === STORAGE && cmd === RESERVE_SDRS) return false;
  const isProbe = netFn === GROUP_EXTENSION && data?.[0] !== DCMI;
  return !isProbe && !isRepeatable(netFn, cmd) && !isDcmiRead(netFn, cmd);
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
