/**
 * A host whose kernel driver has the interface, in a table, and what takes it from there: for
 * the tests of taking it and of giving it back.
 */

import { expect, onTestFinished } from 'vitest';

import type { ReleasedInterface } from '../../src/kernel/give-back.ts';
import type { Guardian } from '../../src/guardian.ts';
import { silentLog } from '../../src/log.ts';
import type { NativeLoad } from '../../src/native.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { TakeoverRecordFile } from '../../src/kernel/takeover-record.ts';
import { Takeover } from '../../src/kernel/takeover.ts';
import { Users } from '../../src/share/users.ts';
import { FakeSystem } from './fake-files.ts';
import type { FakeTable } from './fake-files.ts';
import { fakeNative } from './fake-native.ts';
import { tempFolder } from './temp-folder.ts';

export const BASE = 0xce4;
export const DEVICE = '/sys/bus/platform/devices/IPI0001:00';
export const DRIVER = '/sys/bus/platform/drivers/ipmi_si';
export const RECORD = '/run/ipmi-bt/bt-0xce4.taken';
export const PATIENCE_MS = 7000;

/** The changes that taking makes, and giving back. */
export const TAKING = [`replace ${RECORD}`, `write ${DRIVER}/unbind IPI0001:00`];
export const GIVING = [`write ${DRIVER}/bind IPI0001:00`, `remove ${RECORD}`];

export const UNBOUND: FakeTable = {
  '/proc/ioports': '0ce4-0ce6 : IPI0001:00\n',
  '/proc/self/ns/pid': { linkTo: 'pid:[4026531836]' },
  '/proc/7/fd/0': { linkTo: '/dev/null' },
  '/proc/7/comm': 'sh\n',
  [`${DRIVER}/bind`]: '',
  [`${DEVICE}/driver_override`]: '(null)\n',
};

export const BOUND: FakeTable = {
  ...UNBOUND,
  [`${DRIVER}/IPI0001:00/params`]: 'bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32\n',
  [`${DEVICE}/driver`]: { linkTo: '../../../../bus/platform/drivers/ipmi_si' },
  [`${DEVICE}/ipmi/ipmi0/dev`]: '246:0\n',
  '/dev/ipmi0': '',
};

/** Replies of the kernel's driver to Get Watchdog Timer: none, or completion code and data. */
export const STOPPED = [0x00, 0x04, 0, 0, 0, 0, 0, 0, 0];
export const RUNNING = [0x00, 0x44, 0, 0, 0, 0, 0, 0, 0];

export function kernelSays(reply: readonly number[]): () => NativeLoad {
  const load = fakeNative().load();
  if (load.kind === 'missing') throw new Error('bug: a fake that is missing');
  const receiveMessage = (_: number, target: Uint8Array): number => {
    target.set(reply);
    return reply.length;
  };
  return () => ({ ...load, messages: { ...load.messages, receiveMessage } });
}

export interface BenchOptions {
  readonly table?: FakeTable;
  readonly load?: () => NativeLoad;
  readonly folder?: string;
}

/** A process of its own, as far as locks are concerned. */
export function bench({
  table = BOUND,
  load = kernelSays(STOPPED),
  folder = tempFolder(),
}: BenchOptions) {
  const system = new FakeSystem(table);
  const obey = kernelOf(system);
  system.onChange(obey);
  const clock = new VirtualClock();
  const guardians: string[] = [];
  const users = new Users({ base: BASE, folder });
  onTestFinished(() => {
    users.close();
  });
  expect(users.enter()).toBe(true);
  const recordFile = new TakeoverRecordFile(BASE, system);
  const ports = [BASE, BASE + 1, BASE + 2];
  const guard = (): Guardian => {
    guardians.push('started');
    return { dismiss: () => void guardians.push('dismissed') };
  };
  const parts = { base: BASE, ports, system, users, recordFile, load, guard };
  const given = { ...parts, clock, log: silentLog };
  const takeover = new Takeover(given);
  const take = (force = false): Promise<void> =>
    clock.until(takeover.take(force, { deadlineMs: 30_000, signal: undefined }));
  return { system, obey, clock, takeover, users, recordFile, take, folder, guardians };
}

/** The kernel's part in a change: a link that comes and goes. */
function kernelOf(system: FakeSystem): (change: string) => void {
  return (change) => {
    if (change.startsWith(`write ${DRIVER}/unbind`)) unbind(system);
    if (change.startsWith(`write ${DRIVER}/bind`)) bind(system);
  };
}

function unbind(system: FakeSystem): void {
  system.set(`${DEVICE}/driver`, undefined);
  system.set(`${DRIVER}/IPI0001:00/params`, undefined);
}

function bind(system: FakeSystem): void {
  for (const path of [`${DEVICE}/driver`, `${DRIVER}/IPI0001:00/params`]) {
    system.set(path, BOUND[path]);
  }
}

/** An interface that is free from a time on, in looks. */
export function released(busyLooks = 0): ReleasedInterface & { readonly log: string[] } {
  const log: string[] = [];
  let looks = 0;
  return {
    log,
    patienceMs: PATIENCE_MS,
    reason: 'the BMC is busy: BT_CTRL reads 0x80 B_BUSY',
    look: () => {
      looks += 1;
      return looks > busyLooks;
    },
    release: () => {
      log.push('release');
    },
  };
}

/** The changes but for those that asking the watchdog makes. */
export function changesOf(system: FakeSystem): readonly string[] {
  return system.changes.filter((change) => !/^(open|close)/.test(change));
}

/** The content of the takeover record. */
export function textOf(system: FakeSystem): string {
  return system.readText(RECORD) ?? 'no record';
}
