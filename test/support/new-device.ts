/** A device with nothing special about it, for tests of what `open()` does not let one choose. */

import { Device } from '../../src/device/device.ts';
import type { DeviceParts } from '../../src/device/device.ts';
import { NO_LOCK } from '../../src/share/lock.ts';
import { silentLog } from '../../src/log.ts';

/** What a test always brings, and what it has otherwise than usual. */
type Parts = Pick<DeviceParts, 'port' | 'clock'> & Partial<DeviceParts>;

export function newDevice(parts: Parts): Device {
  return new Device({
    name: 'bt0',
    backend: 'custom',
    block: { base: 0xce4, spacing: 1, count: 3 },
    lock: NO_LOCK,
    lockTimeoutMs: 30_000,
    log: silentLog,
    queueMax: 256,
    attemptMs: undefined,
    firstSeq: 0,
    quirks: [],
    calmMs: 0,
    line: undefined,
    giveBack: undefined,
    onClosed: () => undefined,
    ...parts,
  });
}
