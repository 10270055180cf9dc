/** A discovery in sentences. */

import { describe, expect, test } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import { explain, judgement, name, summarize } from '../../src/discover/explain.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { found, host } from '../support/found.ts';
import { ENTRY, captured, smbios, type38 } from '../support/hosts.ts';
import type { HostFiles } from '../support/hosts.ts';

function story(files: HostFiles): readonly string[] {
  return explain(discover({ files: fakeFiles(files) }));
}

describe('the explanation', () => {
  test('has a sentence for each source, and one for the result', () => {
    expect(story(captured('isa-bt'))).toEqual([
      '/etc/ipmi-bt.json names no interface.',
      'ACPI has no SPMI table.',
      `SMBIOS says: BT at I/O 0xce4, register spacing 1, interrupt 6 (${ENTRY}).`,
      'PCI has no IPMI device.',
      'The kernel driver ipmi_si has no interface.',
      'ACPI says: an IPMI interface of unknown type at I/O 0xce4-0xce6 (IPI0001:00).',
      'Result: BT at I/O 0xce4 (SMBIOS, ACPI) is chosen: the first usable interface.',
    ]);
  });

  test('says that nothing was found', () => {
    expect(story({}).at(-1)).toBe('Result: no IPMI interface was found.');
  });

  test('tells what is ignored, and what cannot be read', () => {
    const table = '/sys/firmware/dmi/tables/DMI';

    expect(story(smbios(type38({ length: 9 })))).toContain(
      `Ignored: ${ENTRY}: 9 bytes, too short for a base address.`,
    );
    expect(story({ [table]: { denied: 'EACCES' } })).toContain(`${table} cannot be read.`);
    expect(story(host('isa-bt', { '/proc/ioports': '0000-0000 : IPI0001:00\n' }))).toContain(
      'The ports of the ACPI nodes are unknown: /proc/ioports hides the addresses.',
    );
  });

  test('tells an error of firmware once', () => {
    const memory = smbios(type38({ base: 0xce4n }));
    const bug =
      'Firmware bug: SMBIOS says memory 0xce4, but IPI0001:00 has ports there: treated as I/O.';

    expect(story(host('isa-bt', memory)).filter((one) => one.startsWith('Firmware'))).toEqual([
      bug,
    ]);
  });
});

describe('one interface', () => {
  test.each<[string, HostFiles, string]>([
    ['with all that is known', captured('isa-bt'), 'BT at I/O 0xce4 (SMBIOS, ACPI)'],
    ['of another type', captured('kcs'), 'KCS at I/O 0xca2 (SMBIOS, ACPI)'],
    [
      'of no type and no address',
      smbios(type38({ type: 9, base: 1n })),
      'an interface of unknown type at an unknown address (SMBIOS)',
    ],
  ])('is named %s', (_, files, text) => {
    expect(found(files).map(name)).toEqual([text]);
  });

  test('is chosen or not, with a reason', () => {
    const [candidate] = found(captured('isa-bt'));
    if (candidate === undefined) throw new Error('bug: nothing was found');

    expect(judgement(candidate)).toBe('chosen: the first usable interface');
    expect(judgement({ ...candidate, chosen: false, reason: 'why' })).toBe('not chosen: why');
  });
});

describe('the summary for an error', () => {
  test.each<[string, HostFiles, string]>([
    ['says that no source lists any', {}, 'SPMI, SMBIOS, PCI, ACPI and ipmi_si list no interface'],
    [
      'names the others, and what is ignored',
      smbios(type38({ type: 4, base: 0x20n }), type38({ length: 9 })),
      "SSIF at SMBus 0x10 (SMBIOS): only BT is supported; the kernel's ipmi_ssif drives SSIF; " +
        '/sys/firmware/dmi/entries/38-1/raw: 9 bytes, too short for a base address',
    ],
  ])('%s', (_, files, text) => {
    expect(summarize(discover({ files: fakeFiles(files) }))).toBe(text);
  });
});
