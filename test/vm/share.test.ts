/**
 * Two programs that each send 100 requests a second to one interface, with a BMC behind it that
 * sees all of them, and whose answers are payloads that each belong to one request.
 */

import { beforeAll, expect, test } from 'vitest';

import { ExternBmc } from '../qemu/extern-bmc.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { programFiles } from './project.ts';
import { sideBySide } from './steps.ts';
import { nonEmpty } from '../support/lists.ts';

/** What each program has in its payloads, and how many requests it sends. */
const PROGRAMS = [1, 2];
const REQUESTS = 400;

/** The BMC takes its time over every tenth request: long enough for others to come too early. */
const SLOW_EVERY = 10;
const SLOW_MS = 15;

/** It comes back to a program within 150 ms and a request; but the machine is emulated. */
const GAP_MAX_MS = 2_000;

/** A turn is over after 100 ms when another process waits, and the programs take 4 s at least. */
const TURNS_MIN = 12;

const OEM = 0x30;

interface Report {
  readonly right: number;
  readonly longestGapMs: number;
  readonly statistics: Readonly<Record<string, number>>;
}

let guest: GuestResult;
let bmc: ExternBmc;

beforeAll(async () => {
  bmc = new ExternBmc({
    plan: (_, index) => (index % SLOW_EVERY === 0 ? { delayMs: SLOW_MS } : {}),
  });
  const programs = PROGRAMS.map((own) => {
    return [programName(own), `node /opt/ipmi-bt/paced.mjs ${own} ${REQUESTS}`] as const;
  });
  guest = await bootGuest({
    bmc,
    timeoutMs: 300_000,
    files: programFiles('paced'),
    steps: sideBySide({
      ...Object.fromEntries(programs),
      start: `until [ -e /tmp/opened.1 ] && [ -e /tmp/opened.2 ]; do usleep 10000; done; touch /tmp/go`,
    }),
  });
});

test.for(PROGRAMS)(
  'program %i gets all its answers, and is not kept waiting',
  async (own, context) => {
    const { exitCode, stdout, stderr } = guest.step(programName(own));
    await context.annotate(stdout.trimEnd());

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { right, longestGapMs, statistics } = JSON.parse(stdout) as Report;
    expect(right).toBe(REQUESTS);
    expect(longestGapMs).toBeLessThan(GAP_MAX_MS);
    expect(statistics).toEqual({ retries: 0, staleReplies: 0, longTimeouts: 0 });
  },
);

test('the BMC has one request at a time, each once and in the order of its program', () => {
  const echoes = executedEchoes();

  expect(bmc.overlaps).toBe(0);
  expect(echoes).toHaveLength(PROGRAMS.length * REQUESTS);
  for (const own of nonEmpty(PROGRAMS)) {
    const indices = echoes
      .filter(([first]) => first === own)
      .map(([, high = 0, low = 0]) => (high << 8) | low);
    expect(indices).toEqual([...Array(REQUESTS).keys()]);
  }
});

test('the programs take turns all the time', () => {
  const owners = executedEchoes().map(([own]) => own);
  const turns = owners.filter((own, index) => own !== owners[index - 1]);

  expect(turns.length).toBeGreaterThan(TURNS_MIN);
});

function executedEchoes(): readonly (readonly number[])[] {
  return bmc.executed.filter(({ netFn }) => netFn === OEM).map(({ data }) => [...data]);
}

function programName(own: number): string {
  return `program ${own}`;
}
