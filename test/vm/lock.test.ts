/**
 * Processes that share the interface: commands at once, commands beside a program that stays, and
 * what they say when a process does not let go.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { SIM_ID, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { load } from './load.ts';
import { programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const GET_DEVICE_ID = 'ipmi-bt --base 0xce4 raw 0x06 0x01';

/** Twenty commands that start at once on one emulated processor take more than 30 s. */
const PATIENT = '--timeout 150';
const AT_ONCE = load(20, 10);

/** Without the addon a command starts two processes more. */
const AT_ONCE_SLOW = 6;
const BESIDE = 5;

/** Starts a process that holds the lock, for the commands that follow. */
const HOLD =
  'node /opt/ipmi-bt/hold-lock.mjs & until [ -e /tmp/held ]; do usleep 10000; done; holder=$!';
const UNHOLD = 'kill -KILL $holder; rm /tmp/held';

/** Waits until a program has the interface open. */
const OPENED = 'until [ -e /tmp/opened ]; do usleep 10000; done; rm /tmp/opened';

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: 'sim',
    // An emulated processor starts a command in a second, and this test starts fifty.
    timeoutMs: 540_000,
    files: programFiles('steady', 'hold-lock', 'wait-for-lock'),
    steps: stepsOf({
      'at once': atOnce('native', AT_ONCE),
      folder: 'stat -c "%F %a %u" /run/ipmi-bt; stat -c "%F %a %u %n" /run/ipmi-bt/*',
      beside: beside(),
      'held, raw': whileHeld(`echo $holder; ${GET_DEVICE_ID.replace('raw', '--timeout 1 raw')}`),
      'held, --json': whileHeld('ipmi-bt --base 0xce4 --timeout 1 --json info'),
      'held, library': heldMeanwhile(),
      'after SIGKILL': GET_DEVICE_ID,
      'without the addon': withoutAddon(),
      link: `rm -r /run/ipmi-bt; ln -s /tmp /run/ipmi-bt; ${GET_DEVICE_ID}`,
    }),
  });
});

/** As many commands as there are, each with an output of its own; then all of the outputs. */
function atOnce(port: string, count: number): string {
  const one = `${GET_DEVICE_ID.replace('raw', `${PATIENT} --port ${port} raw`)} > /tmp/out.$i 2>&1 || echo $? >> /tmp/out.$i`;
  const all = `for i in $(seq ${count}); do { ${one}; } & done; wait`;
  return `${all}; cat /tmp/out.*; rm /tmp/out.*`;
}

function whileHeld(command: string): string {
  return `${HOLD}; ${command}; code=$?; ${UNHOLD}; exit $code`;
}

/** The program is there before the lock is taken from it. */
function heldMeanwhile(): string {
  const start = 'node /opt/ipmi-bt/wait-for-lock.mjs & program=$!';
  return `${start}; ${OPENED}; ${HOLD}; wait $program; ${UNHOLD}`;
}

/** Commands one after the other while a program sends its requests. */
function beside(): string {
  const start = 'node /opt/ipmi-bt/steady.mjs > /tmp/steady & program=$!';
  const commands = `for i in $(seq ${BESIDE}); do ${GET_DEVICE_ID}; done`;
  const end = 'touch /tmp/stop; wait $program; cat /tmp/steady';
  return `${start}; ${OPENED}; ${commands}; ${end}`;
}

/** The same without the addon: by /dev/port, and with the flock of util-linux. */
function withoutAddon(): string {
  const addon = '/opt/ipmi-bt/build/Release/ipmi_bt.node';
  return `mv ${addon} /tmp; ${atOnce('dev-port', AT_ONCE_SLOW)}; mv /tmp/ipmi_bt.node ${addon}`;
}

describe('commands at once', () => {
  test.each([
    ['at once', AT_ONCE],
    ['without the addon', AT_ONCE_SLOW],
  ])('%s are all answered rightly', (name, count) => {
    expect(guest.step(name)).toEqual(printed(SIM_ID.repeat(count)));
  });

  test('lock files that only root can reach', () => {
    const { stdout, stderr } = guest.step('folder');

    expect(stderr).toBe('');
    expect(stdout.replaceAll('regular empty file', 'regular file')).toBe(
      'directory 700 0\n' +
        'regular file 600 0 /run/ipmi-bt/bt-0xce4.lock\n' +
        'regular file 600 0 /run/ipmi-bt/bt-0xce4.next\n' +
        'regular file 600 0 /run/ipmi-bt/bt-0xce4.seq\n' +
        'regular file 600 0 /run/ipmi-bt/bt-0xce4.users\n',
    );
  });
});

describe('commands beside a program that sends 100 requests a second', () => {
  test('are answered while it is, and all are right', async (context) => {
    const { exitCode, stdout, stderr } = guest.step('beside');
    const last = stdout.slice(SIM_ID.length * BESIDE);
    await context.annotate(last.trimEnd());

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`${SIM_ID.repeat(BESIDE)}${last}`);
    const steady = JSON.parse(last) as Record<'answered' | 'right', number>;
    expect(steady.right).toBe(steady.answered);
    // The emulated processor starts commands most of the time.
    expect(steady.answered).toBeGreaterThan(10 * BESIDE);
  });
});

describe('while a process does not let go', () => {
  const HOLDER = /pid \d+ \(node hold-lock\.mjs\)/;

  test('a command ends with 75 and names pid and command', () => {
    const { exitCode, stdout, stderr } = guest.step('held, raw');
    const who = `pid ${stdout.trimEnd()} (node hold-lock.mjs)`;

    expect(exitCode).toBe(75);
    expect(stderr).toMatch(/^ipmi-bt: DEVICE_LOCKED: pid .* \d+ ms; wait for that process, or/);
    expect(stderr).toContain(who);
  });

  test('--json says that nothing was sent', () => {
    const { exitCode, stdout } = guest.step('held, --json');

    expect(exitCode).toBe(75);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'DEVICE_LOCKED', outcome: 'not-sent' },
    });
  });

  test('a request of a program fails after lockTimeoutMs', () => {
    const error = JSON.parse(guest.step('held, library').stdout) as Record<string, string>;

    expect(error).toMatchObject({ code: 'DEVICE_LOCKED', outcome: 'not-sent' });
    expect(error['message']).toMatch(HOLDER);
    expect(error['message']).toMatch(/has had the interface for 500 ms/);
  });

  test('SIGKILL of it frees the interface', () => {
    expect(guest.step('after SIGKILL')).toEqual(printed(SIM_ID));
  });
});

test('a link in place of the folder is refused, and no port is touched', () => {
  const { exitCode, stderr } = guest.step('link');

  expect(exitCode).toBe(77);
  expect(stderr).toMatch(/^ipmi-bt: PORT_DENIED: .* \/run\/ipmi-bt: it is no folder but a link/);
});
