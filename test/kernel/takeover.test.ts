/**
 * Taking an interface from the kernel's driver, on hosts described in tables: the users that are in
 * the way, and what is undone when a step fails.
 */

import { describe, expect, test } from 'vitest';

import { noNative } from '../support/fake-native.ts';
import {
  BOUND,
  DEVICE,
  DRIVER,
  GIVING,
  RECORD,
  RUNNING,
  TAKING,
  UNBOUND,
  bench,
  changesOf,
  kernelSays,
  released,
} from '../support/kernel-bench.ts';
import type { BenchOptions } from '../support/kernel-bench.ts';
import type { FakeSystem } from '../support/fake-files.ts';

test('takes the device from its driver, the record first, and gives it back in reverse', async () => {
  const { system, clock, takeover, take } = bench({});

  await take();
  expect(changesOf(system)).toEqual(TAKING);
  expect(takeover.device).toBe('IPI0001:00');
  const free = released();
  await clock.until(takeover.giveBack(free));

  expect(changesOf(system)).toEqual([...TAKING, ...GIVING]);
  expect(free.log).toEqual(['release']);
  expect(clock.pending).toBe(0);
});

test('does not give back what a driver of interrupts has meanwhile, and stays on record', async () => {
  const { system, clock, takeover, take } = bench({});
  const free = released();
  await take();
  system.set(`${DEVICE}/driver`, { linkTo: '../../../../bus/platform/drivers/ipmi_bt_uio' });

  await expect(clock.until(takeover.giveBack(free))).rejects.toThrow(
    'BMC_UNRESPONSIVE: IPI0001:00 was not given back to ipmi_si: ipmi_bt_uio has it, ' +
      'first: ipmi-bt irq unbind --base 0xce4 (later: ipmi-bt release --base 0xce4)',
  );
  expect(changesOf(system)).toEqual(TAKING);
});

test('has nothing to take or to give back where no driver has the ports', async () => {
  const { system, clock, takeover, take } = bench({ table: UNBOUND });

  await take();
  await clock.until(takeover.giveBack(released()));

  expect(system.changes).toEqual([]);
  expect(takeover.device).toBeUndefined();
});

describe('is refused, and nothing has changed, when', () => {
  const opened = { '/proc/7/fd/5': { linkTo: '/dev/ipmi0' } };
  const hidden = { '/proc/8/fd': { denied: 'EACCES: permission denied' } };
  const others = { '/proc/self/ns/pid': { linkTo: 'pid:[4026532198]' } };
  const cases: readonly [string, BenchOptions, string][] = [
    [
      'a process has its character device open',
      { table: { ...BOUND, ...opened } },
      'pid 7 (sh) has /dev/ipmi0 open',
    ],
    [
      'it cannot be seen what a process has open',
      { table: { ...BOUND, ...hidden } },
      'the open files of pid 8 cannot be read (EACCES: permission denied)',
    ],
    [
      'not all processes are seen',
      { table: { ...BOUND, ...others } },
      'not all processes can be seen from inside a container',
    ],
    [
      'the watchdog of the BMC runs',
      { load: kernelSays(RUNNING) },
      'the BMC watchdog is running and would no longer be reset',
    ],
    [
      'the kernel does not answer for the BMC in 6 s',
      { load: kernelSays([]) },
      'the state of the BMC watchdog is unknown: Get Watchdog Timer failed',
    ],
    [
      'the BMC answers something else',
      { load: kernelSays([0xd2]) },
      'the state of the BMC watchdog is unknown: Get Watchdog Timer failed',
    ],
    [
      'several are in the way',
      { table: { ...BOUND, ...opened }, load: kernelSays(RUNNING) },
      'pid 7 (sh) has /dev/ipmi0 open; the BMC watchdog is running and would no longer be reset',
    ],
  ];

  test.each(cases)('%s; but not with force', async (_, options, text) => {
    const { system, take } = bench(options);

    await expect(take()).rejects.toThrow(
      `PORT_CLAIMED: 0xce4 is not taken from ipmi_si: ${text} (use the option takeover: 'force' to take it anyway)`,
    );
    expect(changesOf(system)).toEqual([]);

    await take(true);
    expect(changesOf(system)).toEqual(TAKING);
  });

  test('/proc cannot be read', async () => {
    const table = { ...BOUND, '/proc': { denied: 'EACCES' } };

    await expect(bench({ table }).take()).rejects.toThrow('/proc cannot be read');
  });

  test('the driver is another one, force or not', async () => {
    const table = { ...UNBOUND, [`${DEVICE}/driver`]: { linkTo: '../drivers/acme' } };
    const { system, take } = bench({ table });

    await expect(take(true)).rejects.toThrow(/PORT_CLAIMED: .* driver acme has IPI0001:00/);
    expect(system.changes).toEqual([]);
  });
});

describe('the BMC itself must be asked for its watchdog', () => {
  const cases: readonly [string, BenchOptions, boolean, boolean][] = [
    ['not when the kernel has answered', {}, false, false],
    ['when there is no addon', { load: noNative }, false, true],
    ['not with force', { load: noNative }, true, false],
  ];

  test.each(cases)('%s', async (...[, options, force, expected]) => {
    const { takeover, take } = bench(options);
    await take(force);

    expect(takeover.mustAskWatchdog).toBe(expected);
  });

  test('when ipmi_devintf is not loaded; no module is, and no node is made', async () => {
    const { [`${DEVICE}/ipmi/ipmi0/dev`]: dev, '/dev/ipmi0': node, ...table } = BOUND;
    expect([dev, node]).toEqual(['246:0\n', '']);
    const { system, takeover, take } = bench({ table });
    await take();

    expect(takeover.mustAskWatchdog).toBe(true);
    expect(system.changes).toEqual(TAKING);
  });
});

describe('when a step of taking fails', () => {
  function failing(pattern: string, also: (system: FakeSystem) => void = () => undefined) {
    const made = bench({});
    made.system.onChange((change) => {
      also(made.system);
      if (change.includes(pattern)) throw new Error('EIO: i/o error');
    });
    return made;
  }

  test('the record: nothing was done, so nothing is undone', async () => {
    const { system, take } = failing('replace');

    await expect(take()).rejects.toThrow('EIO');
    expect(changesOf(system)).toEqual([]);
  });

  test('the unbinding: the record is removed', async () => {
    const { system, take } = failing('/unbind');

    await expect(take()).rejects.toThrow(
      `PORT_CLAIMED: 0xce4 could not be taken from ipmi_si: ${DRIVER}/unbind: EIO: i/o error`,
    );
    expect(changesOf(system)).toEqual([`replace ${RECORD}`, `remove ${RECORD}`]);
  });

  test('the kernel says that it has unbound the driver, and has not: the same', async () => {
    const { system, take } = failing('nothing fails');

    await expect(take()).rejects.toThrow('IPI0001:00 still has a driver');
    expect(changesOf(system)).toEqual([...TAKING, `remove ${RECORD}`]);
  });

  test('letting others join: the driver is bound, the record removed', async () => {
    const { system, takeover, clock, users } = bench({});
    const controller = new AbortController();
    users.settle = () => {
      controller.abort();
      return false;
    };

    const taking = takeover.take(false, { deadlineMs: 30_000, signal: controller.signal });

    await expect(clock.until(taking)).rejects.toThrow('REQUEST_ABORTED');
    expect(changesOf(system)).toEqual([...TAKING, ...GIVING]);
  });
});
