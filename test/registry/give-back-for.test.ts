/** Giving an interface back for a process that was killed, on hosts described in tables. */

import { expect, onTestFinished, test } from 'vitest';

import { giveBackFor } from '../../src/registry/give-back-for.ts';
import { loadNative } from '../../src/native.ts';
import type { NativeLoad } from '../../src/native.ts';
import { flockOf } from '../../src/share/flock.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { Users } from '../../src/share/users.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { accessesOf } from '../support/fake-native.ts';
import { BASE, BOUND, GIVING, RECORD, STOPPED, UNBOUND } from '../support/kernel-bench.ts';
import { bench, changesOf, kernelSays } from '../support/kernel-bench.ts';

const GUARDED = { base: BASE, spacing: 1, port: 'auto', pciDevice: undefined } as const;

const TAKEN = JSON.stringify({ bus: 'platform', device: 'IPI0001:00', keep: false });
const CLAIMED = JSON.stringify({ bus: 'platform', device: 'IPI0001:00', keep: true });

/** A host with a BMC, on which the process that took the interface is gone. */
function hostWith(table: FakeTable, silentMs = 0) {
  const { system, clock, folder, users } = bench({ table });
  // The place of the process that was killed.
  users.close();
  const bmc = new SimBmc({ clock, answer: () => (clock.now() < silentMs ? 'drop' : undefined) });
  const load = (): NativeLoad => {
    const native = kernelSays(STOPPED)();
    if (native.kind === 'missing') return native;
    const ports = {
      open: () => 1,
      release: () => undefined,
      ...accessesOf(bmc),
    };
    return { ...native, ports, locks: flockOf(loadNative()) };
  };
  const run = (): Promise<void> =>
    clock.until(giveBackFor(GUARDED, { clock, host: { files: system, folder, load } }));
  return { system, folder, bmc, run };
}

test('the driver is bound again, after the BMC has answered', async () => {
  const { system, bmc, run } = hostWith({ ...UNBOUND, [RECORD]: TAKEN });

  await run();

  expect(changesOf(system)).toEqual(GIVING);
  expect(bmc.executed.map(({ cmd }) => cmd)).toEqual([0x01]);
});

test('and when it does not, as the process itself would have done', async () => {
  const { system, run } = hostWith({ ...UNBOUND, [RECORD]: TAKEN }, Infinity);

  await run();

  expect(changesOf(system)).toEqual(GIVING);
});

test('what is claimed is left so', async () => {
  const { system, run } = hostWith({ ...UNBOUND, [RECORD]: CLAIMED });

  await run();

  expect(changesOf(system)).toEqual([]);
});

test('nothing is taken where the process was killed before it had unbound the driver', async () => {
  const { system, bmc, run } = hostWith({ ...BOUND, [RECORD]: TAKEN });

  await expect(run()).rejects.toThrow('PORT_CLAIMED');

  expect(changesOf(system)).toEqual([`remove ${RECORD}`]);
  expect(bmc.executed).toEqual([]);
});

test('it is left to another process that has taken it as well', async () => {
  const { system, folder, run } = hostWith({ ...UNBOUND, [RECORD]: TAKEN });
  const other = new Users({ base: BASE, folder });
  onTestFinished(() => {
    other.close();
  });
  expect([other.enter(), other.join(), other.settle()]).toEqual([true, 'first', true]);

  await run();

  expect(changesOf(system)).toEqual([]);
});
