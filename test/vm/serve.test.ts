/**
 * Programs of other authors over the device file that `ipmi-bt serve` offers, beside the kernel's
 * driver of the same boot and the same BMC: what they print is the same, to the byte.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import type { GuestResult } from './guest.ts';
import { SERVED_GUEST_MS, servedGuest } from './served-guest.ts';
import { PROGRAMS, SERVED_LINES } from './served-lines.ts';

/** To make the guest's file system. */
const MORE_MS = 120_000;

let guest: GuestResult;

beforeAll(async () => {
  guest = await servedGuest();
}, SERVED_GUEST_MS + MORE_MS);

test('the server says what it serves', () => {
  const { exitCode, stdout } = guest.step('served');

  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    'ipmi-bt: the interface at 0xce4 is served as /dev/ipmi0, /run/ipmi-bt-serve/ce4.sock\n',
  );
});

describe.each(Object.keys({ ...SERVED_LINES, ...PROGRAMS }))('%s', (name) => {
  test('ends and prints as over the kernel driver', () => {
    const kernel = guest.step(`kernel: ${name}`);

    expect(kernel.stdout + kernel.stderr).not.toBe('');
    expect(guest.step(`served: ${name}`)).toEqual(kernel);
  });
});

test('a message that cannot be written is lost, and no SIGIO is sent: CUSE has no way', () => {
  const lines = ['SEND: ok', 'address room nowhere: EFAULT'];

  expect(guest.step('kernel: limits').stdout.trim().split('\n')).toEqual([
    ...['O_ASYNC is set: 1', ...lines, 'the message is kept: 1'],
  ]);
  expect(guest.step('served: limits').stdout.trim().split('\n')).toEqual([
    ...['O_ASYNC is set: 0', ...lines, 'the message is kept: 0'],
  ]);
});

test('the server has logged nothing, and its device file is gone when it ends', () => {
  expect(guest.step('end').stdout).toBe('0\n');
  expect(guest.step('end').stderr).toBe('');
});
