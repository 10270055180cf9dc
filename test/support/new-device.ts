/** A device with nothing special about it, for tests of what `open()` does not let one choose. */

import { btInterface } from '../../src/bt/interface.ts';
import { Device } from '../../src/device/device.ts';
import type { DeviceParts } from '../../src/device/device.ts';
import { SystemInterface } from '../../src/device/system-interface.ts';
import type { InterfaceParts } from '../../src/device/system-interface.ts';
import type { InterfaceEvents } from '../../src/driver/machine.ts';
import { privateLock } from '../../src/share/lock.ts';
import { ownSettings } from '../../src/share/settings.ts';
import type { PortIo } from '../../src/port/port.ts';
import { Rollback } from '../../src/rollback.ts';
import { silentLog } from '../../src/log.ts';

/** What a test may have otherwise than usual. */
export type NewDeviceParts = DeviceParts & InterfaceParts;

/** What a test always brings, and what it has otherwise than usual. */
type Parts = Pick<NewDeviceParts, 'port' | 'clock'> & Partial<NewDeviceParts>;

export function newDevice(parts: Parts): Device {
  const { port } = parts;
  const { block = { base: 0xce4, spacing: 1, count: 3 } } = parts;
  const bt = { port, block, quirks: [], pollMs: 0, line: undefined, trace: undefined };
  const all = {
    block,
    newHardware: (events: InterfaceEvents) => btInterface(bt, events),
    lock: privateLock(port, 0),
    settings: ownSettings(),
    lockTimeoutMs: 30_000,
    log: silentLog,
    queueMax: 256,
    attemptMs: undefined,
    onQuiet: () => undefined,
    ...parts,
  };
  return new Device({
    name: 'bt0',
    base: block.base,
    backend: 'custom',
    newInterface: (sides) => new SystemInterface(all, sides),
    takenDevice: undefined,
    rollback: portRollback(port),
    ...all,
  });
}

/** The stack of a device that has nothing but its port. */
export function portRollback(port: PortIo): Rollback {
  const rollback = new Rollback();
  rollback.add({
    run: () => {
      port.close();
    },
  });
  return rollback;
}
