/**
 * Gives an interface back for a process that took it from its kernel driver and ended without doing
 * so: joins the takeover that is on record, and leaves it as the last does.
 */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { GuardedInterface } from '../guardian.ts';
import { noGuardian } from '../guardian.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { btBlock } from '../port/register-block.ts';
import { OpenDevices } from './open-devices.ts';
import { OPEN_TIMEOUT_MS } from './open-options.ts';
import { register } from './register.ts';
import { THIS_HOST } from './resources.ts';
import type { Host } from './resources.ts';
import { targetAt } from './target.ts';

/** This host and its time; only tests pass others. */
export interface GiveBackOptions {
  readonly clock?: Clock;
  readonly host?: Host;
}

/**
 * Resolves when the interface is given back, or needs not be: a driver has it, it is claimed, or
 * another process has taken it as well. Rejects as `close()` does when it cannot be given back.
 */
export async function giveBackFor(
  guarded: GuardedInterface,
  { clock = systemClock, host = THIS_HOST }: GiveBackOptions = {},
): Promise<void> {
  const { base, spacing, port, pciDevice } = guarded;
  const device = await register({
    options: { bringUp: 'lazy', clock, ...(port === 'auto' ? {} : { port }) },
    isRejoining: true,
    target: { ...targetAt(btBlock(base, spacing)), pciDevice },
    firstSeq: Math.floor(Math.random() * 256),
    deadlineMs: clock.now() + OPEN_TIMEOUT_MS,
    openDevices: new OpenDevices(),
    host: { ...host, startGuardian: noGuardian },
  });
  // Takes out of the way what the process has left on the wire; the BMC need not answer.
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID };
  await device.request(question).catch(() => undefined);
  await device.close();
}
