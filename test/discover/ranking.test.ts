/** Which interface is tried before which, and which is never tried. */

import { describe, expect, test } from 'vitest';

import { CONFIG_FILE } from '../../src/discover/config.ts';
import { brief, firmware, found, host } from '../support/found.ts';
import { SPMI, acpiNodes, smbios, spmi, type38 } from '../support/hosts.ts';
import type { HostFiles } from '../support/hosts.ts';

const SI = '/sys/bus/platform/drivers/ipmi_si';

describe('the order is by source', () => {
  const everywhere = firmware(
    { [CONFIG_FILE]: '{"base": "0x100"}', [SPMI]: spmi({ address: 0x200n }) },
    smbios(type38({ base: 0x301n }), type38({ base: 0x401n })),
    acpiNodes([0x400, 0x402]),
    {
      '/sys/bus/pci/devices/0000:00:05.0/class': '0x0c0702\n',
      '/sys/bus/pci/devices/0000:00:05.0/resource': '0x500 0x507 0x101\n',
      [`${SI}/a/params`]: 'bt,i/o,0x600,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32',
    },
  );

  test('the user, SPMI and SMBIOS with ACPI, SMBIOS, PCI, the kernel', () => {
    expect(brief(found(everywhere, { base: 0x50, spacing: 1 }))).toEqual([
      'bt io 0x50 explicit 1*',
      'bt io 0x100 config 2',
      'bt io 0x400 smbios+acpi 3',
      'bt io 0x200 spmi 4',
      'bt io 0x300 smbios 5',
      'bt io 0x500 pci 6',
      'bt io 0x600 kernel 7',
    ]);
  });

  test('and nothing else is tried when one is named', () => {
    const reasons = found(everywhere).map(({ reason }) => reason);

    expect(reasons.slice(0, 2)).toEqual([
      'the first usable interface',
      'not tried: another interface is named',
    ]);
  });

  test('nor when ipmi_si has a better-ranked one', () => {
    const files = host('two', {
      [`${SI}/IPI0001:00/params`]: 'bt,i/o,0xce4,rsp=1,rsi=1,rsh=0,irq=6,ipmb=32',
    });

    expect(found(files)).toMatchObject([
      { base: 0xce4, claim: 'ipmi_si', chosen: false },
      { base: 0xc010, chosen: false, reason: 'not tried: ipmi_si has a better-ranked interface' },
    ]);
  });

  test('nor when the owner of the better-ranked one is not seen', () => {
    const files = host('two', { '/proc/ioports': '0000-0000 : IPI0001:00\n' });

    const [first, second] = found(files);

    expect(first).toMatchObject({ base: 0xce4, chosen: false });
    expect(first?.claim).toMatch(/hides the addresses/);
    expect(second).toMatchObject({
      ...{ base: 0xc010, chosen: false },
      reason: 'not tried: a kernel driver may have a better-ranked interface',
    });
  });

  test('but one in whose place another driver is, is passed over', () => {
    const files = host('pci-bt', smbios(type38({ base: 0x3f9n })));

    const [serial, pci] = found(files);

    expect(serial).toMatchObject({ base: 0x3f8, rank: 1, chosen: false });
    expect(serial?.claim).toMatch(/^port 0x3f8: reserved by serial in/);
    expect(pci).toMatchObject({ base: 0xc010, rank: 2, chosen: true });
  });
});

describe('is listed and never tried:', () => {
  const OTHERS = "only BT is supported; the kernel's";

  test.each<[string, HostFiles, string]>([
    ['KCS', smbios(type38({ type: 1 })), `${OTHERS} ipmi_si drives KCS`],
    ['SSIF', smbios(type38({ type: 4, base: 0x20n })), `${OTHERS} ipmi_ssif drives SSIF`],
    [
      'an unknown type',
      smbios(type38({ type: 9 })),
      'the interface type is unknown or contradictory; use the option base to open it as BT',
    ],
    [
      'a node of ACPI alone',
      acpiNodes([0xce4, 0xce6]),
      'ACPI gives ports but no interface type; use the option base to open it as BT',
    ],
    ['no address', smbios(type38({ base: 1n })), 'firmware gives no address'],
    [
      'a port too high',
      smbios(type38({ base: 0xffffn })),
      'the registers do not fit in I/O ports 0x1-0xffff',
    ],
    [
      'a port far too high',
      smbios(type38({ base: 0x123_4567n })),
      'the registers do not fit in I/O ports 0x1-0xffff',
    ],
    [
      'a reserved spacing',
      smbios(type38({ modifier: 0xc0 })),
      'the register spacing is a reserved value',
    ],
  ])('%s', (_, tables, reason) => {
    expect(found(firmware(tables))).toMatchObject([{ rank: undefined, chosen: false, reason }]);
  });

  test('what two sources call by different names', () => {
    const files = firmware(smbios(type38()), { [SPMI]: spmi({ type: 1 }) });

    expect(found(files)).toMatchObject([
      {
        type: 'unknown',
        rank: undefined,
        firmwareBugs: ['the sources disagree on the interface type: kcs, bt'],
      },
    ]);
  });

  test('unless the user names it', () => {
    const files = firmware(smbios(type38({ type: 1 })), { [CONFIG_FILE]: '{"base": "0xce4"}' });

    const [candidate] = found(files);

    expect(candidate).toMatchObject({ type: 'bt', sources: ['config', 'smbios'], chosen: true });
    expect(candidate?.firmwareBugs).toEqual([
      'the sources disagree on the interface type: bt, kcs',
    ]);
  });
});
