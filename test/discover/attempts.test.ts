/** Which interface is opened, which one after it, and what is told when none can be. */

import { describe, expect, test } from 'vitest';

import { findAnnounced, tryFound } from '../../src/discover/attempts.ts';
import { CONFIG_FILE } from '../../src/discover/config.ts';
import { IpmiError } from '../../src/errors.ts';
import { permissionRemedy } from '../../src/file-trouble.ts';
import type { IpmiErrorCode } from '../../src/errors.ts';
import { DENIED, fakeFiles } from '../support/fake-files.ts';
import { acpiNodes, captured, smbios, type38, without } from '../support/hosts.ts';
import type { HostFiles } from '../support/hosts.ts';

const ADVICE = `(if there is one, name it with the option base or in ${CONFIG_FILE})`;

/** Tries all that is found; those in `failing` fail with their code. `!` is one waited for. */
async function attempt(host: HostFiles, failing: Readonly<Record<number, IpmiErrorCode>> = {}) {
  const tried: string[] = [];
  const opened = tryFound(fakeFiles(host), ({ base }, { port, isAnnounced }) => {
    const where = `0x${base.toString(16)}`;
    tried.push(isAnnounced ? `${where}!` : where);
    const code = failing[base];
    if (code === undefined) return Promise.resolve({ base, port });
    return Promise.reject(new IpmiError(code, `at ${where}`));
  });
  const result = await opened.catch((error: unknown) => error);
  return { tried, result };
}

test('the only interface, which firmware announces, is waited for at once', async () => {
  expect(await attempt(captured('isa-bt'))).toEqual({
    tried: ['0xce4!'],
    result: { base: 0xce4, port: undefined },
  });
});

describe('of two interfaces', () => {
  const two = captured('two');

  test('the better one is opened', async () => {
    expect(await attempt(two)).toEqual({ tried: ['0xce4'], result: { base: 0xce4 } });
  });

  test.each(['DEVICE_ABSENT', 'PORT_CLAIMED'] as const)(
    'the second is opened when the first is not there (%s)',
    async (code) => {
      expect(await attempt(two, { 0xce4: code })).toEqual({
        tried: ['0xce4', '0xc010'],
        result: { base: 0xc010 },
      });
    },
  );

  test.each([
    'PORT_DENIED',
    'PORT_LOCKED_DOWN',
    'DEVICE_LOCKED',
    'REQUEST_ABORTED',
    'BMC_UNRESPONSIVE',
  ] as const)('the second is left alone when the first is in trouble (%s)', async (code) => {
    const { tried, result } = await attempt(two, { 0xce4: code });

    expect(tried).toEqual(['0xce4']);
    expect(result).toMatchObject({ code, message: `${code}: at 0xce4` });
  });

  test('the second is left alone when ipmi_si has the first', async () => {
    const bound = { ...two, ...captured('isa-bt-bound') };

    const { tried, result } = await attempt(bound, { 0xce4: 'PORT_CLAIMED' });

    expect(tried).toEqual(['0xce4']);
    expect(result).toMatchObject({ message: 'PORT_CLAIMED: at 0xce4' });
  });

  test('the second is left alone when the owner of the first is not seen', async () => {
    const blind = { ...two, '/proc/ioports': '0000-0000 : PCI Bus 0000:00\n' };

    const { tried, result } = await attempt(blind, { 0xce4: 'PORT_CLAIMED' });

    expect(tried).toEqual(['0xce4']);
    expect(result).toMatchObject({ message: 'PORT_CLAIMED: at 0xce4' });
  });

  test('both are told of when neither is there, even after a wait', async () => {
    const { tried, result } = await attempt(two, {
      0xce4: 'DEVICE_ABSENT',
      0xc010: 'DEVICE_ABSENT',
    });

    expect(tried).toEqual(['0xce4', '0xc010', '0xce4!', '0xc010!']);
    expect(result).toMatchObject({
      code: 'DEVICE_ABSENT',
      message:
        'DEVICE_ABSENT: no BT interface found: BT at I/O 0xce4 (SMBIOS, ACPI): at 0xce4; ' +
        `BT at I/O 0xc010 (PCI): at 0xc010 ${ADVICE}`,
      cause: { errors: [{ code: 'DEVICE_ABSENT' }, { code: 'DEVICE_ABSENT' }] },
    });
  });

  test('drivers in both places are told of as such', async () => {
    const { result } = await attempt(two, { 0xce4: 'PORT_CLAIMED', 0xc010: 'PORT_CLAIMED' });

    expect(result).toMatchObject({ code: 'PORT_CLAIMED' });
  });
});

describe('an interface that the config file names', () => {
  const config = { [CONFIG_FILE]: '{"base": "0x100", "port": "dev-port"}' };

  test('is opened the way it says', async () => {
    const { result } = await attempt({ ...captured('two'), ...config });

    expect(result).toEqual({ base: 0x100, port: 'dev-port' });
  });

  test('is waited for when firmware announces it, too', async () => {
    const host = { ...captured('two'), [CONFIG_FILE]: '{"base": "0xc010"}' };

    expect((await attempt(host)).tried).toEqual(['0xc010!']);
  });

  test('is the only one tried', async () => {
    const host = { ...captured('two'), ...config };

    const { tried, result } = await attempt(host, { 0x100: 'DEVICE_ABSENT' });

    expect(tried).toEqual(['0x100']);
    expect(result).toMatchObject({ message: 'DEVICE_ABSENT: at 0x100' });
  });
});

describe('nothing is tried', () => {
  const nothing = 'SPMI, SMBIOS, PCI, ACPI and ipmi_si list no interface';
  const kcs =
    "KCS at I/O 0xca2 (SMBIOS, ACPI): only BT is supported; the kernel's ipmi_si drives KCS";
  const broken = '/sys/firmware/dmi/entries/38-0/raw: 9 bytes, too short for a base address';

  test.each<[string, HostFiles, string]>([
    ['on a host without BMC', captured('none'), nothing],
    ['on a host with KCS', captured('kcs'), kcs],
    ['when the only record is broken', smbios(type38({ length: 9 })), broken],
  ])('%s, and the reason told', async (_, host, reason) => {
    const { tried, result } = await attempt(host);

    expect(tried).toEqual([]);
    expect(result).toMatchObject({
      code: 'DEVICE_ABSENT',
      outcome: 'not-sent',
      message: `DEVICE_ABSENT: no BT interface found: ${reason} ${ADVICE}`,
    });
  });

  test('by a process that may not read what firmware says', async () => {
    const table = '/sys/firmware/dmi/tables/DMI';
    const host = { ...without(captured('isa-bt'), '/sys', '/proc'), [table]: DENIED };

    const { result } = await attempt(host);

    expect(result).toMatchObject({
      message:
        `PORT_DENIED: no BT interface found, but these could not be read: ${table} ` +
        `(${permissionRemedy()}; or name the interface with the option base)`,
    });
  });
});

describe('a base that the caller names is', () => {
  const host = captured('two');

  test('announced by SMBIOS and ACPI', () => {
    const found = findAnnounced(fakeFiles(host), { base: 0xce4, spacing: 1 });

    expect(found).toMatchObject({ base: 0xce4, pciDevice: undefined });
  });

  test('announced by PCI, with its device', () => {
    const found = findAnnounced(fakeFiles(host), { base: 0xc010, spacing: 1 });

    expect(found).toMatchObject({ base: 0xc010, pciDevice: '0000:00:02.0' });
  });

  test.each([
    ['no source', host, 0xe4],
    ['a config file alone', { ...host, [CONFIG_FILE]: '{"base": "0xe4"}' }, 0xe4],
    ['ACPI alone, which may mean something else', acpiNodes([0xe4, 0xe6]), 0xe4],
    [
      'firmware that is not asked because of a wrong config file',
      { ...host, [CONFIG_FILE]: '{' },
      0xce4,
    ],
  ])('announced by %s, which is no word of firmware', (_, files, base) => {
    expect(findAnnounced(fakeFiles(files), { base, spacing: 1 })).toBeUndefined();
  });
});
