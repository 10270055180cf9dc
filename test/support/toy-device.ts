/** A device whose interface is the toy one: everything above it is what `open()` builds for BT. */

import type { Clock } from '../../src/clock.ts';
import type { Device } from '../../src/device/device.ts';
import type { BmcInterface } from '../../src/driver/machine.ts';
import type { PortIo } from '../../src/port/port.ts';
import { Rollback } from '../../src/rollback.ts';
import { newDevice } from './new-device.ts';
import type { NewDeviceParts } from './new-device.ts';
import { TOY_BASE } from './toy-bmc.ts';
import { toyInterface } from './toy-interface.ts';

/** Puts a worse interface in place of the honest one. */
export type Worsen = (hardware: BmcInterface) => BmcInterface;

/** What a test has otherwise than usual. */
export interface ToyDeviceOptions extends Partial<Pick<NewDeviceParts, 'rollback' | 'onQuiet'>> {
  readonly worsen?: Worsen | undefined;
}

/** The BMC outlives the device: its port is not closed with it, unless `rollback` does. */
export function toyDevice(port: PortIo, clock: Clock, options: ToyDeviceOptions = {}): Device {
  const { worsen = same, ...parts } = options;
  return newDevice({
    ...{ port, clock, name: 'toy0', rollback: new Rollback() },
    block: { base: TOY_BASE, spacing: 1, count: 2 },
    newHardware: (events) => worsen(toyInterface({ port, base: TOY_BASE }, events)),
    ...parts,
  });
}

function same(hardware: BmcInterface): BmcInterface {
  return hardware;
}
