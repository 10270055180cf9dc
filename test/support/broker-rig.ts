/** A broker over an opened device of a simulated BMC, on a virtual clock. */

import { expect, onTestFinished } from 'vitest';

import { open } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';
import { Broker } from '../../src/serve/broker.ts';
import type { BrokerClient } from '../../src/serve/broker-client.ts';
import type { Opener } from '../../src/serve/opener.ts';
import { NO_GRANTS } from '../../src/serve/policy.ts';
import type { Grants } from '../../src/serve/policy.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

/** The user that the server runs as in tests: not root. */
export const SERVER_UID = 990;

/** A process of root that has opened the device file. */
export function rootOf(pid: number): Opener {
  return { door: 'device', pid, uid: 0, gid: 0 };
}

/** A process of a user that is not root. */
export function userOf(uid: number, gid = uid): Opener {
  return { door: 'socket', pid: 100_000 + uid, uid, gid };
}

/** A line of the log. */
export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly fields: object;
}

/** A log that keeps its lines from `info` on. */
export function keepingLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep =
    (level: string) =>
    (fields: object, text: string): void =>
      void lines.push({ level, text, fields });
  const log: Log = {
    ...silentLog,
    ...{ info: keep('info'), warn: keep('warn'), error: keep('error') },
    child: () => log,
  };
  return { log, lines };
}

export interface BrokerRig {
  readonly clock: VirtualClock;
  readonly bmc: SimBmc;
  readonly device: Device;
  readonly broker: Broker;
  readonly lines: readonly LogLine[];
  /** Opens a client for a process of root. */
  readonly client: (pid: number) => BrokerClient;
}

/** Wires all of it; after the test, no timer and no request may be left. */
export async function brokerRig(
  options: SimOptions = {},
  grants: Grants = NO_GRANTS,
): Promise<BrokerRig> {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, ...options });
  const device = await clock.until(open({ base: bmc.base, port: bmc, clock }));
  const { log, lines } = keepingLog();
  const broker = new Broker({ device, grants, serverUid: SERVER_UID, clock, log });
  onTestFinished(async () => {
    broker.close();
    await clock.until(device.close());
    await clock.pass(1);
    expect(clock.pending).toBe(0);
    expect(broker.status()).toMatchObject({ waiting: 0, isBusy: false, clients: [] });
  });
  return { clock, bmc, device, broker, lines, client: (pid) => broker.open(rootOf(pid)) };
}
