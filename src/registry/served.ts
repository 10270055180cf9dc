/**
 * The choice between the ports of an interface and the server that has it, and the device over a
 * server. Where a server lives nothing touches a register, whatever was asked for.
 */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { Device } from '../device/device.ts';
import { IpmiError, hex } from '../errors.ts';
import { limitWarnings, logOf, silentLog } from '../log.ts';
import { allOf, failuresOf } from '../rollback.ts';
import { ServedInterface } from '../serve/client.ts';
import { LastingLink } from '../serve/lasting-link.ts';
import { HELLO_MS, connectServer, servedError } from '../serve/link.ts';
import type { Link, LinkOptions } from '../serve/link.ts';
import { SERVE_FOLDER, baseOfSocket, socketPath } from '../serve/place.ts';
import { LOCK_TIMEOUT_MS, QUEUE_MAX } from './open-options.ts';
import type { OpenOptions } from './open-options.ts';
import { openEntry, register } from './register.ts';
import type { Plan } from './register.ts';
import { THIS_HOST } from './resources.ts';

/**
 * Opens the interface by the way that the options choose. Rejects with `DEVICE_ABSENT` when a
 * server is wanted and there is none, and with `DEVICE_LOCKED` when the ports are, and a server has
 * them.
 */
export async function openByWay(plan: Plan): Promise<Device> {
  const { port, via = 'auto' } = plan.options;
  if (typeof port === 'object' || via === 'ports') return await register(plan);
  const { base } = plan.target.block;
  const link = await connectServer(base, linkOptions(plan));
  if (link !== undefined) return await openServed(plan, link);
  if (via === 'auto') return await register(plan);
  const path = socketPath(base, folderOf(plan));
  const text = `no server has ${hex(base)}: none listens at ${path}`;
  throw new IpmiError('DEVICE_ABSENT', `${text} (start one with \`ipmi-bt serve\`)`);
}

/** The interfaces that may have a server, lowest port first: there is a socket of that name. */
export function servedBases({ files, serveFolder = SERVE_FOLDER } = THIS_HOST): readonly number[] {
  const bases = files.list(serveFolder).flatMap((name) => baseOfSocket(name) ?? []);
  return bases.sort((one, other) => one - other);
}

function folderOf({ host = THIS_HOST }: Plan): string | undefined {
  return host.serveFolder;
}

/** The options of a connection for this plan. */
export function linkOptions(plan: Plan): LinkOptions {
  const { clock = systemClock, signal } = plan.options;
  return { clock, signal, deadlineMs: plan.deadlineMs, folder: folderOf(plan) };
}

async function openServed(plan: Plan, link: Link): Promise<Device> {
  try {
    checkNeeds(plan.options, link);
    const entry = openEntry(plan);
    try {
      entry.device = newDevice(plan, link, entry);
      plan.openDevices.watchExits();
      await bringUp(plan, entry.device);
      return entry.device;
    } catch (error) {
      if (entry.device !== undefined) await entry.device.close();
      throw allOf([error, ...(await failuresOf(entry.rollback, 'go on'))]);
    }
  } catch (error) {
    link.end();
    throw error;
  }
}

/** Refuses options for which the registers are needed. */
function checkNeeds(options: OpenOptions, link: Link): void {
  const { trace, record, irq = 'off', takeover = false, quirks = [], port } = options;
  const needs = {
    ...{ trace: trace !== undefined, record: record !== undefined, port: port !== undefined },
    ...{ irq: irq !== 'off', takeover: takeover !== false, quirks: quirks.length > 0 },
  };
  const name = Object.entries(needs).find(([, isNeeded]) => isNeeded)?.[0];
  if (name === undefined) return;
  throw servedError(link, `the option ${name} works only without a server`);
}

function newDevice(
  plan: Plan,
  link: Link,
  { name, rollback }: ReturnType<typeof openEntry>,
): Device {
  const { options } = plan;
  const { clock = systemClock, logger = silentLog, queueMax = QUEUE_MAX } = options;
  const { lockTimeoutMs = LOCK_TIMEOUT_MS, attemptTimeoutMs: attemptMs } = options;
  const { base } = link;
  const log = limitWarnings(logOf(logger).child({ dev: name }), () => clock.now());
  const device = new Device({
    ...{
      name,
      base,
      backend: 'serve',
      takenDevice: undefined,
      lockTimeoutMs,
      clock,
      log,
      rollback,
    },
    newInterface: (sides) => {
      const lasting = lastingLink(plan, link, clock);
      return new ServedInterface({ link: lasting, clock, name, queueMax, attemptMs }, sides);
    },
  });
  log.info({ base, backend: 'serve', server: link.pid }, 'open');
  return device;
}

function lastingLink(plan: Plan, link: Link, clock: Clock): LastingLink {
  const { base } = link;
  return new LastingLink({
    ...{ link, clock },
    connect: (signal) => {
      const deadlineMs = clock.now() + HELLO_MS;
      return connectServer(base, { clock, signal, deadlineMs, folder: folderOf(plan) });
    },
  });
}

async function bringUp({ options, deadlineMs }: Plan, device: Device): Promise<void> {
  const { clock = systemClock, bringUp: mode = 'full', signal } = options;
  const attemptMs = options.attemptTimeoutMs;
  await device.bringUp(mode, { clock, deadlineMs, attemptMs, signal });
}
