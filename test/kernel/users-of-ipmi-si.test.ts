/** Users of an interface through the kernel's driver. */

import { describe, expect, test } from 'vitest';

import {
  askWatchdog,
  findKernelUsers,
  findOpeners,
  watchdogText,
} from '../../src/kernel/users-of-ipmi-si.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { FakeSystem, fakeFiles } from '../support/fake-files.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { BOUND, RUNNING, STOPPED, kernelSays } from '../support/kernel-bench.ts';

const DEVICE = { bus: 'platform', device: 'IPI0001:00' } as const;
const ALL = { '/proc/self/ns/pid': { linkTo: 'pid:[4026531836]' } };

describe('processes that have a device open', () => {
  const nodes = ['/dev/ipmi0', '/dev/uio0'];
  const seven = {
    '/proc/7/fd/0': { linkTo: '/dev/null' },
    '/proc/7/fd/5': { linkTo: '/dev/ipmi0' },
    '/proc/7/fd/6': { linkTo: '/dev/ipmi0' },
    '/proc/7/fd/7': { linkTo: '/dev/uio0' },
    '/proc/7/comm': 'ipmitool\n',
  };
  const cases: readonly (readonly [string, FakeTable, readonly string[]])[] = [
    [
      'are named once for each',
      { ...ALL, ...seven },
      ['pid 7 (ipmitool) has /dev/ipmi0 open', 'pid 7 (ipmitool) has /dev/uio0 open'],
    ],
    ['are none where all have other files', { ...ALL, '/proc/7/fd/0': { linkTo: '/dev/tty' } }, []],
    [
      'may be one whose files cannot be read',
      { ...ALL, '/proc/8/fd': { denied: 'EACCES' } },
      ['the open files of pid 8 cannot be read (EACCES)'],
    ],
    ['are not those that end meanwhile', { ...ALL, '/proc/8/comm': 'gone\n' }, []],
    [
      'are unknown inside a container',
      { ...seven, '/proc/self/ns/pid': { linkTo: 'pid:[1]' } },
      ['not all processes can be seen from inside a container'],
    ],
    ['are unknown without /proc', {}, [expect.stringContaining('/proc cannot be read') as string]],
  ];

  test.each(cases)('%s', (_, table, expected) => {
    expect(findOpeners(nodes, fakeFiles(table))).toEqual(expected);
  });

  test('are none when there is no device to open', () => {
    expect(findOpeners([], fakeFiles({}))).toEqual([]);
  });
});

describe('the watchdog of the BMC', () => {
  test.each([
    ['running', RUNNING],
    ['stopped', STOPPED],
    ['unknown', [0xd2]],
    ['unknown', []],
  ] as const)('is %s when the kernel replies %j', async (state, reply) => {
    const clock = new VirtualClock();
    const kernel = { system: new FakeSystem(BOUND), load: kernelSays(reply), clock };

    expect(await clock.until(askWatchdog(DEVICE, kernel))).toBe(state);
  });

  test('is unknown when its device cannot be opened, unasked when there is none', async () => {
    const clock = new VirtualClock();
    const system = new FakeSystem(BOUND);
    system.onChange(() => {
      throw new Error('EBUSY');
    });
    const kernel = { system, load: kernelSays(STOPPED), clock };

    expect(await clock.until(askWatchdog(DEVICE, kernel))).toBe('unknown');
    expect(await askWatchdog({ ...DEVICE, device: 'IPI0001:01' }, kernel)).toBe('unasked');
  });

  test('is a user unless it is stopped, or could not be asked', () => {
    const texts = (['running', 'unknown', 'stopped', 'unasked'] as const).map(watchdogText);

    expect(texts.map(({ length }) => length)).toEqual([1, 1, 0, 0]);
  });
});

test('modules that use the BMC are named while they are loaded', () => {
  const files = fakeFiles({ '/sys/module/ipmi_watchdog/refcnt': '1\n', '/sys/module/uio/x': '' });

  expect(findKernelUsers(files)).toEqual([
    '/dev/watchdog of the BMC (ipmi_watchdog) loses the BMC until the interface is given back',
  ]);
});
