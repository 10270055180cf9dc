/**
 * The addon where ports are really granted. A wrong access there is no error but the end of the
 * process (SIGSEGV, exit code 139), so its checks run in processes of their own.
 */

import { fileURLToPath } from 'node:url';

import { beforeAll, expect, test } from 'vitest';

import { guestProgram } from './compile.ts';
import { printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { GUEST_ROOT, programFiles } from './project.ts';
import { stepsOf } from './steps.ts';

const ADDON = '/opt/ipmi-bt/build/Release/ipmi_bt.node';
const CLAIMS = fileURLToPath(new URL('../fixtures/addon-claims.mjs', import.meta.url));

/** Ports that nothing decodes and no driver claims. */
const UNUSED_BASE = 0x900;

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: 'sim',
    files: {
      '/root/addon-claims.mjs': CLAIMS,
      ...programFiles('inherited-ports'),
      ...(await guestProgram('touch-port')),
    },
    steps: stepsOf({
      claims: `node /root/addon-claims.mjs ${ADDON} ${UNUSED_BASE}`,
      unclaimed: `node -e "require('${ADDON}').inb(0xce4)"`,
      inherited: `node ${GUEST_ROOT}/inherited-ports.mjs ${ADDON} ${UNUSED_BASE}`,
      released: `node -e "${released()}"`,
    }),
  });
});

function released(): string {
  return [
    `const addon = require('${ADDON}');`,
    'const handle = addon.open(0xce4, 3);',
    'addon.outb(0xce4, 0);',
    'addon.release(handle);',
    'addon.outb(0xce4, 0);',
  ].join(' ');
}

test('every wrong call is an error, and every right one works', () => {
  const { exitCode, stdout, stderr } = guest.step('claims');
  const lines = stdout.trimEnd().split('\n');

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(lines.slice(-2)).toEqual(['branch: granted', '35 passed, 0 failed']);
});

test.each([
  ['unclaimed', 'inb'],
  ['released', 'outb'],
])('an access to an %s port is an error and not a crash', (name, syscall) => {
  const { exitCode, stderr } = guest.step(name);

  expect(exitCode).toBe(1);
  expect(stderr).toContain(`Error: EACCES: permission denied, ${syscall}\n`);
});

test('a claim that was released leaves no permission, neither here nor in a child', () => {
  const [no, yes] = ['SIGSEGV', '0'];

  expect(guest.step('inherited')).toEqual(
    printed(`before: ${no} ${no} ${no}
two claimed: ${yes} ${yes} ${no}
three claimed: ${yes} ${yes} ${yes}
two released: ${no} ${no} ${yes}
all released: ${no} ${no} ${no}
`),
  );
});
