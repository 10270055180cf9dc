/**
 * `ipmi-bt smoke` as root with Debian's kernel, QEMU's BMC and its interrupt line, and then beside
 * `ipmi_si`: verdicts, reports, and that nothing on the machine or the BMC is different afterwards.
 * Time in this guest is what it executes, so that no check depends on the load of the host.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { greatest, least } from '../support/lists.ts';
import { checkOcptv } from '../support/ocptv-oracle.ts';
import type { Ocptv } from '../support/ocptv-oracle.ts';
import { columnOf, columnOfRuns, outcomesOf } from '../smoke/where.ts';
import { printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';

const JSON_SMOKE = 'ipmi-bt --json smoke';
const TAKING = 'ipmi-bt --takeover --json smoke --quick --skip share';

/** The checks of `--write`, and those that they need. */
const WRITING = 'bring-up,enables,platform-event,sel-entry,torn-frame';

const DEVICE = '/sys/bus/platform/devices/IPI0001:00';

/**
 * All that a run could leave on the machine, but for the files of the lock, which stay, and what is
 * only counted.
 */
const MACHINE = `cat /proc/ioports; readlink ${DEVICE}/driver; cat ${DEVICE}/driver_override
ls /dev/ipmi* /dev/uio* /run/ipmi-bt/*.taken 2> /dev/null; cat /proc/locks; cut -d ' ' -f 1 /proc/modules
grep -l 'ipmi-bt/[d]ist' /proc/[0-9]*/cmdline 2> /dev/null; true`;

/** Global Enables, and the number of entries of the SEL with the times of the last changes. */
const BMC = 'ipmi-bt raw 6 0x2f; ipmi-bt raw 0x0a 0x40';
const KERNELS_BMC = 'ipmitool raw 6 0x2f; ipmitool raw 0x0a 0x40';

/** Slurm kills a health check after 60 s, and the documents promise half of that. */
const QUICK_MS = 30_000;

const UNTIL_BOUND =
  'until test -e /sys/bus/platform/drivers/ipmi_si/IPI0001:00 -a -e /dev/ipmi0; do usleep 20000; done';

/** Waits until no guardian is left; grep does not find itself. */
const NO_GUARDIAN =
  "while grep -l 'guardian[.]cjs' /proc/[0-9]*/cmdline > /dev/null 2>&1; do usleep 20000; done";

let guest: GuestResult;

/** Ends a run by a signal when its output says so, and prints what it had said by then. */
function ended(command: string, name: string, when: string): string {
  const start = `rm -f /tmp/said; ${command} > /tmp/said & pid=$!`;
  const wait = `until grep -q '${when}' /tmp/said 2> /dev/null; do usleep 10000; done`;
  return `${start}; ${wait}; kill -${name} $pid; wait $pid; code=$?; cat /tmp/said; exit $code`;
}

beforeAll(async () => {
  guest = await bootGuest({
    ...{ bmc: 'sim', modules: ['ipmi_bt_uio'], isCounted: true, timeoutMs: 540_000 },
    steps: stepsOf({
      bind: '/usr/sbin/depmod 2> /dev/null; ipmi-bt irq bind; ipmi-bt raw 6 1 > /dev/null',
      'before, machine': MACHINE,
      'before, BMC': BMC,
      quick: `${JSON_SMOKE} --quick --seed 1`,
      text: 'ipmi-bt smoke --seed 2 --skip share',
      SIGINT: ended('ipmi-bt smoke --seed 3', 'INT', 'ok    registers'),
      SIGKILL: ended(`${JSON_SMOKE} --seed 4`, 'KILL', '"name":"bring-up-p50"'),
      'after, machine': MACHINE,
      'after, BMC': BMC,
      write: `${JSON_SMOKE} --write --quick --only ${WRITING}`,
      reset: `${JSON_SMOKE} --reset cold --yes --only reset`,
      'after writing': BMC,
      ...besideTheKernel(),
    }),
  });
});

function besideTheKernel(): Record<string, string> {
  return {
    load: 'ipmi-bt irq unbind > /dev/null; modprobe -a ipmi_si ipmi_devintf; rm -rf /tmp/said',
    'beside, machine': MACHINE,
    'beside, BMC': KERNELS_BMC,
    refused: 'ipmi-bt smoke --quick',
    taking: TAKING,
    kernels: 'ipmitool mc info',
    nagios: 'ipmi-bt --takeover smoke --quick --nagios --only owner,registers,bring-up,teardown',
    'nagios, refused': 'ipmi-bt smoke --quick --nagios --only owner',
    'taking, SIGKILL': ended(TAKING, 'KILL', '"name":"bring-up-p50"'),
    'given back': `${UNTIL_BOUND}; ${NO_GUARDIAN}; ipmitool mc info | head -1`,
    'beside, machine after': MACHINE,
    'beside, BMC after': KERNELS_BMC,
  };
}

/** The report of a step, which must be valid whatever the run has found. */
function reportOf(name: string): Ocptv {
  const { stdout, stderr } = guest.step(name);
  const report = checkOcptv(stdout);
  expect({ stderr, problems: report.problems }).toEqual({ stderr: '', problems: [] });
  return report;
}

function failuresOf({ diagnoses }: Ocptv): readonly string[] {
  return diagnoses.filter((diagnosis) => diagnosis.startsWith('FAIL '));
}

describe('with a BMC and a line that work', () => {
  test('--quick passes, in less than 30 s', () => {
    const report = reportOf('quick');
    const times = report.artifacts.map(({ timestamp }) => Date.parse(timestamp));

    expect(failuresOf(report)).toEqual([]);
    expect(report.end).toBe('COMPLETE PASS');
    expect(guest.step('quick').exitCode).toBe(0);
    expect(greatest(times) - least(times)).toBeLessThan(QUICK_MS);
  });

  test('the report in words ends with the verdict, and says what was not done', () => {
    const { exitCode, stdout, stderr } = guest.step('text');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ipmi-bt \S+ smoke: 15 checks of .*, port 0xce4, seed 2\n/);
    expect(stdout).toContain('interrupts-driver       50\n      interrupts-kernel       50\n');
    expect(stdout).toMatch(/skip +abandon[^]*this BMC\s+takes\s+no\s+time/);
    expect(stdout).toMatch(/\nPASS after .*\(exit code 0\): 14 of 15 checks passed/);
  });

  test('--write finds that QEMU drops events, and nothing else', () => {
    const report = reportOf('write');
    const red = outcomesOf(report).filter(({ cell }) => cell !== 'runs');

    expect(red).toEqual([{ id: 'platform-event', cell: 'red' }]);
    expect(failuresOf(report)).toEqual(['FAIL bt-event-lost']);
    expect(guest.step('write').exitCode).toBe(1);
  });

  test('--reset finds the BMC as it was before', () => {
    expect(reportOf('reset').end).toBe('COMPLETE PASS');
    expect(guest.step('reset').exitCode).toBe(0);
  });

  test('each check ends as in the table', () => {
    const runs = ['quick', 'write', 'reset'].map(reportOf).map(outcomesOf);

    expect(columnOfRuns(...runs)).toEqual(columnOf('guest'));
  });
});

describe('a run that is ended in the middle', () => {
  test('by SIGINT reports what was done, and exits with 130', () => {
    const { exitCode, stdout } = guest.step('SIGINT');

    expect(exitCode).toBe(130);
    expect(stdout).toContain('ok    registers');
    expect(stdout).toMatch(/\n.*after .*\(exit code 130\): interrupted by SIGINT after \d+ of 16/);
  });

  test.each(['SIGKILL', 'taking, SIGKILL'])('by SIGKILL leaves valid lines: %s', (name) => {
    const report = checkOcptv(guest.step(name).stdout);
    const open = report.steps.filter(([, status]) => status === 'open');

    expect(report.problems).toEqual([]);
    expect(report.end).toBeUndefined();
    expect(report.steps.slice(0, 4).map(([id]) => id)).toEqual([
      ...['host', 'owner', 'firmware-agreement', 'registers'],
    ]);
    expect(open.length).toBeLessThanOrEqual(1);
    expect(guest.step(name).exitCode).toBe(137);
  });
});

describe('afterwards nothing is different', () => {
  test('on the machine', () => {
    expect(guest.step('after, machine')).toEqual(guest.step('before, machine'));
    expect(guest.step('after, machine').stdout).toContain('ipmi_bt_uio\n');
  });

  test('on the BMC, unless something was to be written', () => {
    const [enables, sel] = guest.step('before, BMC').stdout.split('\n');
    const [enablesAfter, selAfter] = guest.step('after writing').stdout.split('\n');

    expect(guest.step('after, BMC')).toEqual(guest.step('before, BMC'));
    expect(sel).toMatch(/^ 51 00 00 /);
    // The event, and the entry of the check.
    expect(selAfter).toMatch(/^ 51 02 00 /);
    expect(enablesAfter).toBe(enables);
  });

  test('beside ipmi_si', () => {
    expect(guest.step('beside, machine after')).toEqual(guest.step('beside, machine'));
    expect(guest.step('beside, machine').stdout).toContain('/ipmi_si\n');
    expect(guest.step('beside, BMC after')).toEqual(guest.step('beside, BMC'));
    expect(guest.console).not.toMatch(/BUG|WARNING|Oops|Call Trace|nobody cared/);
  });
});

describe('beside ipmi_si', () => {
  test('it is refused without --takeover, and says so', () => {
    const { exitCode, stdout, stderr } = guest.step('refused');

    expect({ exitCode, stderr }).toEqual({ exitCode: 75, stderr: '' });
    expect(stdout).toMatch(/^ERROR: smoke test: .*owner: .*ipmi_si has IPI0001:00.*--takeover/);
  });

  test('it borrows the interface and gives it back', () => {
    const report = reportOf('taking');

    expect(report.end).toBe('COMPLETE PASS');
    expect(guest.step('taking').exitCode).toBe(0);
    expect(columnOfRuns(outcomesOf(report))).toEqual(columnOf('ipmi_si'));
    expect(guest.step('kernels')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(guest.step('kernels').stdout).toMatch(/^Device ID +: 32\n/);
  });

  test('it is a plugin of Nagios', () => {
    expect(guest.step('nagios')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(guest.step('nagios').stdout).toMatch(/^BT OK - 4 of 4 checks passed.*\n$/);
    expect(guest.step('nagios, refused')).toMatchObject({ exitCode: 3, stderr: '' });
    expect(guest.step('nagios, refused').stdout).toMatch(/^BT UNKNOWN - .*ipmi_si.*\n$/);
  });

  test('a run that is killed gives it back', () => {
    expect(guest.step('given back')).toEqual(
      printed(guest.step('kernels').stdout.replace(/\n[^]*/, '\n')),
    );
  });
});
