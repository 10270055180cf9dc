/**
 * One command to the BMC through the kernel's driver, while that has it: by the character device
 * that `ipmi_devintf` makes of an interface. No device is made and no module is loaded for it.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { System } from '../files.ts';
import { devicePath } from './bus-device.ts';
import type { BusDevice } from './bus-device.ts';
import type { loadNative } from '../native.ts';

/** The kernel gives a BMC that does not answer up after 5 s, and says so. */
const TIMEOUT_MS = 6000;

const LOOK_MIN_MS = 1;
const LOOK_MAX_MS = 20;

/** More than the longest reply. */
const REPLY_BYTES = 256;

export interface KernelIpmi {
  readonly system: System;
  readonly load: typeof loadNative;
  readonly clock: Clock;
}

export interface KernelReply {
  readonly completionCode: number;
  readonly data: Uint8Array;
}

/** The character devices of an interface, such as `/dev/ipmi0`; at most one. */
export function nodesOf(device: BusDevice, system: System): readonly string[] {
  const names = system.list(`${devicePath(device)}/ipmi`);
  return names.filter((name) => /^ipmi\d+$/.test(name)).map((name) => `/dev/${name}`);
}

/**
 * Sends a command without data. `no way`: there is no such node, or no addon. Waits for 6 s at
 * most, and holds nothing up meanwhile. Throws what the system says.
 */
export async function askKernel(
  node: string,
  { netFn, cmd }: { readonly netFn: number; readonly cmd: number },
  { system, load, clock }: KernelIpmi,
): Promise<KernelReply | 'no way' | 'no answer'> {
  const native = load();
  if (native.kind === 'missing' || !system.exists(node)) return 'no way';
  const fd = system.open(node);
  try {
    const reply = new Uint8Array(REPLY_BYTES);
    native.messages.sendMessage(fd, netFn, cmd, new Uint8Array(), 0);
    const endMs = clock.now() + TIMEOUT_MS;
    for (let waitMs = LOOK_MIN_MS; ; waitMs = Math.min(2 * waitMs, LOOK_MAX_MS)) {
      const count = native.messages.receiveMessage(fd, reply, reply.length);
      if (count > 0) return { completionCode: reply[0] ?? 0, data: reply.slice(1, count) };
      if (clock.now() >= endMs) return 'no answer';
      await sleep(clock, waitMs);
    }
  } finally {
    system.close(fd);
  }
}
