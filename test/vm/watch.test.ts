/**
 * Events of a BMC while requests run: those of a program that does both, those of a program beside
 * `ipmi-bt watch`, and those beside two of them. Each event is told once, and BMC Global Enables
 * are as found afterwards.
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

const WATCH = 'ipmi-bt --base 0xce4 --timeout 150 watch';
const ENABLES = 'ipmi-bt --base 0xce4 raw 0x06 0x2f';

/** As a BMC has them after a reset, and while the device has a listener. */
const FOUND = printed(' 08\n');
const LISTENING = ' 0c';

/** Waits until the device has a listener. */
const UNTIL_LISTENING = `until ${ENABLES} | grep -q '${LISTENING}'; do usleep 50000; done`;

/** Two watches, while a program sends requests, and again when the first has been ended. */
const BESIDE_TWO = 160;

/** As many as the BMC has for so many requests, whichever of its own count they begin with. */
const EVENTS_OF_TWO = 62;

const TWO_WATCHES = `watches() { [ "$(grep -c ":$(stat -c %i /run/ipmi-bt/*.enable2) " /proc/locks)" = 2 ]; }
told() { [ "$(cat /tmp/first /tmp/second | wc -l)" = "$1" ]; }
${WATCH.replace(' watch', ' --json watch')} > /tmp/first & first=$!
${WATCH.replace(' watch', ' --json watch')} > /tmp/second & second=$!
until watches; do usleep 50000; done
touch /tmp/go
node /opt/ipmi-bt/paced.mjs 1 ${BESIDE_TWO} > /tmp/paced
until told ${EVENTS_OF_TWO}; do usleep 50000; done
kill -TERM $first; wait $first; echo $?
${ENABLES}
node /opt/ipmi-bt/paced.mjs 1 ${BESIDE_TWO} > /tmp/paced
until told ${2 * EVENTS_OF_TWO}; do usleep 50000; done
kill -TERM $second; wait $second; echo $?
rm /tmp/go /tmp/opened.1`;

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
    timeoutMs: 400_000,
    files: programFiles('listen', 'paced'),
    steps: [
      ...stepsOf({
        listen: `node /opt/ipmi-bt/listen.mjs ${REQUESTS}`,
        'enables after listen': ENABLES,
        SIGTERM: `${WATCH} & ${UNTIL_LISTENING}; kill -TERM $!; wait $!`,
        'enables after SIGTERM': ENABLES,
        'two watches': TWO_WATCHES,
        first: 'cat /tmp/first',
        second: 'cat /tmp/second',
        'enables after two watches': ENABLES,
      }),
      ...sideBySide({
        watch: `ipmi-bt --base 0xce4 --timeout 150 --json watch --count ${WATCHED}`,
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
  const numbers = numbersOf(stdout);
  const before = eventsOfListen() + 2 * EVENTS_OF_TWO;

  expect(numbers).toEqual(Array.from({ length: WATCHED }, (_, index) => before + index));
  expect(eventful.events).toBeGreaterThanOrEqual(before + WATCHED);
  expect(JSON.parse(guest.step('paced').stdout)).toMatchObject({ right: REQUESTS });
});

test('of two ipmi-bt watch, each event is told to one, and one that ends costs the other none', async (context) => {
  const [first, second] = ['first', 'second'].map((name) => numbersOf(guest.step(name).stdout));
  await context.annotate(`${first?.length} and ${second?.length} events`);
  const begin = eventsOfListen();
  const all = Array.from({ length: 2 * EVENTS_OF_TWO }, (_, index) => begin + index);

  expect(guest.step('two watches')).toEqual(printed(`143\n${LISTENING}\n143\n`));
  expect([...(first ?? []), ...(second ?? [])].toSorted((a, b) => a - b)).toEqual(all);
  expect(second?.slice(-EVENTS_OF_TWO)).toEqual(all.slice(-EVENTS_OF_TWO));
});

test('SIGTERM ends ipmi-bt watch without a word', () => {
  expect(guest.step('SIGTERM')).toEqual({ exitCode: 143, stdout: '', stderr: '' });
});

test.each(['listen', 'SIGTERM', 'watch', 'two watches'])(
  'Global Enables are as found after %s',
  (name) => {
    expect(guest.step(`enables after ${name}`)).toEqual(FOUND);
  },
);

function eventsOfListen(): number {
  return (JSON.parse(guest.step('listen').stdout) as Report).numbers.length;
}

/** Of the events that `watch --json` has printed. */
function numbersOf(stdout: string): number[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => numberOf(JSON.parse(line) as { raw: readonly number[] }));
}

function numberOf({ raw }: { readonly raw: readonly number[] }): number {
  return ((raw[14] ?? 0) << 8) | (raw[15] ?? 0);
}
