/**
 * What must be had before a register may be touched: a way to the ports, a place among the
 * processes that use the interface, and the certainty that no driver of the kernel does. These are
 * steps: what was had is let go when the rest cannot be.
 */

import { portRange, registerPorts } from '../port/register-block.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Backend } from '../device/device.ts';
import { PciPort } from '../port/pci-port.ts';
import { IpmiError } from '../errors.ts';
import { systemFiles } from '../files.ts';
import type { System } from '../files.ts';
import { findUio } from '../irq/uio-device.ts';
import { driverOf } from '../kernel/bus-device.ts';
import { checkUnclaimed } from '../kernel/port-owner.ts';
import { leavesPorts } from '../kernel/uio-drivers.ts';
import { LOCK_FOLDER } from '../share/lock-file.ts';
import { InterfaceLock, NO_LOCK } from '../share/lock.ts';
import type { Lock } from '../share/lock.ts';
import type { Log } from '../log.ts';
import { loadNative } from '../native.ts';
import { openPort } from '../port/open-port.ts';
import type { OpenedPort } from '../port/open-port.ts';
import type { IrqChoice, IrqLine } from '../port/irq-line.ts';
import type { PortIo } from '../port/port.ts';
import { openUioLine } from '../port/uio-line.ts';
import { TakeoverRecordFile } from '../kernel/takeover-record.ts';
import { Takeover } from '../kernel/takeover.ts';
import type { Patience } from '../kernel/takeover.ts';
import { Users } from '../share/users.ts';
import { both, runSteps, undoSteps } from '../rollback.ts';
import type { Step } from '../rollback.ts';

/** How often a place is asked for while another process binds a driver. */
const LOOK_MS = 10;

/** Where the ports are; only tests bring their own. */
export interface Machine {
  readonly files: System;
  /** Of the lock files. */
  readonly folder: string;
  readonly load: typeof loadNative;
}

const THIS_MACHINE: Machine = { files: systemFiles, folder: LOCK_FOLDER, load: loadNative };

export interface ClaimOptions extends Patience {
  readonly block: RegisterBlock;
  readonly port: 'native' | 'dev-port' | 'auto' | PortIo;
  /** The PCI device that has to be enabled while its ports are used. */
  readonly pciDevice?: string | undefined;
  /** Where the interrupt arrives. */
  readonly irq: IrqChoice;
  readonly takeover: boolean | 'force';
  readonly clock: Clock;
  readonly log: Log;
}

/** The ports, and what keeps others away from them. */
export interface Claim {
  readonly port: PortIo;
  readonly backend: Backend;
  readonly lock: Lock;
  /** Undefined where only timers tell. */
  readonly line: IrqLine | undefined;
  readonly takeover: Takeover | undefined;
  /** Lets go of the place; port, lock, line and takeover are their users' to close. Idempotent. */
  leave(): void;
  /** Lets go of everything, where no user came of it. Rejects with what could not be let go. */
  abandon(): Promise<void>;
}

export async function claimPorts(options: ClaimOptions, machine = THIS_MACHINE): Promise<Claim> {
  const { block, port: kind } = options;
  if (typeof kind === 'object') return customClaim(kind, options.irq);
  const { files, folder, load } = machine;
  const { base } = block;
  let opened!: OpenedPort;
  let users!: Users;
  let takeover: Takeover | undefined;
  let lock!: InterfaceLock;
  let port!: PortIo;
  let line: IrqLine | undefined;
  const steps: readonly Step[] = [
    {
      run: () => void (opened = openPort({ kind, range: portRange(block), files, load })),
      undo: () => opened.port.close(),
    },
    {
      run: () => void (users = new Users({ base, folder, load })),
      undo: () => users.close(),
    },
    { run: () => enter(users, options, files), undo: nothing },
    {
      run: async () => void (takeover = await take(users, options, machine)),
      undo: () => takeover?.abandon(),
    },
    { run: () => checkUnclaimed(registerPorts(block), files), undo: nothing },
    {
      run: () => void (lock = new InterfaceLock({ base, folder, load })),
      undo: () => lock.close(),
    },
    // Not before its driver is unbound: the kernel enables no device that has one.
    {
      run: () => void (port = enable(opened.port, options, files)),
      undo: () => (port === opened.port ? undefined : port.close()),
    },
    { run: () => void (line = openLine(options, machine)), undo: () => line?.close() },
  ];
  await runSteps(steps, 'go on');
  return {
    ...{ ...opened, port, lock, line, takeover },
    leave: () => users.close(),
    abandon: () => abandon(steps),
  };
}

function enable(port: PortIo, { pciDevice }: ClaimOptions, files: System): PortIo {
  if (pciDevice === undefined) return port;
  // A driver that leaves the ports to us has enabled the device, and then nobody else can.
  const isEnabled = leavesPorts(driverOf({ bus: 'pci', device: pciDevice }, files));
  return isEnabled ? port : new PciPort(port, pciDevice, files);
}

/** The line that was asked for; undefined where none was, or `auto` finds none. */
function openLine(options: ClaimOptions, { files, load }: Machine): IrqLine | undefined {
  const { irq, block, log } = options;
  if (typeof irq === 'object') return irq;
  if (irq === 'off') return undefined;
  const path = irq === 'auto' ? findUio(block.base, files) : irq;
  if (path !== undefined) return openUioLine(path, { system: files, load });
  log.info({ base: block.base }, 'no interrupt line is bound');
  return undefined;
}

/** Only who made the port knows who else can reach it. */
function customClaim(port: PortIo, irq: IrqChoice): Claim {
  const line = typeof irq === 'object' ? irq : undefined;
  const abandon = (): Promise<void> => {
    line?.close();
    port.close();
    return Promise.resolve();
  };
  return {
    port,
    backend: 'custom',
    lock: NO_LOCK,
    line,
    takeover: undefined,
    leave: nothing,
    abandon,
  };
}

async function abandon(steps: readonly Step[]): Promise<void> {
  const failures = await undoSteps(steps, 'go on');
  if (failures.length > 0) throw failures.reduce((before, failure) => both(failure, before));
}

async function enter(
  users: Users,
  { clock, deadlineMs, signal }: ClaimOptions,
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
  options: ClaimOptions,
  { files, load }: Machine,
): Promise<Takeover | undefined> {
  if (options.takeover === false) return undefined;
  const { block, clock, log } = options;
  const { base } = block;
  const takeover = new Takeover({
    base,
    ports: registerPorts(block),
    system: files,
    users,
    recordFile: new TakeoverRecordFile(base, files),
    load,
    clock,
    log,
  });
  await takeover.take(options.takeover === 'force', options);
  return takeover;
}

function nothing(): void {
  // There is nothing to let go of.
}
