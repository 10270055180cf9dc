/**
 * The harness itself: what a step prints comes through to the byte, and a guest that does not get
 * to its end says where it was.
 */

import { expect, test } from 'vitest';

import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { isEmulatorsFault } from './machine.ts';
import { stepsOf } from './steps.ts';

/** Less 8 s for a step that hangs. A boot takes some two seconds, and ten times that when busy. */
const SHORT_TIMEOUT_MS = 40_000;

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);

function runSteps(steps: Record<string, string>, timeoutMs = 300_000): Promise<GuestResult> {
  return bootGuest({
    bmc: 'none',
    withoutProject: true,
    timeoutMs,
    files: { '/data/bytes': ALL_BYTES, '/data/run': Buffer.from('#!/bin/sh\nexit 7\n') },
    steps: stepsOf(steps),
  });
}

test('a step is given back as it ended and to the byte', async () => {
  const guest = await runSteps({
    silent: 'true',
    bytes: 'cat /data/bytes; cat /data/bytes /data/bytes >&2',
    failing: 'echo out; echo err >&2; /data/run',
    leaving: 'sleep 60 &',
    large: 'head -c 100000 /dev/zero',
  });

  expect(guest.step('silent')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(guest.stepBytes('bytes')).toEqual({
    exitCode: 0,
    stdout: Buffer.from(ALL_BYTES),
    stderr: Buffer.from([...ALL_BYTES, ...ALL_BYTES]),
  });
  expect(guest.step('failing')).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
  expect(guest.step('leaving').exitCode).toBe(0);
  expect(guest.stepBytes('large').stdout).toEqual(Buffer.alloc(100_000));
});

test('a step that hangs is named, with what it has printed', async () => {
  const steps = { quick: 'true', slow: 'echo waiting; sleep 600', never: 'true' };

  const running = runSteps(steps, SHORT_TIMEOUT_MS);

  await expect(running).rejects.toThrow(/in step 'slow', 1 of 3 were done[^]*waiting/);
});

test('a step in which the kernel panics is named, with the end of the console', async () => {
  const running = runSteps({ fatal: 'echo c > /proc/sysrq-trigger' });

  await expect(running).rejects.toThrow(/in step 'fatal', 0 of 1 [^]*sysrq triggered crash/);
});

test('a guest that does not boot says what QEMU and the kernel had to say', async () => {
  const running = bootGuest({
    bmc: 'none',
    withoutProject: true,
    append: 'rdinit=/nowhere init=/nowhere',
    steps: [{ name: 'first', command: 'true' }],
  });

  await expect(running).rejects.toThrow(/QEMU[^]* ended with code 0\.[^]*Kernel panic/);
});

test('two steps of one name are refused before anything is booted', async () => {
  const step = { name: 'twice', command: 'true' };

  await expect(bootGuest({ bmc: 'none', steps: [step, step] })).rejects.toThrow(TypeError);
});

test.each([
  ['c15a5b02', true],
  ['00400046', true],
  ['003fffff', false],
  ['00000246', false],
])('flags of %s are the fault of the emulator: %s', (flags, expected) => {
  const oops = `[   31.3] RSP: 0018:ffffd0b540493a40 EFLAGS: ${flags}\n[   31.4] RAX: ffff8bfd`;

  expect(isEmulatorsFault(oops)).toBe(expected);
});
