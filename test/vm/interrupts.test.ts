/**
 * The driver with a real interrupt, through the module of this package, on both kernels: what is
 * counted agrees, and whatever becomes of the interrupt, every request is answered.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { SIM_ID, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { InterruptingBmc } from './interrupting-bmc.ts';
import { BACKPORTS_KERNEL } from './kernel.ts';
import { inTurn } from './load.ts';
import { GUEST_ROOT, programFiles } from './project.ts';
import { stepsOf } from './steps.ts';
import { nonEmpty } from '../support/lists.ts';

const PREPARE = '/usr/sbin/depmod 2> /dev/null; ipmi-bt irq bind';
const PROGRAM = `node ${GUEST_ROOT}/interrupts.mjs 0xce4`;

/** Requests in a scene, and in the one called stream. */
const REQUESTS = 6;
const STREAM = 3_000;

interface Scene {
  readonly scene: string;
  /** Answered as they should be. */
  readonly right: number;
  /** As the driver has counted. */
  readonly interrupts: number;
  /** As the kernel has. */
  readonly counted: number;
  readonly warnings: readonly string[];
}

function scenesOf(guest: GuestResult, step: string): readonly Scene[] {
  const { stdout, stderr, exitCode } = guest.step(step);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Scene);
}

describe.each(
  inTurn([
    ['6.1', {}],
    ['6.12 and two processors', { kernelPackage: BACKPORTS_KERNEL, processors: 2 }],
  ] as const),
)('with a BMC that takes 300 ms, on Linux %s,', (_, machine) => {
  const bmc = new InterruptingBmc();
  let guest: GuestResult;
  let scenes: readonly Scene[];

  beforeAll(async () => {
    guest = await bootGuest({
      bmc,
      ...machine,
      modules: ['ipmi_bt_uio'],
      files: programFiles('interrupts'),
      steps: stepsOf({ bind: PREPARE, run: `${PROGRAM} slow forget noise slow unbind` }),
    });
    scenes = scenesOf(guest, 'run');
  });

  test('every request is answered, whatever becomes of the interrupt', () => {
    expect(scenes.map(({ scene, right }) => ({ scene, right }))).toEqual(
      ['slow', 'forget', 'noise', 'slow', 'unbind'].map((scene) => ({
        ...{ scene, right: REQUESTS },
      })),
    );
  });

  test('each answer is one interrupt, counted by the kernel and by the driver alike', () => {
    for (const index of [0, 3]) {
      expect(scenes[index]).toMatchObject({ interrupts: REQUESTS, counted: REQUESTS });
    }
  });

  test('a BMC that forgets that they are wanted is told again, and that is reported', () => {
    const { interrupts, counted, warnings } = scenes[1] ?? {};

    expect(warnings).toEqual(['interrupts do not come']);
    expect(interrupts).toBeGreaterThanOrEqual(1);
    expect(interrupts).toBe(counted);
  });

  test('interrupts for nothing are counted, and the line is kept', () => {
    const { interrupts = 0, counted, warnings } = scenes[2] ?? {};

    expect(interrupts).toBeGreaterThan(REQUESTS);
    expect(interrupts).toBe(counted);
    expect(warnings).toEqual([]);
  });

  test('a line that is unbound meanwhile is done without, and that is reported', () => {
    expect(scenes[4]).toMatchObject({ interrupts: 0, warnings: ['interrupt line failed'] });
  });

  test('the BMC is told in the end that interrupts are not wanted any more', () => {
    expect(bmc.enables).toBe(0x08);
    expect(guest.console).not.toMatch(/BUG|WARNING|Oops|Call Trace|nobody cared/);
  });
});

describe('with a BMC that answers at once,', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await bootGuest({
      bmc: 'sim',
      modules: ['ipmi_bt_uio'],
      files: programFiles('interrupts'),
      steps: stepsOf({
        bind: PREPARE,
        reset: `${PROGRAM} quick reset quick`,
        stream: `${PROGRAM} stream quick`,
        crowd: `${PROGRAM} quick crowd quick`,
      }),
    });
  });

  test('an interrupt that it forgets in a reset comes again after it', () => {
    const scenes = scenesOf(guest, 'reset');

    expect(scenes.map(({ right }) => right)).toEqual([REQUESTS, REQUESTS, REQUESTS]);
    expect(scenes[2]).toMatchObject({ interrupts: REQUESTS, counted: REQUESTS });
    for (const { interrupts, counted } of nonEmpty(scenes)) expect(interrupts).toBe(counted);
  });

  test('a line is kept whose interrupts come behind replies that are taken at once', () => {
    const [stream, quick] = scenesOf(guest, 'stream');

    expect(stream).toMatchObject({ right: STREAM, interrupts: stream?.counted, warnings: [] });
    expect(stream?.interrupts).toBeGreaterThan(STREAM / 2);
    expect(quick).toMatchObject({ right: REQUESTS, interrupts: REQUESTS, counted: REQUESTS });
  });

  test('a line is kept on which another process has its requests answered', () => {
    const [, crowd, after] = scenesOf(guest, 'crowd');

    expect(crowd).toMatchObject({ right: STREAM, interrupts: crowd?.counted, warnings: [] });
    expect(crowd?.interrupts).toBeGreaterThan(STREAM / 2);
    expect(after).toMatchObject({ right: REQUESTS, interrupts: REQUESTS, counted: REQUESTS });
  });
});

test('a process that comes and goes leaves another one its interrupts', async () => {
  const guest = await bootGuest({
    bmc: new InterruptingBmc(),
    modules: ['ipmi_bt_uio'],
    files: programFiles('interrupts'),
    steps: stepsOf({ bind: PREPARE, run: `${PROGRAM} slow neighbour slow` }),
  });
  const [, neighbour, after] = scenesOf(guest, 'run');

  expect(neighbour).toMatchObject({ right: 1, warnings: [] });
  expect(neighbour?.interrupts).toBe(neighbour?.counted);
  expect(after).toMatchObject({
    ...{ right: REQUESTS, interrupts: REQUESTS, counted: REQUESTS },
    warnings: [],
  });
});

test('a line that somebody else has is refused by the kernel, and requests are polled for', async () => {
  const guest = await bootGuest({
    bmc: 'sim at irq 4',
    modules: ['ipmi_bt_uio'],
    files: programFiles('interrupts'),
    steps: stepsOf({
      bind: `sleep 1000 < /dev/ttyS0 & ${PREPARE}; code=$?; kill $!; exit $code`,
      why: "dmesg | grep 'IPI0001:00: '",
      'raw with --irq auto': 'ipmi-bt --irq auto raw 0x06 0x01',
      'raw with a line that is not there': 'ipmi-bt --base 0xce4 --irq /dev/uio0 raw 6 1',
      run: `${PROGRAM} quick`,
    }),
  });

  expect(guest.step('bind')).toMatchObject({ exitCode: 69, stdout: '' });
  expect(guest.step('bind').stderr).toMatch(/ipmi_bt_uio did not take IPI0001:00/);
  expect(guest.step('why').stdout).toMatch(/error -EBUSY: cannot register interrupt 4/);
  expect(guest.step('raw with --irq auto')).toEqual(printed(SIM_ID));
  expect(guest.step('raw with a line that is not there')).toMatchObject({
    exitCode: 69,
    stderr: 'ipmi-bt: DEVICE_ABSENT: /dev/uio0 is no UIO device\n',
  });
  expect(scenesOf(guest, 'run')).toMatchObject([{ right: REQUESTS, interrupts: 0, warnings: [] }]);
});
