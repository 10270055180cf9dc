/**
 * Clients of a served device file: side by side, killed in each state and inside each call,
 * flooding, waiting, in a storm of events; a BMC that goes away, a server that is killed and
 * started again; and the rounds between client and server that a command costs.
 */

import { beforeAll, expect, test } from 'vitest';

import type { GuestResult } from './guest.ts';
import {
  BESIDE,
  CLIENTS,
  CLIENTS_GUEST_MS,
  DELAYS,
  EVENTFUL,
  FLOOD,
} from './served-clients-guest.ts';
import { MANY, PACED, REQUESTS, STATES, STORM, clientsGuest } from './served-clients-guest.ts';

/** To make the guest's file system. */
const MORE_MS = 120_000;

/** Rounds of FUSE for a command, and notices; and the rounds that open and close a file. */
const [TRIPS_MAX, NOTICES_MAX, TRIPS_OF_FILE] = [8, 1, 2];

/** Requests of a file without an answer that was received. */
const OUTSTANDING_MAX = 100;

/** Events that are kept for a file. */
const UNASKED_MAX = 100;

/** Rounds of FUSE of each call. */
const ROUNDS = { open: 1, setting: 2, send: 3, receive: 3, poll: 1 };

interface Status {
  readonly file: {
    readonly cuse: Readonly<Record<'requests' | 'notices' | 'bugs' | 'open_files', number>>;
    readonly counters: Readonly<Record<string, number>>;
  };
}

let guest: GuestResult;

beforeAll(async () => {
  guest = await clientsGuest();
}, CLIENTS_GUEST_MS + MORE_MS);

function printedBy(name: string): string {
  const { exitCode, stdout, stderr } = guest.step(name);
  expect({ name, exitCode, stderr }).toEqual({ name, exitCode: 0, stderr: '' });
  return stdout;
}

/** The words NAME=NUMBER that a step printed. */
function countsOf(name: string): Readonly<Record<string, number>> {
  const words = [...printedBy(name).matchAll(/(\w+)=(\d+)/g)];
  return Object.fromEntries(words.map(([, word = '', digits]) => [word, Number(digits)]));
}

function statusOf(name: string): Status['file'] {
  return (JSON.parse(printedBy(name)) as Status).file;
}

const NONE = { wrong: 0, forged: 0, lost: 0, busy: 0 };
const ANSWERED = { ...NONE, sent: 3, right: 3 };

test.for(DELAYS)('a BMC that takes %d ms is waited for', async (delayMs, { annotate }) => {
  const counts = countsOf(`${delayMs} ms`);
  await annotate(printedBy(`${delayMs} ms`));

  expect(counts).toMatchObject({ right: PACED });
  expect(counts['p50_us']).toBeGreaterThanOrEqual(delayMs * 1000);
});

test('a command takes a bounded number of rounds between client and server', () => {
  const { cuse, counters } = statusOf('status after that');
  const { sent = 0, opened = 0 } = counters;

  expect({ sent, opened }).toEqual({ sent: DELAYS.length * PACED, opened: DELAYS.length });
  expect(cuse.requests).toBeLessThanOrEqual(sent * TRIPS_MAX + opened * TRIPS_OF_FILE);
  expect(cuse.notices).toBeLessThanOrEqual(sent * NOTICES_MAX);
});

test('clients side by side get their own answers, and one more waits meanwhile', () => {
  const sent = CLIENTS * REQUESTS;

  expect(countsOf('echo')).toEqual({ ...NONE, sent, right: sent });
  expect(countsOf('ninth')).toMatchObject({ ready: 0 });
});

test.each(STATES)(
  'a client that is killed with its file in the state %s harms no other',
  (state) => {
    expect(countsOf(`killed: ${state}`)).toEqual(ANSWERED);
  },
);

test('a client that is killed inside a call dies as soon as its request is answered', () => {
  const lines = Object.entries(ROUNDS).flatMap(([call, rounds]) => [
    `${call} 0: inside=1 held=0 killed=1`,
    ...Array.from({ length: rounds }, (_, at) => `${call} ${at + 1}: inside=1 held=1 killed=1`),
  ]);

  expect(printedBy('killed in calls').trimEnd().split('\n')).toEqual(lines);
  expect(countsOf('after killed calls')).toEqual(ANSWERED);
});

test('a flood is cut off at what a client may have, and another goes on', async ({ annotate }) => {
  const [sent, right] = [OUTSTANDING_MAX, OUTSTANDING_MAX];
  await annotate(printedBy('flood') + printedBy('beside the flood'));

  expect(countsOf('flood')).toEqual({ ...NONE, sent, right, busy: FLOOD - sent });
  expect(countsOf('beside the flood')).toMatchObject({ right: PACED });
});

test(`${MANY} commands are answered`, async ({ annotate }) => {
  await annotate(printedBy('many') + printedBy('memory'));

  expect(countsOf('many')).toMatchObject({ right: MANY });
});

test('a storm of events reaches a client, and others have their answers', async ({ annotate }) => {
  const { events = 0, sent = 0, ...others } = countsOf('storm');
  await annotate(printedBy('storm'));

  expect(others).toEqual({ ...NONE, misplaced: 0, right: sent });
  expect(sent).toBeGreaterThanOrEqual(STORM);
  expect(events).toBeGreaterThanOrEqual(STORM);
  expect(events).toBeLessThanOrEqual(EVENTFUL.events);
  expect(countsOf('beside the storm')).toMatchObject({ right: BESIDE });
});

test('a client that takes none loses what is not kept for it', async ({ annotate }) => {
  const { cuse, counters } = statusOf('status of the storm');
  const { unasked_told: told = 0, unasked_dropped: dropped = 0 } = counters;
  await annotate(`told ${told}, lost ${dropped}`);

  expect(told).toBeGreaterThanOrEqual(STORM + UNASKED_MAX);
  expect(dropped).toBeGreaterThanOrEqual(STORM - UNASKED_MAX);
  expect(cuse).toMatchObject({ bugs: 0, open_files: 1 });
  expect(countsOf('after the storm')).toEqual(ANSWERED);
});

test('a BMC that is away for 20 s is answered for by QEMU, and by nothing else', () => {
  expect(countsOf('gone')).toMatchObject({ sent: 3, forged: 0, lost: 0 });
  expect(countsOf('back')).toEqual(ANSWERED);
});

test('a server that is killed takes its device file along, and another one brings it back', () => {
  // Its clients are told at once, and not when their patience is over.
  expect(countsOf('server killed')).toMatchObject({ ready: 1 });
  expect(countsOf('served again')).toEqual(ANSWERED);
});

test('a server that is stopped removes its device file and its socket', () => {
  const { stdout } = guest.step('server stopped');

  expect(stdout).toContain('/dev/ipmi0: No such file or directory');
  expect(stdout).not.toContain('ce4.sock');
});
