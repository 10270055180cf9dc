/**
 * Giving the interface back to ipmi_si when the BMC takes its time: a process that is told to end
 * waits until the command on the wire is answered, and a BMC that stays busy is left alone, because
 * Linux would reset it again and again.
 */

import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, test } from 'vitest';

import { ExternBmc } from '../qemu/extern-bmc.ts';
import { EXTERN_ID, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';

const RESPONSE_MS = 2_000;
const SELF_TEST = 0x04;

const OURS = 'ipmi-bt --base 0xce4';
const KERNELS = 'ipmitool raw 0x06 0x01';

/** Prints the driver of the device, or "none". */
const DRIVER = 'basename $(readlink /sys/bus/platform/devices/IPI0001:00/driver || echo none)';

/**
 * Waits until the driver has its device again, and the file that it makes later; the guest's own
 * time is the limit.
 */
const UNTIL_BOUND =
  'until test -e /sys/bus/platform/drivers/ipmi_si/IPI0001:00 -a -e /dev/ipmi0; do usleep 20000; done';

const USERS = '/run/ipmi-bt/bt-0xce4.users';

const LATER = '(later: ipmi-bt release --base 0xce4)';
const BUSY = 'the BMC is busy: BT_CTRL reads 0x80 B_BUSY';
const NOT_GIVEN_BACK = `ipmi-bt: BMC_UNRESPONSIVE: IPI0001:00 was not given back to ipmi_si: ${BUSY} ${LATER}\n`;

/** QEMU's BMC is busy for ever after a length byte that is wrong, until a right one. */
const WEDGE = poke([0x05, 0x18]);
const UNWEDGE = poke([0x03, 0x18, 0x00, 0x01]);

const SIGNALS = [
  ['HUP', 129],
  ['QUIT', 131],
  ['USR1', 138],
  ['TERM', 143],
] as const;

const PROGRAM = fileURLToPath(new URL('programs/takeover.mjs', import.meta.url));

let guest: GuestResult;

beforeAll(async () => {
  const bmc = new ExternBmc({
    plan: ({ cmd }) => (cmd === SELF_TEST ? { delayMs: RESPONSE_MS } : {}),
  });
  guest = await bootGuest({
    bmc,
    files: { '/opt/ipmi-bt/takeover.mjs': PROGRAM },
    steps: stepsOf({
      load: 'modprobe -a ipmi_si ipmi_devintf',
      ...Object.fromEntries(SIGNALS.map(([name]) => [name, signalled(name)])),
      exit: `node /opt/ipmi-bt/takeover.mjs busy; echo $?; ${UNTIL_BOUND}; ${KERNELS}`,
      busy: busyAfterReply(),
      'release, busy': `${OURS} --timeout 1 --json release; echo $?; ${DRIVER}`,
      'release, not busy': `${UNWEDGE}; ${OURS} release; ${DRIVER}; ${KERNELS}`,
    }),
  });
});

/** Writes `bytes` as a frame to the buffer of the BMC, between CLR_WR_PTR and H2B_ATN. */
function poke(bytes: readonly number[]): string {
  const [ctrl, fifo] = [0xce4, 0xce5];
  const cycles = [[ctrl, 0x01], ...bytes.map((byte) => [fifo, byte]), [ctrl, 0x04]];
  const commands = cycles.map(([port = 0, byte = 0]) => {
    const octal = byte.toString(8).padStart(3, '0');
    return `printf '\\${octal}' | dd of=/dev/port bs=1 seek=${port} conv=notrunc 2> /dev/null`;
  });
  return commands.join('; ');
}

/** Ends a command when it waits for its answer; the trace tells when. */
function signalled(name: string): string {
  const slow = `${OURS} --takeover --trace raw 0x06 0x04`;
  const start = `rm -f /tmp/trace; ${slow} 2> /tmp/trace & pid=$!`;
  const untilBusy = 'until grep -sq B_BUSY /tmp/trace; do usleep 10000; done';
  const end = `kill -${name} $pid; wait $pid; echo $?; grep ^ipmi-bt /tmp/trace`;
  return `${start}; ${untilBusy}; ${end}; ${DRIVER}; ${KERNELS}`;
}

/**
 * The BMC gets busy after the reply and before the interface is given back, which waits for a
 * process that uses the ports.
 */
function busyAfterReply(): string {
  const hold = `flock --close --shared ${USERS} sleep 600 & holder=$!`;
  const run = `${OURS} --takeover raw 0x06 0x01 > /tmp/out 2> /tmp/err & pid=$!`;
  const untilReply = 'until test -s /tmp/out; do usleep 10000; done';
  const end = `kill $holder; wait $pid; code=$?; cat /tmp/out; cat /tmp/err >&2; ${DRIVER}`;
  return `${hold}; ${run}; ${untilReply}; ${WEDGE}; ${end}; exit $code`;
}

describe.each(SIGNALS)('SIG%s while the BMC works on a command', (name, exitCode) => {
  test('ends it, and the driver is bound when the BMC has answered', () => {
    const back = 'ipmi-bt: IPI0001:00 is given back to ipmi_si';
    const text = `ipmi-bt: REQUEST_ABORTED: netFn 0x6 cmd 0x4 lun 0: ended by SIG${name}`;

    expect(guest.step(name).stdout).toBe(`${exitCode}\n${back}\n${text}\nipmi_si\n${EXTERN_ID}`);
  });
});

describe('process.exit() while the BMC works on a command', () => {
  test('cannot wait, and leaves it to the guardian, which waits for the answer', () => {
    const left = 'give back is left to the guardian';

    expect(guest.step('exit')).toEqual(printed(`takeover\nopen\n${left}\nclose\n3\n${EXTERN_ID}`));
  });
});

describe('a BMC that stays busy', () => {
  test('is not given to ipmi_si: the reply is printed, and the exit code 75', () => {
    const expected = { exitCode: 75, stdout: `${EXTERN_ID}none\n`, stderr: NOT_GIVEN_BACK };

    expect(guest.step('busy')).toEqual(expected);
  });

  test('is not released, which --json tells in one object on standard output', () => {
    const { stdout, stderr } = guest.step('release, busy');
    const [line = '', ...rest] = stdout.split('\n');

    expect(JSON.parse(line)).toMatchObject({ error: { code: 'REQUEST_TIMEOUT' } });
    expect(rest).toEqual(['75', 'none', '']);
    expect(stderr).toBe(NOT_GIVEN_BACK);
  });

  test('is released when it is busy no more', () => {
    expect(guest.step('release, not busy')).toEqual(
      printed(`IPI0001:00 is given back to ipmi_si\nipmi_si\n${EXTERN_ID}`),
    );
  });
});

test('the kernel never reset the BMC', () => {
  expect(guest.console).not.toMatch(/reset|hosed|wedged/i);
});
