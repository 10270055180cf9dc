/**
 * A BMC of the test's own, which can take its time and knows what it was asked. A process that ends
 * while the BMC works on its command leaves the interface quiet, as far as it is asked; and the
 * next process gets its own answer, not the late one to the command before.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { ExternBmc } from '../qemu/extern-bmc.ts';
import { EXTERN_ID, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const RESPONSE_MS = 2_000;

/** The slow command, the quick one, and one that gives back what it is given. */
const SELF_TEST = { netFn: 0x06, lun: 0, cmd: 0x04, data: new Uint8Array() };
const DEVICE_ID = { netFn: 0x06, lun: 0, cmd: 0x01, data: new Uint8Array() };
const LONGEST = { netFn: 0x30, lun: 0, cmd: 0x02, data: Uint8Array.from({ length: 252 }, byteAt) };

/** A reply's completion code leaves room for one byte less. */
const LONGEST_REPLY = LONGEST.data.slice(0, 251);

const QUICK = 'ipmi-bt --base 0xce4 raw 0x06 0x01';
const SLOW = '--base 0xce4 --trace raw 0x06 0x04';

/** BT_CTRL and BT_INTMASK in hex; reading them changes nothing. */
const READ_BYTE = 'dd if=/dev/port bs=1 count=1 2>/dev/null';
const REGISTERS = `for port in 3300 3302; do ${READ_BYTE} skip=$port; done | xxd -p`;
const QUIET = printed('0000\n');
const B_BUSY = printed('8000\n');
const B2H_ATN = printed('0800\n');

/** How processes are ended, and what they end with. */
const ENDINGS = [
  ['SIGTERM', signalled('TERM'), 143],
  ['SIGINT', signalled('INT'), 130],
  ['SIGKILL', signalled('KILL'), 137],
  ['process.exit()', 'node /opt/ipmi-bt/exit.mjs', 3],
  ['--timeout', 'ipmi-bt --base 0xce4 --timeout 1 --json raw 0x06 0x04', 75],
] as const;

let guest: GuestResult;
let bmc: ExternBmc;

beforeAll(async () => {
  bmc = new ExternBmc({
    plan: ({ cmd }) => (cmd === SELF_TEST.cmd ? { delayMs: RESPONSE_MS } : {}),
  });
  bmc.handle(LONGEST.netFn, LONGEST.cmd, ({ data }) => {
    return { completionCode: 0, data: data.subarray(0, LONGEST_REPLY.length) };
  });
  guest = await bootGuest({
    bmc,
    files: programFiles('exit'),
    steps: stepsOf({
      ...Object.fromEntries(ENDINGS.flatMap(([how, command]) => stepsAround(how, command))),
      'longest (native)': 'ipmi-bt --base 0xce4 --port native raw 0x30 0x02 $(seq 0 251)',
      'longest (dev-port)': 'ipmi-bt --base 0xce4 --port dev-port raw 0x30 0x02 $(seq 0 251)',
    }),
  });
});

/** Ends a process when it waits for its answer; the trace tells when. */
function signalled(name: string): string {
  const start = `rm -f /tmp/trace; ipmi-bt ${SLOW} 2> /tmp/trace &`;
  const untilBusy = 'until grep -sq B_BUSY /tmp/trace; do usleep 10000; done';
  const end = `kill -${name} $!; wait $!; code=$?; grep ^ipmi-bt /tmp/trace >&2; exit $code`;
  return `${start} ${untilBusy}; ${end}`;
}

function stepsAround(how: string, command: string): [name: string, command: string][] {
  return [
    [`before ${how}`, REGISTERS],
    [how, command],
    [`after ${how}`, REGISTERS],
    [`next after ${how}`, QUICK],
    [`in the end of ${how}`, REGISTERS],
  ];
}

describe.each(ENDINGS)('a process that ends by %s while the BMC works', (how, _, exitCode) => {
  test('says so in its exit code and prints no answer', () => {
    const { stdout, ...ended } = guest.step(how);

    expect(ended.exitCode).toBe(exitCode);
    expect(stdout).not.toContain(' 55 00');
  });

  test('leaves the interface as it was, but for what the BMC does there', () => {
    expect(guest.step(`before ${how}`)).toEqual(QUIET);
    expect([B_BUSY, B2H_ATN]).toContainEqual(guest.step(`after ${how}`));
  });

  test('does not spoil the answer to the next process', () => {
    expect(guest.step(`next after ${how}`)).toEqual(printed(EXTERN_ID));
    expect(guest.step(`in the end of ${how}`)).toEqual(QUIET);
  });
});

test.each(['SIGTERM', 'SIGINT'])('%s is told by its name', (how) => {
  const text = `REQUEST_ABORTED: netFn 0x6 cmd 0x4 lun 0: ended by ${how}`;

  expect(guest.step(how).stderr).toBe(`ipmi-bt: ${text}\n`);
});

test('a timeout says that the BMC may have executed the command', () => {
  const { stdout, stderr } = guest.step('--timeout');

  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    schema: 'ipmi-bt/error',
    version: 1,
    error: {
      code: 'REQUEST_TIMEOUT',
      outcome: 'unknown',
      message: expect.stringMatching(
        /^REQUEST_TIMEOUT: netFn 0x6 cmd 0x4 lun 0: no reply within \d{3} ms; the BMC may have/,
      ) as unknown,
    },
  });
});

test.each(['native', 'dev-port'])('the longest frames come through to the byte (%s)', (port) => {
  const hex = [...LONGEST_REPLY].map((byte) => ` ${byte.toString(16).padStart(2, '0')}`);
  const lines = hex.join('').match(/.{1,48}/g) ?? [];

  expect(guest.step(`longest (${port})`)).toEqual(printed(`${lines.join('\n')}\n`));
});

test('the BMC executed each command once, in order', () => {
  const pairs = ENDINGS.flatMap(() => [SELF_TEST, DEVICE_ID]);

  expect(bmc.executed).toEqual([...pairs, LONGEST, LONGEST]);
});

function byteAt(_: unknown, index: number): number {
  return index;
}
