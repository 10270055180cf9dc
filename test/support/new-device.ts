/** A device with nothing special about it, for tests of what `open()` does not let one choose. */

import { btInterface } from '../../src/bt/interface.ts';
import { Device } from '../../src/device/device.ts';
import type { DeviceParts } from '../../src/device/device.ts';
import { privateLock } from '../../src/share/lock.ts';
import type { PortIo } from '../../src/port/port.ts';
import { Rollback } from '../../src/rollback.ts';
import { silentLog } from '../../src/log.ts';

/** What a test always brings, and what it has otherwise than usual. */
type Parts = Pick<DeviceParts, 'port' | 'clock'> & Partial<DeviceParts>;

export function newDevice(parts: Parts): Device {
  const { port } = parts;
  const block = { base: 0xce4, spacing: 1, count: 3 };
  const bt = { port, block, quirks: [], pollMs: 0, line: undefined, trace: undefined };
  return new Device({
    name: 'bt0',
    backend: 'custom',
    block,
    newHardware: (events) => btInterface(bt, events),
    lock: privateLock(port, 0),
    lockTimeoutMs: 30_000,
    log: silentLog,
    queueMax: 256,
    attemptMs: undefined,
    takenDevice: undefined,
    onQuiet: () => undefined,
    rollback: portRollback(port),
    ...parts,
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
