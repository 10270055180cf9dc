/** Tables that agree, tables that lie in each way, and tables that cannot be read. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../../src/errors.ts';
import { FIRMWARE_AGREEMENT } from '../../../src/smoke/checks/firmware-agreement.ts';
import { DENIED } from '../../support/fake-files.ts';
import { FakeSubject, runCheck, slugsOf, verdictOf } from '../../support/fake-subject.ts';
import type { FakeMachine } from '../../support/fake-subject.ts';
import { firmware, host } from '../../support/found.ts';
import {
  ENTRY,
  SPMI,
  acpiNodes,
  captured,
  sealed,
  smbios,
  spmi,
  type38,
} from '../../support/hosts.ts';
import type { HostFiles } from '../../support/hosts.ts';
import { nonEmpty } from '../../support/lists.ts';

const CE4 = acpiNodes([0xce4, 0xce6]);

async function run(table: HostFiles, machine: FakeMachine = {}) {
  const told = await runCheck(FIRMWARE_AGREEMENT, new FakeSubject({ table, ...machine }));
  const lines = told.matrix.map(({ name, cells }) => `${name}: ${cells.join(', ')}`);
  return { ...told, lines };
}

describe('a machine whose tables agree passes:', () => {
  test('SMBIOS, SPMI, ACPI and the registers', async () => {
    const told = await run(firmware(smbios(type38()), CE4, { [SPMI]: spmi() }));

    expect(verdictOf(told)).toBe('pass');
    expect(told.lines).toEqual([
      'SPMI: BT, I/O 0xce4, 1, 6',
      'SMBIOS 38-0: BT, I/O 0xce4, 1, 6',
      'ACPI IPI0001:00: not shown, I/O 0xce4-0xce6, not shown, not shown',
      'registers: BT, I/O 0xce4 (BT_CTRL reads 0x0 and BT_INTMASK 0x0), 1, not shown',
    ]);
  });

  test('with the parameters of the kernel', async () => {
    const refusal = new IpmiError('PORT_CLAIMED', 'the kernel driver ipmi_si has IPI0001:00');

    const told = await run(captured('isa-bt-bound'), { refuse: { door: refusal } });

    expect(verdictOf(told)).toBe('pass');
    expect(told.lines).toContain('kernel IPI0001:00: BT, I/O 0xce4, 1, 6');
    expect(told.lines.at(-1)).toBe(
      'registers: not read, I/O 0xce4 (PORT_CLAIMED), not shown, not shown',
    );
  });

  test('at 0xe4 without an interrupt', async () => {
    const table = firmware(smbios(type38({ base: 0xe5n, irq: 0 })));

    expect(verdictOf(await run(table, { bmc: { base: 0xe4 } }))).toBe('pass');
  });
});

describe('a lie fails, and names its rows:', () => {
  test.each<[string, HostFiles, RegExp]>([
    [
      'a port called memory, which ACPI contradicts',
      firmware(smbios(type38({ base: 0xce4n })), CE4),
      /SMBIOS says memory 0xce4, but IPI0001:00 has ports there.*\(SMBIOS 38-0\)/,
    ],
    [
      'a port called memory, on its own',
      firmware(smbios(type38({ base: 0xce4n }))),
      /memory 0xce4, but no device has memory there/,
    ],
    [
      'an address 0 that SPMI contradicts',
      firmware(smbios(type38({ base: 0n })), { [SPMI]: spmi() }),
      /SMBIOS 38-0 gives the address 0, which is none, and SPMI gives I\/O 0xce4/,
    ],
    [
      'an address 0 that ACPI corrects',
      firmware(smbios(type38({ base: 0n })), CE4),
      /SMBIOS says no address, but IPI0001:00 has ports at 0xce4/,
    ],
    [
      'another port than ACPI has',
      firmware(smbios(type38({ base: 0xca3n })), CE4),
      /SMBIOS says I\/O 0xca2, but IPI0001:00 has ports at 0xce4/,
    ],
    [
      'another port than SPMI has',
      firmware(smbios(type38({ base: 0xe5n })), { [SPMI]: spmi() }),
      /BT is said to be at two places: SPMI says I\/O 0xce4; SMBIOS 38-0 says I\/O 0xe4/,
    ],
    [
      'another type',
      firmware(smbios(type38({ type: 1 })), { [SPMI]: spmi() }),
      /SPMI says bt; SMBIOS 38-0 says kcs/,
    ],
    [
      'another spacing',
      firmware(smbios(type38({ modifier: 0x40 })), { [SPMI]: spmi() }),
      /SPMI says 1; SMBIOS 38-0 says 4/,
    ],
    [
      'a reserved spacing',
      firmware(smbios(type38({ modifier: 0xc0 })), { [SPMI]: spmi() }),
      /SPMI says 1; SMBIOS 38-0 says a reserved value/,
    ],
    [
      'a spacing for which ACPI has no room',
      firmware(smbios(type38({ modifier: 0x40 })), CE4),
      /38-0 says registers 4 apart from I\/O 0xce4, and ACPI IPI0001:00 has only I\/O 0xce4-0xce6/,
    ],
    [
      'another interrupt',
      firmware(smbios(type38({ irq: 5 })), { [SPMI]: spmi() }),
      /different interrupts: SPMI says 6; SMBIOS 38-0 says 5/,
    ],
    [
      'a record that is cut off',
      firmware(smbios(type38({ length: 15 })), { [SPMI]: spmi() }),
      /15 bytes, too short for a base address: ignored/,
    ],
    [
      'a checksum that is wrong',
      firmware(smbios(type38()), { [SPMI]: Buffer.concat([spmi().subarray(0, 63), Buffer.of(9)]) }),
      /checksum is wrong: ignored/,
    ],
  ])('%s', async (_, table, text) => {
    const told = await run(table);

    expect(told.thrown).toBeUndefined();
    expect(slugsOf(told)).toEqual(['fail bt-firmware-disagrees']);
    expect(told.findings[0]).toMatch(text);
    expect(nonEmpty(told.evidence)[0]).toMatch(
      /^(SMBIOS 38-0|SPMI|ACPI IPI0001:00|registers): type /,
    );
  });
});

describe('what only one source tells is a warning:', () => {
  test.each<[string, HostFiles, RegExp]>([
    [
      'an interrupt',
      firmware(smbios(type38({ irq: 0 })), { [SPMI]: spmi() }),
      /not all sources give the interrupt: SPMI says 6; SMBIOS 38-0 says none/,
    ],
    [
      'the interrupt 255',
      firmware(smbios(type38({ irq: 255 }))),
      /SMBIOS 38-0 gives the interrupt 255, which is none/,
    ],
    [
      'the interrupt 0 of SPMI',
      firmware({ [SPMI]: spmi({ gsi: 0 }) }),
      /SPMI gives the interrupt 0, which is none/,
    ],
    [
      'two records',
      firmware(smbios(type38(), type38({ type: 1, base: 0xca3n }))),
      /2 records.*: SMBIOS 38-0 says bt at I\/O 0xce4; SMBIOS 38-1 says kcs at I\/O 0xca2/,
    ],
    [
      'an empty record of another kind',
      firmware(smbios(type38({ type: 1, base: 0n, irq: 0 })), { [SPMI]: spmi() }),
      /SMBIOS 38-0 gives the address 0/,
    ],
    ['ports of ACPI that no table names', firmware(CE4), /which no table names/],
    [
      'a table that cannot be read',
      firmware({ [ENTRY]: DENIED, [SPMI]: spmi() }),
      /^warning host-limits: .*38-0\/raw cannot be read/,
    ],
  ])('%s', async (_, table, text) => {
    const told = await run(table);

    expect(told.thrown).toBeUndefined();
    expect(told.findings).toEqual([expect.stringMatching(/^warning /)]);
    expect(told.findings[0]).toMatch(text);
  });
});

describe('the registers are a witness:', () => {
  const table = firmware(smbios(type38()), CE4);

  test('nothing at the port is a warning, because the BMC may restart', async () => {
    const subject = new FakeSubject({ table });
    subject.bmc.fail('floats', { forMs: Infinity });
    const told = await runCheck(FIRMWARE_AGREEMENT, subject);

    expect(slugsOf(told)).toEqual(['warning bt-firmware-disagrees']);
    expect(told.findings[0]).toMatch(/BT is said to be at 0xce4, and nothing answers there/);
  });

  test('another device there fails', async () => {
    const told = await run(table, {
      wrap: (inner) => ({
        inb: () => 0x03,
        outb: () => undefined,
        readBytes: () => undefined,
        writeBytes: () => undefined,
        close: () => {
          inner.close();
        },
      }),
    });

    expect(slugsOf(told)).toEqual(['fail bt-firmware-disagrees']);
  });
});

test('a machine without BT shows its table, and ends', async () => {
  const absent = new IpmiError('DEVICE_ABSENT', 'no BT interface found');

  const told = await run(host('kcs'), { refuse: { block: absent } });

  expect([told.thrown, told.findings]).toEqual([absent, []]);
  expect(told.lines[0]).toBe('SMBIOS 38-0: KCS, I/O 0xca2, 1, 5');
});

test('a machine whose files cannot be read at all is no machine that agrees', async () => {
  const table = { [ENTRY]: DENIED, [SPMI]: DENIED, '/proc/ioports': DENIED };

  const told = await run({ ...CE4, ...table });

  expect(slugsOf(told)).toEqual(Array(3).fill('warning host-limits'));
});

test('tables of the tests have right checksums', () => {
  expect(sealed(spmi())).toEqual(spmi());
});
