/**
 * Processes that are killed behind a port cycle of their work, and the process that comes after
 * each of them: behind every single cycle with `IPMI_BT_LOAD=whole`, else behind one in four.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { ExternBmc } from '../qemu/extern-bmc.ts';
import { commitSeed } from '../support/commit-seed.ts';
import { bundledModules } from './bundle.ts';
import { SIM_ID, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { load } from './load.ts';
import { programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const RAW = 'ipmi-bt --base 0xce4 raw 0x06 0x01';

/** Get Device ID and Get BMC Global Enables of QEMU's own BMC, completion codes first. */
const ANSWERS = ['002000000002070000000000', '0008'];

/** Three commands and their replies cannot be had for less. */
const CYCLES_MIN = 40;

/** A loop that does not come to an end must not outlive the guest. */
const CYCLES_MAX = 400;

/** Exit code of a process that got SIGKILL. */
const KILLED = 137;

/** How long the BMC takes for each echo, and when, in cycles after H2B_ATN, its caller dies. */
const RESPONSE_MS = 300;
const CYCLES_AFTER_H2B_ATN = [0, 1, 8, 30];

/** What `relay.mjs` prints: its answers, and when it comes so far, its cycles. */
interface Line {
  readonly answers?: readonly string[];
  readonly retries?: number;
  readonly staleReplies?: number;
  readonly cycles?: number;
}

const files = {
  ...programFiles('port-cycles', 'relay', 'in-flight'),
  ...(await bundledModules('index', 'port/addon-port')),
};

/** From one process to the next the end comes so many cycles later. */
const STEP = load(1, 4);

/** Behind which cycle the first is killed: each commit has its own, so that all have their turn. */
const FIRST = 1 + (commitSeed() % STEP);

/** One relay after the other, each killed some cycles later, until one is not killed any more. */
const RELAY = `
  for cycle in $(seq ${FIRST} ${STEP} ${CYCLES_MAX}); do
    node /opt/ipmi-bt/relay.mjs $cycle
    code=$?
    [ $code = ${KILLED} ] || exit $code
  done`;

describe('after a process killed behind a port cycle of bring-up and a request', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootGuest({
      bmc: 'sim',
      // A process for each of a hundred cycles, on what may be a busy machine.
      timeoutMs: 420_000,
      files,
      steps: stepsOf({
        'dry run': 'node /opt/ipmi-bt/relay.mjs 0',
        relay: RELAY,
        'in the end': RAW,
      }),
    });
  });

  test('the next process gets its own answers, whichever cycle it was', async (context) => {
    const [, { cycles = NaN } = {}] = lines(guest.step('dry run').stdout);
    const { exitCode, stdout } = guest.step('relay');
    const [last, ...relays] = lines(stdout).reverse();
    await context.annotate(`killed ${relays.length - 1} times, first behind cycle ${FIRST}`);

    expect(cycles).toBeGreaterThan(CYCLES_MIN);
    // The last one found what the one before left, and came to its end.
    expect(exitCode).toBe(0);
    expect(last).toEqual({ cycles });
    expect(relays).toEqual(
      relays.map(({ staleReplies }) => ({ answers: ANSWERS, retries: 0, staleReplies })),
    );
    // One more than were killed: the last one's first line.
    expect(relays).toHaveLength(Math.floor((cycles - FIRST) / STEP) + 2);
    // Some were left a response each, which was not theirs.
    expect(new Set(relays.map(({ staleReplies }) => staleReplies))).toEqual(new Set([0, 1]));
  });

  test('the command line gets its answer in the end', () => {
    expect(guest.step('in the end')).toEqual(printed(SIM_ID));
  });
});

describe('after a process killed while the BMC works on its command', () => {
  let guest: GuestResult;
  let bmc: ExternBmc;

  beforeAll(async () => {
    bmc = new ExternBmc({ plan: () => ({ delayMs: RESPONSE_MS }) });
    const processes = CYCLES_AFTER_H2B_ATN.map((cycles, index) => {
      const [own, other] = payloads(index);
      const command = `node /opt/ipmi-bt/in-flight.mjs ${cycles} ${own} ${other}`;
      return [`${cycles} cycles`, command] as const;
    });
    const last = `ipmi-bt --base 0xce4 raw 0x30 0x01 0xff 0xff`;
    const steps = stepsOf({ ...Object.fromEntries(processes), last });
    guest = await bootGuest({ bmc, files, steps });
  });

  test.each([...CYCLES_AFTER_H2B_ATN.entries()])(
    'the next process gets the echo of its own payload (%i: after %i cycles)',
    (index, cycles) => {
      const [own] = payloads(index);
      const { exitCode, stdout } = guest.step(`${cycles} cycles`);

      expect({ exitCode, stdout }).toEqual({ exitCode: KILLED, stdout: `${echoOf(own)}\n` });
    },
  );

  test('so does the command line', () => {
    expect(guest.step('last')).toEqual(printed(' ff ff\n'));
  });

  test('the BMC executed each command once, in order', () => {
    const sent = [...CYCLES_AFTER_H2B_ATN.keys()].flatMap(payloads);

    expect(bmc.executed.map(({ data }) => data[0])).toEqual([...sent, 0xff]);
  });
});

/** What the process of that index asks the BMC to echo before, and what when it is killed. */
function payloads(index: number): readonly [own: number, other: number] {
  return [0x10 + index, 0x80 + index];
}

/** The completion code and the data, as `in-flight.mjs` prints them. */
function echoOf(payload: number): string {
  return Buffer.of(0, payload, payload).toString('hex');
}

/** What a program printed, an object a line. */
function lines(stdout: string): Line[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
