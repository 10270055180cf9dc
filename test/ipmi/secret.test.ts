/** Whose payload may be shown, held against all commands there are. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isSecret } from '../../src/ipmi/secret.ts';

function ask(netFn: number, cmd: number, ...data: number[]) {
  return { netFn, cmd, lun: 0, data: Uint8Array.from(data) };
}

describe('secret, request and reply:', () => {
  test.each([
    ['Get Message', 0x06, 0x33],
    ['Send Message', 0x06, 0x34],
    ['Get Session Challenge', 0x06, 0x39],
    ['Activate Session', 0x06, 0x3a],
    ['Get Session Info', 0x06, 0x3d],
    ['Get AuthCode', 0x06, 0x3f],
    ['Set User Name', 0x06, 0x45],
    ['Get User Name', 0x06, 0x46],
    ['Set User Password', 0x06, 0x47],
    ['Activate Payload', 0x06, 0x48],
    ['Master Write-Read', 0x06, 0x52],
    ['Set Channel Security Keys', 0x06, 0x56],
    ['Set System Info Parameters', 0x06, 0x58],
    ['Get System Info Parameters', 0x06, 0x59],
    ['Set System Boot Options', 0x00, 0x08],
    ['Set PEF Configuration Parameters', 0x04, 0x12],
    ['Get PEF Configuration Parameters', 0x04, 0x13],
    ['Read FRU Data', 0x0a, 0x11],
    ['Write FRU Data', 0x0a, 0x12],
    ['Set LAN Configuration Parameters', 0x0c, 0x01],
    ['Set Serial/Modem Configuration', 0x0c, 0x10],
    ['Get Serial/Modem Configuration', 0x0c, 0x11],
    ['Set SOL Configuration Parameters', 0x0c, 0x21],
    ['a bridge command', 0x02, 0x00],
    ['a firmware command', 0x08, 0x01],
  ])('%s', (_, netFn, cmd) => {
    expect(isSecret(ask(netFn, cmd, 1, 2, 3))).toBe(true);
  });

  test('Get Bootstrap Account Credentials of the Redfish host interface, group 0x52', () => {
    expect(isSecret(ask(0x2c, 0x02, 0x52, 0xa5))).toBe(true);
  });

  test.each([
    ['the community string', [1, 16, 0, 0]],
    ['an OEM parameter', [1, 192, 0, 0]],
    ['a parameter that the standard does not define yet', [1, 103, 0, 0]],
    ['one between those of IPv4 and IPv6', [1, 27, 0, 0]],
    ['one behind those of IPv6', [1, 81, 0, 0]],
    ['no parameter', [1]],
  ])('Get LAN Configuration Parameters of %s', (_, data) => {
    expect(isSecret(ask(0x0c, 0x02, ...data))).toBe(true);
  });

  test.each([[[7]], [[0x60]], [[0x87]], [[]]])('Get System Boot Options %j', (data) => {
    expect(isSecret(ask(0x00, 0x09, ...data))).toBe(true);
  });

  test.each([[[1, 192]], [[1, 9]], [[]]])('Get SOL Configuration Parameters %j', (data) => {
    expect(isSecret(ask(0x0c, 0x22, ...data))).toBe(true);
  });

  test('a command on the logical unit of an OEM', () => {
    expect(isSecret({ ...ask(0x06, 0x01), lun: 1 })).toBe(true);
  });
});

describe('shown:', () => {
  test.each([
    ['Get Device ID', ask(0x06, 0x01)],
    ['Get Chassis Status', ask(0x00, 0x01)],
    ['Get System Boot Options, boot flags', ask(0x00, 0x09, 5, 0, 0)],
    ['Get SDR', ask(0x0a, 0x23, 0, 0, 0, 0, 0, 0xff)],
    ['Get SEL Entry', ask(0x0a, 0x43, 0, 0, 0, 0, 0, 0xff)],
    ['Read Event Message Buffer', ask(0x06, 0x35)],
    ['Get LAN Configuration Parameters, IP address', ask(0x0c, 0x02, 1, 3, 0, 0)],
    ['Get LAN Configuration Parameters, bad password threshold', ask(0x0c, 0x02, 1, 26, 0, 0)],
    ['Get LAN Configuration Parameters, IPv6 support', ask(0x0c, 0x02, 1, 50, 0, 0)],
    ['Get LAN Configuration Parameters, IPv6 timing', ask(0x0c, 0x02, 1, 80, 0, 0)],
    ['Get SOL Configuration Parameters, enable', ask(0x0c, 0x22, 1, 1, 0, 0)],
    ['Get SOL Configuration Parameters, port', ask(0x0c, 0x22, 1, 8, 0, 0)],
    ['Get DCMI Capabilities', ask(0x2c, 0x01, 0xdc, 1)],
    ['Get Power Reading', ask(0x2c, 0x02, 0xdc, 1, 0, 0)],
    ['Get PICMG Properties', ask(0x2c, 0x00, 0x00)],
    ['Get Sensor Reading', ask(0x04, 0x2d, 3)],
    ['Get Sensor Reading of another owner', { ...ask(0x04, 0x2d, 3), lun: 3 }],
  ])('%s', (_, request) => {
    expect(isSecret(request)).toBe(false);
  });
});

test('no command of a network function of OEMs, other groups or later standards is shown', () => {
  const netFn = fc.integer({ min: 0x0e, max: 0x3e });
  const bodies: readonly (number | undefined)[] = [0x00, 0x03, 0xdc];
  const data = fc.uint8Array({ maxLength: 8 }).filter(([body]) => !bodies.includes(body));

  const property = fc.property(netFn, fc.nat(255), data, (fn, cmd, bytes) =>
    isSecret(ask(fn, cmd, ...bytes)),
  );

  expect(fc.check(property)).toMatchObject({ failed: false });
});

test('so many commands are shown, and each addition to the list is noticed', () => {
  const all = Array.from({ length: 64 * 256 }, (_, index) => [index >> 8, index & 0xff] as const);
  const selectors = [[], [0xdc], [0x00], [0x03], [1, 1], [1]];

  const shown = all.filter(([netFn, cmd]) =>
    selectors.some((data) => !isSecret(ask(netFn, cmd, ...data))),
  );

  expect(shown).toHaveLength(8 + 13 + 33 + 13 + 3 + 20);
});
