/**
 * Acquires everything that must be held before a register may be touched: the ports, a place among
 * the processes that use the interface, and the certainty that no kernel driver uses it. Each step
 * pushes its undo onto the stack that the device closes with.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Backend } from '../device/device.ts';
import { IpmiError } from '../errors.ts';
import { systemFiles } from '../files.ts';
import type { System } from '../files.ts';
import { noGuardian, startGuardian } from '../guardian.ts';
import type { StartGuardian } from '../guardian.ts';
import { findUio } from '../irq/uio-device.ts';
import { UNTOUCHED } from '../kernel/give-back.ts';
import type { ReleasedInterface } from '../kernel/give-back.ts';
import { driverOf } from '../kernel/bus-device.ts';
import { checkUnclaimed } from '../kernel/port-owner.ts';
import { leavesPorts } from '../kernel/uio-drivers.ts';
import { TakeoverRecordFile } from '../kernel/takeover-record.ts';
import { Takeover } from '../kernel/takeover.ts';
import type { Patience } from '../kernel/takeover.ts';
import type { Log } from '../log.ts';
import { loadNative } from '../native.ts';
import type { IrqChoice, IrqLine } from '../port/irq-line.ts';
import { openPort } from '../port/open-port.ts';
import { PciPort } from '../port/pci-port.ts';
import type { PortIo } from '../port/port.ts';
import { portRange, registerPorts } from '../port/register-block.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { openUioLine } from '../port/uio-line.ts';
import type { Rollback } from '../rollback.ts';
import { checkUnserved } from '../serve/link.ts';
import { LOCK_FOLDER } from '../share/lock-file.ts';
import { InterfaceLock, privateLock } from '../share/lock.ts';
import type { Lock } from '../share/lock.ts';
import type { SequenceStore } from '../share/sequence-numbers.ts';
import { closeSettings, ownSettings, sharedSettings } from '../share/settings.ts';
import type { Settings } from '../share/settings.ts';
import { Users } from '../share/users.ts';

/** Interval between two tries while another process gives the interface back to its driver. */
const LOOK_MS = 10;

/** The host that has the ports; only tests pass another. */
export interface Host {
  readonly files: System;
  /** Folder of the lock files. */
  readonly folder: string;
  /** Folder of the sockets of servers; that of this host when absent. */
  readonly serveFolder?: string;
  readonly load: typeof loadNative;
  /** Starts the guardian of an interface that was taken; none when absent. */
  readonly startGuardian?: StartGuardian;
}

/** The host that this process runs on. */
export const THIS_HOST: Host = {
  files: systemFiles,
  folder: LOCK_FOLDER,
  load: loadNative,
  startGuardian,
};

export interface ResourceOptions extends Patience {
  readonly block: RegisterBlock;
  readonly port: 'native' | 'dev-port' | 'auto' | PortIo;
  /** The PCI device that has to be enabled while its ports are used. */
  readonly pciDevice?: string | undefined;
  /** The line that the interrupt arrives on. */
  readonly irq: IrqChoice;
  /** `rejoin`: nothing is taken, and what is on record is given back. */
  readonly takeover: boolean | 'force' | 'rejoin';
  /** The sequence number to begin with when none is known of an earlier process. */
  readonly firstSeq: number;
  /** Memory of the processes that had a `PortIo` before; that of this process when absent. */
  readonly store?: SequenceStore | undefined;
  /** The lock of a `PortIo` that several devices share; it has none to share when absent. */
  readonly ownLock?: Lock | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** The ports, and the locks that keep other users away from them. */
export interface Resources {
  readonly port: PortIo;
  readonly backend: Backend;
  readonly lock: Lock;
  readonly settings: Settings;
  /** Undefined where there is no interrupt line. */
  readonly line: IrqLine | undefined;
  readonly takeover: Takeover | undefined;
  /** Takes the interface as it was left, which is given back to a kernel driver like that. */
  readonly onQuiet: (released: ReleasedInterface) => void;
}

/** Acquires the resources. Rejects when one fails; `rollback` then undoes the others. */
export async function acquireResources(
  options: ResourceOptions,
  rollback: Rollback,
  host = THIS_HOST,
): Promise<Resources> {
  const { block, port: kind } = options;
  if (typeof kind === 'object') return customResources(kind, options, rollback);
  const { files, folder, load } = host;
  const { base } = block;
  await checkUnserved(base, { ...options, folder: host.serveFolder });
  const opened = openPort({ kind, range: portRange(block), files, load });
  const { instead: reason } = opened;
  if (reason !== undefined) options.log.info({ base, reason }, 'ports are used through /dev/port');
  let { port } = opened;
  rollback.add({ run: () => port.close() });
  const users = new Users({ base, folder, load });
  rollback.add({ run: () => users.close() });
  await enter(users, options, files);

  // The ports are released before a kernel driver is bound again.
  let left: ReleasedInterface = { ...UNTOUCHED, release: () => port.close() };
  const takeover = await take(users, options, host);
  if (takeover !== undefined) {
    rollback.add({
      run: () => takeover.giveBack(left),
      runNow: () => takeover.giveBackNow(left),
    });
  }
  checkUnclaimed(registerPorts(block), files);
  const lock = new InterfaceLock({ base, firstSeq: options.firstSeq, folder, load });
  rollback.add({ run: () => lock.close() });
  const settings = sharedSettings({ base, folder, load, log: options.log });
  rollback.add({
    run: () => {
      closeSettings(settings);
    },
  });
  // After the takeover, because the kernel enables no PCI device that has a driver.
  port = enable(port, options, files);
  const line = openLine(options, host);
  if (line !== undefined) rollback.add({ run: () => line.close() });
  const onQuiet = (released: ReleasedInterface): void => {
    left = released;
  };
  return { port, backend: opened.backend, lock, settings, line, takeover, onQuiet };
}

function enable(port: PortIo, { pciDevice }: ResourceOptions, files: System): PortIo {
  if (pciDevice === undefined) return port;
  // A bound driver that leaves the ports free has enabled the device, and no other process can.
  const isEnabled = leavesPorts(driverOf({ bus: 'pci', device: pciDevice }, files));
  return isEnabled ? port : new PciPort(port, pciDevice, files);
}

/** Opens the line that was asked for; undefined when none was, or `auto` finds none. */
function openLine(options: ResourceOptions, { files, load }: Host): IrqLine | undefined {
  const { irq, block, log } = options;
  if (typeof irq === 'object') return irq;
  if (irq === 'off') return undefined;
  const path = irq === 'auto' ? findUio(block.base, files) : irq;
  if (path !== undefined) return openUioLine(path, { system: files, load });
  log.info({ base: block.base }, 'no interrupt line is bound');
  return undefined;
}

/** The resources of a `PortIo` object; only its maker knows what else can reach the interface. */
function customResources(
  port: PortIo,
  { irq, clock, firstSeq, store, ownLock }: ResourceOptions,
  rollback: Rollback,
): Resources {
  const line = typeof irq === 'object' ? irq : undefined;
  port.open?.(clock);
  rollback.add({ run: () => port.close() });
  if (line !== undefined) rollback.add({ run: () => line.close() });
  const onQuiet = (): void => undefined;
  const lock = ownLock ?? privateLock(port, firstSeq, store);
  const own = { lock, settings: ownSettings() };
  return { port, backend: 'custom', ...own, line, takeover: undefined, onQuiet };
}

async function enter(
  users: Users,
  { clock, deadlineMs, signal }: ResourceOptions,
  files: System,
): Promise<void> {
  while (!users.enter()) {
    if (clock.now() >= deadlineMs) {
      const text = `${users.others(files)} is giving the interface back to its driver`;
      throw new IpmiError('DEVICE_LOCKED', `${text}; wait for it`);
    }
    await sleep(clock, LOOK_MS, signal);
  }
}

async function take(
  users: Users,
  options: ResourceOptions,
  host: Host,
): Promise<Takeover | undefined> {
  if (options.takeover === false) return undefined;
  const { files, load, startGuardian: start = noGuardian } = host;
  const { block, port, pciDevice, clock, log } = options;
  const { base, spacing } = block;
  const way = typeof port === 'object' ? 'auto' : port;
  const takeover = new Takeover({
    base,
    ports: registerPorts(block),
    system: files,
    users,
    recordFile: new TakeoverRecordFile(base, files),
    load,
    guard: () => start({ base, spacing, port: way, pciDevice }),
    clock,
    log,
  });
  if (options.takeover === 'rejoin') await takeover.rejoin(options);
  else await takeover.take(options.takeover === 'force', options);
  return takeover;
}
