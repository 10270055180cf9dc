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
import { startDummy, withoutOwnSteps } from './ipmitool-dummy.ts';
import type { Dummy, Interface, Printed, Surroundings } from './ipmitool-dummy.ts';
import { runOurs } from './ipmitool-ours.ts';

/** A table of command lines, and the BMC that each is run on. */
export interface Comparison extends Surroundings {
  /** Says what they are, as the title of the tests. */
  readonly title: string;
  /** Command lines, one a line; words may stand in single quotes. */
  readonly lines: string;
  readonly bmc?: () => DirectBmcOptions;
  /**
   * `open`: ipmitool works over its interface to the kernel's driver, with the lengths of requests
   * that this has, and what it tells with `-v` is compared, too. By default over `dummy`, which
   * starts in half of the time.
   */
  readonly over?: 'open';
  /** Lines on standard error that ipmitool alone prints. */
  readonly leftOut?: readonly RegExp[];
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
  const dummies = new Map<Interface, Dummy>();

  describeWith('ipmitool', 'both programs do the same:', () => {
    beforeAll(async () => {
      for (const way of new Set(comparisons.map(({ over }): Interface => over ?? 'dummy'))) {
        dummies.set(way, await startDummy(bench().requester, way));
      }
    });
    afterAll(async () => {
      for (const dummy of dummies.values()) await dummy.close();
    });

    for (const { title, lines, bmc, over, leftOut = [], ...surroundings } of comparisons) {
      test.each(linesOf(lines))(`${title}: %s`, async (line) => {
        const words = wordsOf(line);
        const dummy = dummies.get(over ?? 'dummy');
        if (dummy === undefined) throw new Error('bug: no ipmitool was started');
        const theirs = bench(bmc?.());
        dummy.requester = theirs.requester;
        const printed = await dummy.run(words, surroundings);
        const stderr = leftOut.reduce((text, lines) => text.replace(lines, ''), printed.stderr);
        const expected: Done = { ...printed, stderr, changes: theirs.changes() };
        const ours = bench(bmc?.());
        const own = await runOurs(words, ours, surroundings);
        const told = over === 'open' ? own.stderr : withoutOwnSteps(own.stderr);
        const done: Done = { ...own, stderr: told, changes: ours.changes() };

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
      asked.push(input);
      return await sim.requester.request(input, given);
    },
  };
  return {
    requester,
    clock: sim.clock,
    changes: () => asked.filter(isChange).map(shownOf),
  };
}

/**
 * Reserve SDR Repository, and that of a device, are no changes here: they cancel the reservation of
 * a reader and change no record. `ipmi-bt` reads in fewer steps, and reserves less often.
 */
const STORAGE = 0x0a;
const SENSOR_EVENT = 0x04;
const RESERVE_SDRS = 0x22;

function isChange({ netFn, cmd, data }: RequestInput): boolean {
  if ([STORAGE, SENSOR_EVENT].includes(netFn) && cmd === RESERVE_SDRS) return false;
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
