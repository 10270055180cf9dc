/**
 * The guest that all other tests here take for granted: Debian's kernel, root, real port
 * instructions, a BT interface that firmware announces, and C programs that reach it both ways.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { benchPeers } from './compile.ts';
import { printed } from './expected.ts';
import { AS_NOBODY, WITHOUT_RAWIO, bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { fetchKernel } from './kernel.ts';
import { stepsOf } from './steps.ts';

const PORTS = 'grep -i -A 6 0ce4-0ce6 /proc/ioports';
const FLOOR = 'floor 200 100';

const REFUSED = { exitCode: 1, stdout: '', stderr: 'ioperm: Operation not permitted\n' };

/** What both C peers of the benchmark print. */
const FIGURES = new RegExp(
  '^{"n":200,"p50_ns":[1-9]\\d*,"p99_ns":[1-9]\\d*,' +
    '"cpu_ms":[\\d.]+,"machine_ms":\\d+,"max_rss_kb":[1-9]\\d*}\\n$',
);

describe('with a BMC that QEMU simulates', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootGuest({
      bmc: 'sim',
      withoutProject: true,
      files: await benchPeers(),
      steps: stepsOf({
        kernel: 'uname -r',
        node: 'node --version',
        ports: PORTS,
        'floor as nobody': `${AS_NOBODY} ${FLOOR}`,
        'floor without capability': `${WITHOUT_RAWIO} ${FLOOR}`,
        floor: FLOOR,
        'kernel-ioctl': 'modprobe -a ipmi_si ipmi_devintf && kernel-ioctl 200 100',
      }),
    });
  });

  test('the guest runs the kernel that was fetched', async () => {
    const { release } = await fetchKernel();

    expect(guest.step('kernel')).toEqual(printed(`${release}\n`));
  });

  test('the guest runs the node that runs the tests', () => {
    expect(guest.step('node')).toEqual(printed(`${process.version}\n`));
  });

  test('firmware announces the interface, and no driver claims it', () => {
    expect(guest.step('ports').stdout).toContain('0ce4-0ce6 : IPI0001:00');
    expect(guest.step('ports').stdout).not.toContain('ipmi_si');
  });

  test.each(['floor', 'kernel-ioctl'])('%s reaches the BMC', (name) => {
    const { exitCode, stdout, stderr } = guest.step(name);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(FIGURES);
  });

  test('an ordinary user gets no ports', () => {
    expect(guest.step('floor as nobody')).toEqual(REFUSED);
  });

  test('root without CAP_SYS_RAWIO gets no ports', () => {
    expect(guest.step('floor without capability')).toEqual(REFUSED);
  });
});

test('a machine without BT interface has none', async () => {
  const guest = await bootGuest({
    bmc: 'none',
    withoutProject: true,
    steps: stepsOf({ ports: PORTS }),
  });

  expect(guest.step('ports')).toEqual({ exitCode: 1, stdout: '', stderr: '' });
});
