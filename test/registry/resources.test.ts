/**
 * Ports of a PCI device: enabled by the process that takes it, and left to a driver that has
 * enabled it.
 */

import { expect, onTestFinished, test } from 'vitest';

import { acquireResources } from '../../src/registry/resources.ts';
import type { ResourceOptions } from '../../src/registry/resources.ts';
import { Rollback } from '../../src/rollback.ts';
import { silentLog } from '../../src/log.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { FakeSystem } from '../support/fake-files.ts';
import { fakeNative } from '../support/fake-native.ts';
import { FREE, SLOT, boundTo } from '../support/irq-bench.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** What taking the ports of the PCI device changes, and giving them back. */
async function changesWith(driver: string | undefined): Promise<readonly string[]> {
  const table = driver === undefined ? FREE : { ...FREE, ...boundTo(driver, SLOT) };
  const system = new FakeSystem(table);
  const clock = new VirtualClock();
  const options = {
    ...{ block: { base: 0xc010, spacing: 1, count: 3 }, pciDevice: '0000:00:02.0' },
    ...{
      port: 'native',
      irq: 'off',
      takeover: false,
      firstSeq: 0,
      clock,
      log: silentLog,
      deadlineMs: 1000,
      signal: undefined,
    },
  } satisfies ResourceOptions;
  const parts = { files: system, folder: tempFolder(), load: fakeNative().load };
  const rollback = new Rollback();
  onTestFinished(() => void rollback.runNow());

  await clock.until(acquireResources(options, rollback, parts));
  expect(rollback.runNow()).toEqual([]);
  return system.changes;
}

test('a PCI device without a driver is enabled while its ports are used', async () => {
  expect(await changesWith(undefined)).toEqual([
    `write ${SLOT}/enable 1`,
    `write ${SLOT}/enable 0`,
  ]);
});

test('a PCI device whose interrupt comes by UIO is enabled already, and nobody else may', async () => {
  expect(await changesWith('uio_pci_generic')).toEqual([]);
});

test('a PCI device with another driver is refused', async () => {
  await expect(changesWith('acme')).rejects.toThrow('PORT_CLAIMED');
});
