/**
 * Events of a BMC while requests run: those of a program that does both, and those of a program
 * beside `ipmi-bt watch`. Each event is told once, and BMC Global Enables are as found afterwards.
 */

import { beforeAll, expect, test } from 'vitest';

import { EventfulBmc } from './eventful-bmc.ts';
import { printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { programFiles } from './project.ts';
import { sideBySide, stepsOf } from './steps.ts';

const REQUESTS = 400;
const WATCHED = 20;

const WATCH = 'ipmi-bt --base 0xce4 watch';
const ENABLES = 'ipmi-bt --base 0xce4 raw 0x06 0x2f';

/** As a BMC has them after a reset, and while the device has a listener. */
const FOUND = printed(' 08\n');
const LISTENING = ' 0c';

/** Waits until the device has a listener. */
const UNTIL_LISTENING = `until ${ENABLES} | grep -q '${LISTENING}'; do usleep 50000; done`;

interface Report {
  readonly numbers: readonly number[];
  readonly right: number;
  readonly statistics: Readonly<Record<string, number>>;
}

let guest: GuestResult;

/** How many events each program was to be told of. */
const eventful = new EventfulBmc();

beforeAll(async () => {
  guest = await bootGuest({
    bmc: eventful,
    timeoutMs: 120_000,
    files: programFiles('listen', 'paced'),
    steps: [
      ...stepsOf({
        listen: `node /opt/ipmi-bt/listen.mjs ${REQUESTS}`,
        'enables after listen': ENABLES,
        SIGTERM: `${WATCH} & ${UNTIL_LISTENING}; kill -TERM $!; wait $!`,
        'enables after SIGTERM': ENABLES,
      }),
      ...sideBySide({
        watch: `ipmi-bt --base 0xce4 --json watch --count ${WATCHED}`,
        paced: `node /opt/ipmi-bt/paced.mjs 1 ${REQUESTS}`,
        start: `${UNTIL_LISTENING}; until [ -e /tmp/opened.1 ]; do usleep 10000; done; touch /tmp/go`,
      }),
      ...stepsOf({ 'enables after watch': ENABLES }),
    ],
  });
});

test('a program is told of each event once, in order, while its requests run', async (context) => {
  const { exitCode, stdout, stderr } = guest.step('listen');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { numbers, right, statistics } = JSON.parse(stdout) as Report;
  await context.annotate(`${numbers.length} events`);

  expect(numbers.length).toBeGreaterThan(REQUESTS / 5);
  expect(numbers).toEqual([...numbers.keys()]);
  expect(right).toBe(REQUESTS);
  const events = numbers.length;
  expect(statistics).toEqual({ events, eventsMissed: 0, staleReplies: 0, longTimeouts: 0 });
});

test('ipmi-bt watch prints each event once, in order, beside another program', () => {
  const { exitCode, stdout, stderr } = guest.step('watch');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const told = stdout.trimEnd().split('\n');
  const numbers = told.map((line) => numberOf(JSON.parse(line) as { raw: readonly number[] }));
  const { numbers: before } = JSON.parse(guest.step('listen').stdout) as Report;

  expect(numbers).toEqual(Array.from({ length: WATCHED }, (_, index) => before.length + index));
  expect(eventful.events).toBeGreaterThanOrEqual(before.length + WATCHED);
  expect(JSON.parse(guest.step('paced').stdout)).toMatchObject({ right: REQUESTS });
});

test('SIGTERM ends ipmi-bt watch without a word', () => {
  expect(guest.step('SIGTERM')).toEqual({ exitCode: 143, stdout: '', stderr: '' });
});

test.each(['listen', 'SIGTERM', 'watch'])('Global Enables are as found after %s', (name) => {
  expect(guest.step(`enables after ${name}`)).toEqual(FOUND);
});

function numberOf({ raw }: { readonly raw: readonly number[] }): number {
  return ((raw[14] ?? 0) << 8) | (raw[15] ?? 0);
}
