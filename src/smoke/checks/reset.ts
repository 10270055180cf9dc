/**
 * `reset`: resets the BMC, or its interface, in the way that was asked for, once; waits until it is
 * back, and compares what it says of itself. A BMC takes one to five minutes, the interface alone
 * less than a second.
 */

import type { BtCapabilities } from '../../ipmi/bt-capabilities.ts';
import { isSameFirmware } from '../../ipmi/device-id.ts';
import type { DeviceId } from '../../ipmi/device-id.ts';
import { IpmiError } from '../../errors.ts';
import { Completion, codeText } from '../../ipmi/completion.ts';
import { sleep } from '../../clock.ts';
import { Skipped } from '../check.ts';
import type { Check, Means } from '../check.ts';
import { GET_DEVICE_ID, textOf, withDevice } from '../session.ts';
import type { Session } from '../session.ts';

/** Longer than any BMC takes to start. */
const BACK_WITHIN_MS = 480_000;

/** A BMC answers for a moment before it restarts; it must be back and stay so. */
const SETTLE_MS = 2000;

type Kind = NonNullable<Means['choices']['reset']>;

/** The BMC's words about itself. */
interface Self {
  readonly capabilities: BtCapabilities | undefined;
  readonly deviceId: DeviceId | undefined;
}

export const RESET: Check = {
  id: 'reset',
  question: 'Does the BMC come back from a reset, as it was?',
  risk: 'reset',
  changes: 'Resets the BMC, or its BT interface, once: Linux, other hosts and fans may notice.',
  isOnce: true,
  needs: ['bring-up'],
  limitSeconds: 600,
  run,
};

async function run(means: Means): Promise<void> {
  const { choices, report } = means;
  const kind = choices.reset;
  if (kind === undefined) throw new Skipped('no reset was asked for (--reset)', true);
  report.fact('reset', kind);
  const before = await withDevice(means, {}, async (session) => {
    // The BMC is lost, and found again, on purpose.
    session.excuse();
    const { capabilities, deviceId } = session.device;
    const isBack = (await resetOnce(session, kind)) && (await comesBack(session, kind));
    return isBack ? { capabilities, deviceId } : undefined;
  });
  if (before === undefined) return;
  const after = await withDevice(means, {}, ({ device: { capabilities, deviceId } }) =>
    Promise.resolve({ capabilities, deviceId }),
  );
  compare(means, before, after);
}

/** Sent once; false, and reported, when the BMC refuses. */
async function resetOnce({ device, means }: Session, kind: Kind): Promise<boolean> {
  const { report, signal } = means;
  try {
    const code = await device.reset(kind, { signal });
    if (code === Completion.OK) return true;
    const text = `the BMC refused the ${kind} reset with ${codeText(code)}`;
    report.fail('bt-reset', `${text}; try another kind`);
    return false;
  } catch (error) {
    // A BMC may restart before it answers.
    if (error instanceof IpmiError && error.outcome === 'unknown' && !signal.aborted) return true;
    throw error;
  }
}

async function comesBack({ device, means }: Session, kind: Kind): Promise<boolean> {
  const { subject, signal, report } = means;
  const startMs = subject.clock.now();
  try {
    await sleep(subject.clock, SETTLE_MS, signal);
    await device.request(GET_DEVICE_ID, { timeoutMs: BACK_WITHIN_MS, signal });
  } catch (error) {
    if (!(error instanceof IpmiError) || signal.aborted) throw error;
    const text = `the BMC did not come back from a ${kind} reset: ${textOf(error)}`;
    const advice = 'look at it over the network, or remove the power of the machine';
    report.fail('bt-reset', `${text}; ${advice}`);
    return false;
  }
  const seconds = (subject.clock.now() - startMs) / 1000;
  report.measure({ name: 'back-after', value: seconds, unit: 's' });
  return true;
}

function compare({ report }: Means, before: Self, after: Self): void {
  const [was, is] = [JSON.stringify(before.capabilities), JSON.stringify(after.capabilities)];
  if (was !== is) {
    const text = `the BT capabilities were ${was} before the reset and are ${is} now`;
    report.fail('bt-capabilities-changed', `${text}; run the check again, and report this`);
  }
  if (after.deviceId === undefined) {
    report.fail('bt-reset', 'the BMC came back without a device id; wait, and run bring-up again');
  } else if (before.deviceId !== undefined && !isSameFirmware(before.deviceId, after.deviceId)) {
    const versions = `${before.deviceId.firmwareRevision}, ${after.deviceId.firmwareRevision}`;
    const text = `another BMC, or other firmware, came back (${versions})`;
    report.warn('bt-reset', `${text}; see whether an update was waiting`);
  }
}
