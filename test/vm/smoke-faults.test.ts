/**
 * `ipmi-bt smoke` with a BMC of other authors, with BMCs of the test's own that have a fault each,
 * and with firmware that lies: the check that is there for it turns red, and none before it.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { type38 } from '../support/hosts.ts';
import { offenders } from '../support/lists.ts';
import { checkOcptv } from '../support/ocptv-oracle.ts';
import type { Ocptv } from '../support/ocptv-oracle.ts';
import { columnOf, columnOfRuns, outcomesOf } from '../smoke/where.ts';
import { dropping, refusingAtStart, wedging, withDeadLine } from './failing-bmcs.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import * as setup from './ipmi-sim-setup.ts';
import { IpmiSim, compileSdrs } from './ipmi-sim.ts';
import { baseOf } from './machine.ts';
import { stepsOf } from './steps.ts';

/** The faults, in the order of the interfaces behind that of `ipmi_sim`. */
const FAULTS = [
  {
    name: 'an interrupt line that is dead',
    bmc: withDeadLine,
    only: 'interrupt',
    finds: { interrupt: 'FAIL bt-irq-dead' },
  },
  {
    name: 'a BMC that wedges',
    bmc: wedging,
    only: 'bring-up,pace,not-wedged',
    finds: { pace: 'FAIL bt-wedged', 'not-wedged': 'FAIL bt-wedged' },
  },
  {
    name: 'a BMC that drops an answer now and then',
    bmc: dropping,
    only: 'bring-up,pace',
    finds: { pace: 'FAIL bt-pace' },
  },
  {
    name: 'a BMC that answers 0xD5 while it is brought up',
    bmc: refusingAtStart,
    only: 'bring-up-race',
    finds: { 'bring-up-race': 'FAIL bt-forged-completion' },
  },
] as const;

const LIAR = 'firmware that lies';

/** It announces memory where the ports are, as that of the kernel log of 2018 does. */
const LYING = [type38({ base: 0xce4n })];

/**
 * A check has all the time of the guest, and so has a run: with `--total-time` those of `--quick`
 * have no limit together. A round takes longer than that second, so that there is one.
 */
const PATIENT = '--timeout 300 --total-time 1s';

const TIMEOUT_MS = 540_000;

/** An answer is not there before the request can be abandoned, however the host holds it up. */
const ANSWER_MS = 5;

/** The interface of `ipmi_sim`, which has no interrupt, is behind the first of the faults. */
const SIM = `ipmi-bt --base 0x${baseOf(1).toString(16)} --json smoke --quick ${PATIENT}`;
const WRITING = 'enables,platform-event,sel-entry,torn-frame';

let guest: GuestResult;
let liar: GuestResult;

function baseOfFault(index: number): string {
  return `0x${baseOf(index === 0 ? 0 : index + 1).toString(16)}`;
}

function faultSteps(): Record<string, string> {
  const runs = FAULTS.map(({ name, only }, index) => {
    const smoke = `ipmi-bt --base ${baseOfFault(index)} --json smoke --quick ${PATIENT}`;
    return [name, `${smoke} --only ${only}`] as const;
  });
  return Object.fromEntries(runs);
}

beforeAll(async () => {
  const sdrs = await compileSdrs(setup.SDRS);
  const commands = setup.commands(sdrs);
  const sim = new IpmiSim({ commands, guid: setup.GUID_SENT, delayMs: ANSWER_MS });
  const [first, ...others] = FAULTS.map(({ bmc }) => bmc());
  if (first === undefined) throw new Error('bug: there is no fault');
  guest = await bootGuest({
    bmc: [first, sim, ...others],
    modules: ['ipmi_bt_uio'],
    timeoutMs: TIMEOUT_MS,
    steps: stepsOf({
      load: `/usr/sbin/depmod 2> /dev/null; ipmi-bt irq bind --base ${baseOfFault(0)}`,
      ...faultSteps(),
      reading: `${SIM} --skip event-loop`,
      writing: `${SIM} --write --only ${WRITING}`,
      'writing, allowed': `${SIM} --write --only ${WRITING} --allow-skip platform-event`,
    }),
  });
});

beforeAll(async () => {
  liar = await bootGuest({
    ...{ bmc: 'sim', tables: { smbios: LYING }, isCounted: true, timeoutMs: TIMEOUT_MS },
    steps: stepsOf({ [LIAR]: 'ipmi-bt --json smoke --quick --skip share' }),
  });
});

/** The report of a step, which must be valid whatever the run has found. */
function reportOf(name: string): Ocptv {
  const { stdout, stderr } = (name === LIAR ? liar : guest).step(name);
  const report = checkOcptv(stdout);
  expect({ stderr, problems: report.problems }).toEqual({ stderr: '', problems: [] });
  return report;
}

function failuresOf({ diagnoses }: Ocptv): readonly string[] {
  return [...new Set(diagnoses.filter((diagnosis) => diagnosis.startsWith('FAIL ')))];
}

describe('a fault turns the check red that is there for it, and the exit code is 1:', () => {
  test.each(FAULTS)('$name', ({ name, finds }) => {
    const report = reportOf(name);
    // A host may be so quick that a second round begins in time.
    const red = columnOfRuns(outcomesOf(report)).filter(({ cell }) => cell !== 'runs');

    expect(red).toEqual(Object.keys(finds).map((id) => ({ id, cell: 'red' })));
    expect(failuresOf(report)).toEqual([...new Set(Object.values(finds))]);
    expect(report.end).toBe('COMPLETE FAIL');
    expect(guest.step(name).exitCode).toBe(1);
  });

  test('firmware that calls the ports memory, and nothing else is wrong', () => {
    const report = reportOf(LIAR);
    const red = outcomesOf(report).filter(({ cell }) => cell === 'red');

    expect(red).toEqual([{ id: 'firmware-agreement', cell: 'red' }]);
    expect(failuresOf(report)).toEqual(['FAIL bt-firmware-disagrees']);
    expect(liar.step(LIAR).stdout).toContain('SMBIOS says memory 0xce4, but IPI0001:00 has ports');
    expect(liar.step(LIAR).exitCode).toBe(1);
  });

  test('each as in the table', () => {
    const runs = [LIAR, ...FAULTS.map(({ name }) => name)].map(reportOf).map(outcomesOf);

    expect(columnOfRuns(...runs)).toEqual(columnOf('faulty'));
  });
});

describe('behind ipmi_sim', () => {
  test('the checks that only read pass', () => {
    const report = reportOf('reading');

    expect(failuresOf(report)).toEqual([]);
    expect(report.end).toBe('COMPLETE PASS');
    expect(guest.step('reading').exitCode).toBe(0);
  });

  test('so do those that write, but for a command that it does not know', () => {
    const report = reportOf('writing');
    const unlike = offenders(columnOfRuns(outcomesOf(report)), ({ cell }) => cell !== 'runs');

    expect(unlike).toEqual([{ id: 'platform-event', cell: 'skips' }]);
    expect(guest.step('writing').exitCode).toBe(1);
    expect(guest.step('writing, allowed').exitCode).toBe(0);
  });

  test('each as in the table', () => {
    const runs = ['reading', 'writing'].map(reportOf).map(outcomesOf);

    expect(columnOfRuns(...runs)).toEqual(columnOf('ipmi_sim'));
  });
});
