/**
 * Registration, from the name to bring-up, each step failing in turn: exactly the steps done are
 * undone, once, last first, and the next one finds everything as it was.
 */

import { readdirSync, readlinkSync } from 'node:fs';

import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { Host } from '../../src/registry/resources.ts';
import { silentLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';
import type { NativeLoad } from '../../src/native.ts';
import { targetAt } from '../../src/registry/target.ts';
import { register } from '../../src/registry/register.ts';
import type { Plan } from '../../src/registry/register.ts';
import { OpenDevices } from '../../src/registry/open-devices.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { systemError } from '../support/fake-native.ts';
import { BASE, DRIVER, RECORD, STOPPED, bench, kernelSays } from '../support/kernel-bench.ts';

/** For a host under load; what is waited for comes in a few turns. */
const PATIENCE = { timeout: 120_000, interval: 5 };

const ENDS = ['exit', 'SIGHUP', 'SIGINT', 'SIGTERM'] as const;

const BOUND_AGAIN = [`write ${DRIVER}/bind IPI0001:00`, `remove ${RECORD}`];
const UNBOUND = [`replace ${RECORD}`, `write ${DRIVER}/unbind IPI0001:00`];

/** What a test can have fail, and when. */
interface Troubles {
  /** Opening the ports. */
  ports?: boolean;
  /** Being let in by other processes. */
  entering?: boolean;
  /** Anything that is asked of the addon once the driver is unbound. */
  lock?: boolean;
  sink?: boolean;
  listening?: boolean;
  /** The BMC drops what it is asked. */
  bmc?: boolean;
  /** The BMC floats the bus. */
  away?: boolean;
  /** A change to the system whose text has this in it. */
  change?: string;
  /** The driver has the ports although it is unbound. */
  clinging?: boolean;
}

/** A host whose kernel driver has the interface, and everything that is done to it, in order. */
function hostWith(given: Troubles) {
  let troubles = given;
  const done: string[] = [];
  const { system, obey, clock, folder, users } = bench({});
  // The place of the bench's own takeover.
  users.close();
  let bmc = new SimBmc();
  let isUnbound = false;
  system.onChange((change) => {
    if (troubles.change !== undefined && change.includes(troubles.change)) throw new Error('EIO');
    obey(change);
    if (!/^(open|close)/.test(change)) done.push(change);
    if (!change.includes('bind')) return;
    isUnbound = change.includes('unbind');
    const owner = isUnbound && troubles.clinging === true ? 'ipmi_si' : 'IPI0001:00';
    system.set('/proc/ioports', `0ce4-0ce6 : ${owner}\n`);
  });

  const load = (): NativeLoad => {
    if (isUnbound && troubles.lock === true) throw new Error('bad addon');
    const native = kernelSays(STOPPED)();
    if (native.kind === 'missing') return native;
    const locks = { ...native.locks, tryShare: () => troubles.entering !== true };
    const ports = {
      open: () => {
        if (troubles.ports === true) throw systemError('EPERM', 1);
        done.push('ports');
        const answer = (): 'drop' | undefined => (troubles.bmc === true ? 'drop' : undefined);
        bmc = new SimBmc({ clock, answer });
        return 1;
      },
      release: () => {
        done.push('no ports');
        bmc.assertQuiet();
        bmc.close();
      },
      inb: (port: number) => (troubles.away === true ? 0xff : bmc.inb(port)),
      outb: (port: number, value: number) => {
        if (troubles.away !== true) bmc.outb(port, value);
      },
      readBytes: (port: number, target: Uint8Array, count: number) => {
        bmc.readBytes(port, target, count);
      },
      writeBytes: (port: number, source: Uint8Array, count: number) => {
        bmc.writeBytes(port, source, count);
      },
    };
    return { ...native, locks, ports };
  };

  const logger: Log = {
    ...silentLog,
    child: () => ({ ...silentLog, info: (_, text) => void done.push(`log ${text}`) }),
  };
  const trace = {
    write: () => undefined,
    get payload() {
      if (troubles.sink === true) throw new Error('bad sink');
      return false;
    },
  };
  const parts: Host = { files: system, folder, load };
  const change = (now: Troubles): void => {
    troubles = now;
  };
  const isListeningRefused = (): boolean => troubles.listening === true;
  return { done, clock, folder, parts, callers: { logger, trace }, change, isListeningRefused };
}

/** Registers on such a machine, in a process with nothing else open. */
function rig(given: Troubles) {
  const { done, clock, folder, parts, callers, change, isListeningRefused } = hostWith(given);
  const openDevices = new OpenDevices();
  const listeners = (): readonly number[] => ENDS.map((name) => process.listenerCount(name));
  const before = listeners();
  const refuse = (name: string | symbol): void => {
    if (isListeningRefused() && String(name).startsWith('SIG')) throw new Error('no signals');
  };
  process.on('newListener', refuse);
  onTestFinished(() => void process.off('newListener', refuse));

  const run = (bent: Partial<Host> = {}) => {
    const options: Plan['options'] = { base: BASE, takeover: true, clock, ...callers };
    const target = targetAt({ base: BASE, spacing: 1, count: 3 });
    const host = { ...parts, ...bent };
    const deadlineMs = clock.now() + 30_000;
    return clock.until(register({ options, target, firstSeq: 0, deadlineMs, openDevices, host }));
  };
  const expectNothingLeft = (): void => {
    expect(openDevices.devices).toEqual([]);
    expect(listeners()).toEqual(before);
    expect(clock.pending).toBe(0);
    expect(openIn(folder)).toEqual([]);
    // The name and the base are free.
    const entry = openDevices.add(BASE, true);
    expect(entry.name).toBe('bt0');
    entry.rollback.runNow();
  };
  return { done, clock, openDevices, run, change, expectNothingLeft };
}

/** Files of this folder that the process has open. */
function openIn(folder: string): readonly string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(`${folder}/`));
}

test('registers in steps, and close() undoes them all', async () => {
  const { done, clock, openDevices, run, expectNothingLeft } = rig({});

  const device = await run();
  expect([device.name, device.state, openDevices.devices]).toEqual(['bt0', 'ready', [device]]);
  expect(done.splice(0)).toEqual(['ports', ...UNBOUND, 'log open']);
  await clock.until(device.close());

  // The ports are let go of before the driver is bound, which then uses them.
  expect(done).toEqual(['no ports', ...BOUND_AGAIN, 'log close']);
  expectNothingLeft();
});

describe('when a step fails, exactly those before it are undone, last first:', () => {
  const CASES: readonly (readonly [string, Troubles, string, readonly string[]])[] = [
    ['the ports', { ports: true }, 'PORT_DENIED', []],
    ['entering', { entering: true }, 'DEVICE_LOCKED', ['ports', 'no ports']],
    ['the record', { change: RECORD }, 'EIO', ['ports', 'no ports']],
    [
      'unbinding',
      { change: '/unbind' },
      'PORT_CLAIMED',
      ['ports', `replace ${RECORD}`, `remove ${RECORD}`, 'no ports'],
    ],
    [
      'the look for owners',
      { clinging: true },
      'PORT_CLAIMED',
      ['ports', ...UNBOUND, 'no ports', ...BOUND_AGAIN],
    ],
    ['the lock', { lock: true }, 'bad addon', ['ports', ...UNBOUND, 'no ports', ...BOUND_AGAIN]],
    ['the device', { sink: true }, 'bad sink', ['ports', ...UNBOUND, 'no ports', ...BOUND_AGAIN]],
    [
      'listening for the end of the process',
      { listening: true },
      'no signals',
      ['ports', ...UNBOUND, 'log open', 'no ports', ...BOUND_AGAIN, 'log close'],
    ],
    [
      'bring-up',
      { bmc: true },
      'BMC_UNRESPONSIVE',
      ['ports', ...UNBOUND, 'log open', 'no ports', ...BOUND_AGAIN, 'log close'],
    ],
  ];

  test.each(CASES)('%s', async (...[, troubles, message, effects]) => {
    const { done, clock, run, change, expectNothingLeft } = rig(troubles);

    await expect(run()).rejects.toThrow(message);

    expect(done.splice(0)).toEqual(effects);
    expectNothingLeft();

    // And the next one does not know of it.
    change({});
    const device = await run();
    await clock.until(device.close());
    expectNothingLeft();
  });

  test('the base, which has an owner: nothing was done, so nothing is undone', async () => {
    const { done, clock, run, openDevices } = rig({});
    const owner = await run();
    done.length = 0;

    await expect(run()).rejects.toThrow(
      /^DEVICE_LOCKED: bt0 of this process \(pid \d+\) has 0xce4/,
    );

    expect(done).toEqual([]);
    expect(openDevices.devices).toEqual([owner]);
    await clock.until(owner.close());
  });

  test('the users file, in a folder that cannot be trusted', async () => {
    const { done, run, expectNothingLeft } = rig({});

    await expect(run({ folder: '/dev/null' })).rejects.toThrow('PORT_DENIED');

    expect(done).toEqual(['ports', 'no ports']);
    expectNothingLeft();
  });
});

test('when undoing fails, too, the rest is undone all the same, and both are told', async () => {
  const { done, run, expectNothingLeft } = rig({ clinging: true, change: '/bind' });

  await expect(run()).rejects.toThrow(
    /^BMC_UNRESPONSIVE: IPI0001:00 was not given back.*; before that: PORT_CLAIMED: /,
  );

  expect(done).toEqual(['ports', ...UNBOUND, 'no ports']);
  expectNothingLeft();
});

test('a BMC that is lost is looked for at once when another open() wants it', async () => {
  const { clock, run, change } = rig({});
  const device = await run();
  change({ away: true });
  await clock.until(device.request({ netFn: 6, cmd: 1 }, { timeoutMs: 20_000 }).catch(() => 0));
  // Long enough for the looks to be 30 s apart.
  await clock.pass(100_000);
  expect(device.state).toBe('lost');
  change({});

  await expect(run()).rejects.toThrow('has 0xce4 open, and its BMC is lost; use that one');
  await clock.pass(10);

  expect(device.state).toBe('ready');
  await clock.until(device.close());
});

test('the end of the process during open() undoes what was done so far', async () => {
  const { done, run, expectNothingLeft } = rig({ entering: true });
  const opening = run().catch((error: unknown) => error);
  // It has looked for a server first.
  await vi.waitFor(() => {
    expect(done).toEqual(['ports']);
  }, PATIENCE);

  for (const listener of process.listeners('exit').slice(-1)) listener(0);

  expect(done).toEqual(['ports', 'no ports']);
  await opening;
  expect(done).toEqual(['ports', 'no ports']);
  expectNothingLeft();
});
