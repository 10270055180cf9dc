/**
 * Beside Linux's own driver for the same interface: hands off while it has the ports, the same
 * answers as through it once it has let go, and everything as before when it is back.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { SIM_ID, gaveUp, printed } from './expected.ts';
import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { stepsOf } from './steps.ts';

const DRIVER = '/sys/bus/platform/drivers/ipmi_si';
const UNBIND = `echo IPI0001:00 > ${DRIVER}/unbind`;
const BIND = `echo IPI0001:00 > ${DRIVER}/bind`;

const OURS = 'ipmi-bt --base 0xce4';
const KERNELS = 'ipmitool raw 0x06 0x01';

/** Words of a raw command, and what they make the BMC answer. */
const COMMANDS = [
  ['0x06 0x01', 'an answer'],
  ['0x06 0x36', 'an answer of the interface'],
  ['0x0a 0x23 0 0 0 0 0 0xff', 'more than one line of bytes'],
  ['0x06 0x24 0x04 0 0 0 0x10 0', 'no bytes'],
  ['0x06 0x25', 'what the command before has set'],
  ['0x30 0x01 0xde 0xad', 'an unknown command'],
  ['0x06 0x2e', 'too few bytes'],
  ['0x0a 0x23 0 0 0x77 0x77 0 0xff', 'an unknown record'],
] as const;

/** A script for ipmitool: with quotes, names of NetFns in any case, a comment and an empty line. */
const SCRIPT = [
  '# Device and log',
  'raw 0x06 "0x01"',
  'raw application 1',
  '',
  'raw "STORAGE" \'0x40\'',
  'raw storage 0x23 0 0 \'0\' "0" 0 0xff',
  'raw chassis 1   # state of the chassis',
];

let guest: GuestResult;

beforeAll(async () => {
  guest = await bootGuest({
    bmc: 'sim',
    steps: stepsOf({
      load: 'modprobe -a ipmi_si ipmi_devintf',
      claimed: 'cat /proc/ioports',
      before: KERNELS,
      native: `${OURS} --port native --trace raw 0x06 0x01`,
      'dev-port': `${OURS} --port dev-port --trace raw 0x06 0x01`,
      after: KERNELS,
      'mc info': 'ipmitool mc info',
      script: `cat > /tmp/script <<'END'\n${SCRIPT.join('\n')}\nEND`,
      'kernel exec': 'ipmitool exec /tmp/script',
      ...eachCommand('kernel', 'ipmitool raw'),
      'kernel --lun': 'ipmitool -l 1 raw 0x06 0x01',
      unbind: UNBIND,
      unclaimed: 'cat /proc/ioports',
      info: `${OURS} info`,
      ...eachCommand('ours', `${OURS} raw`),
      'ours --lun': `${OURS} raw --lun 1 0x06 0x01`,
      'ours exec': `${OURS} exec /tmp/script`,
      bind: BIND,
      again: KERNELS,
      'ours again': `${OURS} raw 0x06 0x01`,
    }),
  });
});

function eachCommand(who: string, program: string): Record<string, string> {
  return Object.fromEntries(COMMANDS.map(([words]) => [`${who} ${words}`, `${program} ${words}`]));
}

test('Linux finds the interface by itself and claims each port', () => {
  expect(guest.step('load')).toEqual(printed(''));
  expect(guest.step('claimed').stdout.match(/0ce(.)-0ce\1 : ipmi_si$/gm)).toHaveLength(3);
});

describe('while ipmi_si has the ports', () => {
  const refusal =
    'PORT_CLAIMED: port 0xce4: the kernel driver ipmi_si has IPI0001:00 ' +
    `(borrow it with --takeover, or ${UNBIND})`;

  // A register that was touched would stand in the trace.
  test.each(['native', 'dev-port'])('none is touched, and the way out is told (%s)', (port) => {
    expect(guest.step(port)).toEqual(gaveUp(69, refusal));
  });

  test('ipmitool is answered before and after', () => {
    expect([guest.step('before'), guest.step('after')]).toEqual([printed(SIM_ID), printed(SIM_ID)]);
  });
});

describe('after the unbind that the refusal told', () => {
  test('the ports are free', () => {
    expect(guest.step('unbind')).toEqual(printed(''));
    expect(guest.step('unclaimed').stdout).not.toContain('ipmi_si');
  });

  test.each(COMMANDS)('raw %s prints what ipmitool prints: %s', (words) => {
    expect(guest.step(`ours ${words}`)).toEqual(guest.step(`kernel ${words}`));
  });

  test('raw --lun prints what ipmitool prints', () => {
    expect(guest.step('ours --lun')).toEqual(guest.step('kernel --lun'));
  });

  test('exec prints for a script of ipmitool what that prints', () => {
    const { exitCode, stdout, stderr } = guest.step('kernel exec');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.startsWith(SIM_ID + SIM_ID)).toBe(true);
    expect(guest.step('ours exec')).toEqual(printed(stdout));
  });

  test('those commands had answers of every kind', () => {
    const kinds = COMMANDS.map(([words]) => guest.step(`kernel ${words}`));

    expect(kinds.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(kinds.map(({ stdout }) => stdout.split('\n').length - 1)).toEqual([
      1, 1, 3, 1, 1, 0, 0, 0,
    ]);
  });

  test('info has the lines of ipmitool mc info that it shares', () => {
    const lines = guest.step('mc info').stdout.split('\n');
    const shared = guest.step('info').stdout.split('\n').slice(0, 8);

    expect(lines).toEqual(expect.arrayContaining(shared));
  });
});

describe('after bind', () => {
  test('ipmi_si serves the interface again', () => {
    expect(guest.step('bind')).toEqual(printed(''));
    expect(guest.step('again')).toEqual(printed(SIM_ID));
  });

  test('hands are off again', () => {
    expect(guest.step('ours again').exitCode).toBe(69);
  });
});
