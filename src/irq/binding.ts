/**
 * Binds the driver that hands the interrupt of an interface on to user space, and unbinds it. The
 * device is assigned to the driver by `driver_override`: no other device of its kind goes there,
 * and the device goes nowhere else.
 */

import { IpmiError, hex } from '../errors.ts';
import { fileTrouble, isDenied, isRoot } from '../file-trouble.ts';
import type { System } from '../files.ts';
import { driverOf, driverPath, overrideOf, readOverride } from '../kernel/bus-device.ts';
import type { BusDevice, Owner } from '../kernel/bus-device.ts';
import { IPMI_SI } from '../kernel/ipmi-si.ts';
import { findDevice } from '../kernel/port-owner.ts';
import { UIO_DRIVER, leavesPorts } from '../kernel/uio-drivers.ts';
import type { TakeoverRecordFile } from '../kernel/takeover-record.ts';
import type { Users } from '../share/users.ts';
import { runSteps } from '../rollback.ts';
import { hasModule, isLoaded } from '../kernel/module.ts';
import type { LoadModule } from '../kernel/module.ts';
import { uioOf } from './uio-device.ts';
import { BOUND_BY, whyMissing } from './ways.ts';
import type { Interrupted } from './ways.ts';

/** The parts of the host that binding needs. */
export interface BindHost {
  readonly system: System;
  /** The record of a takeover from the kernel's driver at this base. */
  readonly recordFile: Pick<TakeoverRecordFile, 'read'>;
  /** The processes that use the ports at this base. */
  readonly users: Pick<Users, 'isAlone' | 'others' | 'close'>;
  readonly loadModule: LoadModule;
}

/** A device whose interrupt comes to user space. */
export interface Bound extends Owner {
  /** Such as `/dev/uio0`. */
  readonly uio: string;
}

/**
 * Binds the driver, or finds it bound. Rejects with everything as it was: `PORT_CLAIMED` when
 * another driver has the device, `PORT_UNSUPPORTED` when there is none for it, `PORT_DENIED`.
 */
export async function bindUio(interrupted: Interrupted, host: BindHost): Promise<Bound> {
  const { system, loadModule } = host;
  const device = deviceAt(interrupted.base, system);
  if (leavesPorts(driverOf(device, system))) return check(device, system);
  const driver = BOUND_BY[device.bus];
  checkFree(interrupted.base, device, host);
  checkModule(interrupted, { ...device, driver }, system);
  let bound!: Bound;
  const steps = [
    {
      run: () => {
        if (isLoaded(device.bus, driver, system)) return;
        loadModule(driver, ...parametersOf(driver, interrupted));
      },
      // A driver that has no device does nothing.
      undo: () => undefined,
    },
    {
      run: () => write(system, overrideOf(device), driver),
      // It may name another driver by now, which is not ours to clear.
      undo: async () => {
        const override = readOverride(device, system);
        if (override !== '' && override !== driver) return;
        await write(system, overrideOf(device), '\n');
      },
    },
    {
      run: () => write(system, `/sys/bus/${device.bus}/drivers_probe`, device.device),
      undo: () => unbind(device, system),
    },
    { run: () => void (bound = check(device, system)), undo: () => undefined },
  ];
  await runSteps(steps, 'go on');
  return bound;
}

/**
 * Unbinds it, and leaves the device without a driver; undefined when none of those was bound.
 * Rejects with `DEVICE_LOCKED` while another process uses the interface.
 */
export async function unbindUio(base: number, host: BindHost): Promise<Owner | undefined> {
  const { system, users } = host;
  const device = deviceAt(base, system);
  const driver = driverOf(device, system);
  const isBound = leavesPorts(driver);
  try {
    // A PCI device is disabled with it, and a process that has it open would lose the BMC.
    if (isBound && !users.isAlone()) {
      const text = `${users.others(system)} uses the interface at ${hex(base)}`;
      throw new IpmiError('DEVICE_LOCKED', `${text}; end it, then unbind`);
    }
    if (leavesPorts(readOverride(device, system))) await write(system, overrideOf(device), '\n');
    await unbind(device, system);
  } finally {
    users.close();
  }
  return isBound ? { ...device, driver } : undefined;
}

function deviceAt(base: number, system: System): BusDevice {
  const device = findDevice(base, system);
  if (device !== undefined) return device;
  const text = `the kernel shows no device at ${hex(base)}, so there is nothing to bind`;
  throw new IpmiError('DEVICE_ABSENT', `${text} (${permissionHint()}ipmi-bt locate --explain)`);
}

/** The kernel shows some devices to root only. */
function permissionHint(): string {
  return isRoot() ? '' : 'run as root; ';
}

function checkFree(base: number, device: BusDevice, { system, recordFile }: BindHost): void {
  const driver = driverOf(device, system);
  const claim = `ipmi-bt claim --base ${hex(base)}`;
  const record = recordFile.read();
  if (driver === IPMI_SI) throw claimed(device, `the kernel driver ${driver} has it`, claim);
  if (driver !== '') throw claimed(device, `the kernel driver ${driver} has it`, 'unbind that');
  if (record?.keep === false) {
    throw claimed(device, `it is borrowed from ${record.driver} for one command`, claim);
  }
  const override = readOverride(device, system);
  if (!leavesPorts(override) && override !== '') {
    throw claimed(device, `${overrideOf(device)} keeps it for ${override}`, 'clear that');
  }
}

function claimed({ device }: BusDevice, reason: string, remedy: string): IpmiError {
  return new IpmiError('PORT_CLAIMED', `${device} is not bound: ${reason} (first: ${remedy})`);
}

function checkModule(interrupted: Interrupted, { bus, driver }: Owner, system: System): void {
  if (!isLoaded(bus, driver, system) && !hasModule(driver, system)) {
    const text = `the interrupt needs ${whyMissing(driver, system)}`;
    throw new IpmiError('PORT_UNSUPPORTED', text);
  }
  const path = `/sys/module/${driver}/parameters/spacing`;
  const loaded = system.readText(path)?.trimEnd() ?? String(interrupted.spacing);
  if (driver !== UIO_DRIVER || loaded === String(interrupted.spacing)) return;
  const text = `${driver} is loaded for registers ${loaded} apart, not ${interrupted.spacing}`;
  throw new IpmiError('PORT_UNSUPPORTED', `${text} (modprobe -r ${driver}, then again)`);
}

function parametersOf(driver: string, { spacing }: Interrupted): readonly string[] {
  return driver === UIO_DRIVER && spacing !== 1 ? [`spacing=${spacing}`] : [];
}

function check(device: BusDevice, system: System): Bound {
  const driver = driverOf(device, system);
  const uio = uioOf(device, system);
  if (!leavesPorts(driver) || uio === undefined) {
    const text = `${BOUND_BY[device.bus]} did not take ${device.device}`;
    throw new IpmiError('PORT_UNSUPPORTED', `${text}: the log of the kernel says why (dmesg)`);
  }
  if (!system.exists(uio)) {
    const text = `${device.device} is ${uio}, which is not in /dev`;
    throw new IpmiError('PORT_UNSUPPORTED', `${text} (a container needs --device ${uio})`);
  }
  return { ...device, driver, uio };
}

async function unbind(device: BusDevice, system: System): Promise<void> {
  const driver = driverOf(device, system);
  if (!leavesPorts(driver)) return;
  await write(system, `${driverPath({ ...device, driver })}/unbind`, device.device);
}

async function write(system: System, path: string, text: string): Promise<void> {
  try {
    await system.write(path, text);
  } catch (cause) {
    if (isDenied(cause)) throw fileTrouble(path, cause);
    const { message } = cause as NodeJS.ErrnoException;
    throw new IpmiError('PORT_UNSUPPORTED', `${path}: ${message}`, { cause });
  }
}
