/**
 * Check `interrupt`: each reply raises one, which the kernel and the driver count alike; none comes
 * for nothing, and none is left after the device was closed.
 */

import { IntMask } from '../../bt/bits.ts';
import { sleep } from '../../clock.ts';
import type { Device } from '../../device/device.ts';
import { tellWay } from '../../irq/ways.ts';
import { Skipped } from '../check.ts';
import type { Check, Means } from '../check.ts';
import { intMaskText, withRegisters } from '../register-log.ts';
import type { RegisterLog } from '../register-log.ts';
import { GET_DEVICE_ID, withDevice } from '../session.ts';
import type { Subject } from '../subject.ts';

/** Requests that are measured, in a full run and in a quick one. */
const REQUESTS = [50, 10] as const;

/** The BMC's own enables are set by requests of the library, before which no interrupt comes. */
const FIRST_REQUESTS_MAX = 20;

/** After a reply, for its interrupt to arrive even if the reply was read before. */
const SETTLE_MS = 5;

/** With fewer of ten requests the interrupt is not worth anything. */
const LEAST_PART = 0.9;

/** The counts of driver and kernel may differ by an event, or by one that is on its way. */
const ALIKE_WITHIN = 2;

/** So many for each request, and these besides, are no storm: a BMC may have events as well. */
const MOST_A_REQUEST = 2;
const MOST_BESIDES = 10;

/** The line is watched for so long while nothing is sent, and after the device was closed. */
const QUIET_MS = [1000, 300] as const;

/** Interrupts that the BMC's events may raise in that time. */
const QUIET_MOST = 5;

export const INTERRUPT: Check = {
  id: 'interrupt',
  question: 'Does each reply raise one interrupt, and nothing else any?',
  risk: 'read-only',
  needs: ['registers'],
  limitSeconds: 60,
  run: async (means: Means): Promise<void> => {
    const { subject } = means;
    if (!subject.hasInterrupt()) throw new Skipped(await whyNone(subject), true);
    const before = await maskOf(means);
    await withDevice(means, { interrupt: true }, ({ device }) => watchDevice(device, means));
    await watchClosed(before, means);
  },
};

async function whyNone(subject: Subject): Promise<string> {
  const { base, spacing } = await subject.block();
  const { candidates } = subject.discovery();
  const irq = candidates.find((one) => one.space === 'io' && one.base === base)?.irq;
  const way = tellWay({ base, spacing, irq }, subject.files);
  return `there is no interrupt line, and the driver polls. ${way}`;
}

/** Reads BT_INTMASK while no device is open. */
async function maskOf(means: Means): Promise<RegisterLog> {
  return await withRegisters(means, (log) => {
    log.intMask();
    return log;
  });
}

interface Counts {
  readonly driver: number;
  readonly kernel: number | undefined;
}

function countsOf(device: Device, subject: Subject): Counts {
  return { driver: device.statistics().interrupts, kernel: subject.kernelInterrupts() };
}

async function watchDevice(device: Device, means: Means): Promise<void> {
  const { subject, report, amount, signal } = means;
  const firstRequests = await untilFirst(device, means);
  if (firstRequests === undefined) return;
  report.fact('requests-before-first', firstRequests);
  const requests = amount(...REQUESTS);
  const start = countsOf(device, subject);
  for (let sent = 0; sent < requests; sent += 1) {
    await device.request(GET_DEVICE_ID, { signal });
    await sleep(subject.clock, SETTLE_MS, signal);
    report.progress((0.7 * (sent + 1)) / requests);
  }
  const end = countsOf(device, subject);
  judge(difference(start, end), requests, means);
  await watchQuiet(device, means);
}

/** Sends requests until an interrupt came; undefined, and told, when none does. */
async function untilFirst(device: Device, { subject, report, signal }: Means) {
  const kernel = subject.kernelInterrupts();
  for (let sent = 1; sent <= FIRST_REQUESTS_MAX; sent += 1) {
    await device.request(GET_DEVICE_ID, { signal });
    await sleep(subject.clock, SETTLE_MS, signal);
    if (device.statistics().interrupts > 0) return sent;
  }
  const counted = difference({ driver: 0, kernel }, countsOf(device, subject)).kernel;
  const where =
    counted === undefined
      ? 'the kernel keeps no count'
      : counted > 0
        ? `the kernel has counted ${counted}, which do not reach this process`
        : 'the kernel has counted none either: the BMC does not raise them, or the number is wrong';
  report.fail(
    'bt-irq-dead',
    `no interrupt came with ${FIRST_REQUESTS_MAX} replies: ${where}. Compare the interrupt in ` +
      'the check firmware-agreement, and see ipmi-bt irq status; polling works meanwhile',
  );
  return undefined;
}

function judge({ driver, kernel }: Counts, requests: number, { report }: Means): void {
  const most = MOST_A_REQUEST * requests + MOST_BESIDES;
  report.measure({ name: 'requests', value: requests, unit: '1' });
  report.measure({ name: 'interrupts-driver', value: driver, unit: '1' });
  if (kernel !== undefined) report.measure({ name: 'interrupts-kernel', value: kernel, unit: '1' });
  const counts = `${requests} requests raised ${driver} interrupts by the driver's count`;
  const both = kernel === undefined ? counts : `${counts} and ${kernel} by the kernel's`;
  if (Math.max(driver, kernel ?? 0) > most) {
    report.fail('bt-irq-storm', `${both}, where ${requests} are due: ${STORM_ADVICE}`);
    return;
  }
  if (driver < LEAST_PART * requests) report.fail('bt-irq-dead', `${both}: ${LOST_ADVICE}`);
  else if (driver < requests) report.warn('bt-irq-dead', `${both}: ${LOST_ADVICE}`);
  if (kernel === undefined || Math.abs(driver - kernel) <= ALIKE_WITHIN) return;
  const text = `${both}: the counts differ, so that interrupts get lost on their way to the process`;
  const remedy = 'or another device shares the line; see /proc/interrupts';
  report.fail(driver < kernel ? 'bt-irq-dead' : 'bt-irq-storm', `${text}, ${remedy}`);
}

const STORM_ADVICE =
  'the line fires for nothing. Another device shares it, or the number is wrong: see ' +
  '/proc/interrupts and the check firmware-agreement';
const LOST_ADVICE =
  'some get lost, and each costs a reply some milliseconds. See whether another device shares the ' +
  'line (/proc/interrupts); --irq off polls';

/** With the device open and nothing sent. */
async function watchQuiet(device: Device, { subject, report, amount, signal }: Means) {
  const start = countsOf(device, subject);
  const quietMs = amount(...QUIET_MS);
  await sleep(subject.clock, quietMs, signal);
  const { driver, kernel } = difference(start, countsOf(device, subject));
  const most = Math.max(driver, kernel ?? 0);
  report.measure({ name: 'interrupts-at-rest', value: most, unit: '1' });
  report.progress(0.85);
  if (most <= QUIET_MOST) return;
  const text = `${most} interrupts came in ${quietMs} ms while nothing was sent`;
  report.fail('bt-irq-storm', `${text}, where ${QUIET_MOST} at most are due: ${STORM_ADVICE}`);
}

/** After the device was closed: no interrupt comes, and BT_INTMASK is as before. */
async function watchClosed(before: RegisterLog, means: Means) {
  const { subject, report, amount, signal } = means;
  const start = subject.kernelInterrupts();
  const quietMs = amount(...QUIET_MS);
  await sleep(subject.clock, quietMs, signal);
  const end = subject.kernelInterrupts();
  const came = start === undefined || end === undefined ? 0 : end - start;
  report.measure({ name: 'interrupts-after-close', value: came, unit: '1' });
  if (came > 0) {
    const text = `${came} interrupts came in the ${quietMs} ms after the device was closed`;
    report.fail('bt-irq-left', `${text}: no process waits for them. ${STORM_ADVICE}`);
  }
  const after = await maskOf(means);
  const found = before.lastMask & IntMask.B2H_IRQ_EN;
  const left = after.lastMask;
  const isLatched = (left & ~before.lastMask & IntMask.B2H_IRQ) !== 0;
  if ((left & IntMask.B2H_IRQ_EN) === found && !isLatched) return;
  report.fail(
    'bt-irq-left',
    `BT_INTMASK is not as it was found: it read ${intMaskText(before.lastMask)} before the ` +
      `device was opened, and ${intMaskText(left)} after it was closed. The register does not ` +
      'read back what is written, or another process uses the interrupt (ipmi-bt irq status)',
    [...before.lines, ...after.lines],
  );
}

function difference(start: Counts, end: Counts): Counts {
  const driver = end.driver - start.driver;
  const isCounted = start.kernel !== undefined && end.kernel !== undefined;
  return { driver, kernel: isCounted ? end.kernel - start.kernel : undefined };
}
