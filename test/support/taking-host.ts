/**
 * A host in a table whose kernel driver has the interface, with a simulated BMC behind the ports:
 * for tests of what takes it and gives it back as a whole.
 */

import { flockOf } from '../../src/share/flock.ts';
import { loadNative } from '../../src/native.ts';
import type { NativeLoad } from '../../src/native.ts';
import type { Host } from '../../src/registry/resources.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { FakeTable } from './fake-files.ts';
import { accessesOf } from './fake-native.ts';
import { BOUND, STOPPED, bench, kernelSays } from './kernel-bench.ts';

export function takingHost(table: FakeTable = BOUND) {
  const { system, clock, folder, users } = bench({ table });
  users.close();
  const bmc = new SimBmc({ clock });
  /** `started`, `dismissed`: the guardians, in order. */
  const guardians: string[] = [];
  const claims: number[] = [];
  const load = (): NativeLoad => {
    const native = kernelSays(STOPPED)();
    if (native.kind === 'missing') return native;
    const ports = {
      // Of the addon, one claim at a time has a port.
      open: (base: number) => {
        if (claims.length > 0) throw new Error(`EBUSY: ${claims.join()} is claimed`);
        return claims.push(base);
      },
      release: () => {
        claims.length = 0;
      },
      ...accessesOf(bmc),
    };
    return { ...native, ports, locks: flockOf(loadNative()) };
  };
  const host: Host = {
    ...{ files: system, folder, load },
    startGuardian: () => {
      guardians.push('started');
      return { dismiss: () => void guardians.push('dismissed') };
    },
  };
  return { system, clock, bmc, guardians, claims, host };
}
