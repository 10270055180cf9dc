/** The output of `ipmi-bt locate`, to the byte: scripts read it. */

import { describe, expect, test } from 'vitest';

import { locate } from '../../../src/cli/commands/locate.ts';
import { permissionRemedy } from '../../../src/file-trouble.ts';
import type { LocateOptions } from '../../../src/cli/commands/locate.ts';
import { IpmiError } from '../../../src/errors.ts';
import type { PortIo } from '../../../src/port/port.ts';
import { SimBmc } from '../../../src/sim/bmc.ts';
import { DENIED, fakeFiles } from '../../support/fake-files.ts';
import { ENTRY, acpiNodes, captured, smbios, type38 } from '../../support/hosts.ts';
import type { HostFiles } from '../../support/hosts.ts';
import { BentPort } from '../../support/wraps.ts';

const UNBIND =
  'port 0xce4: the kernel driver ipmi_si has IPI0001:00 ' +
  '(borrow it with --takeover, or echo IPI0001:00 > /sys/bus/platform/drivers/ipmi_si/unbind)';

const ISA_BT = `IPMI Version: 2.0
IPMI locate driver: SMBIOS, ACPI
IPMI interface: BT
BMC I/O base address: 0xce4
Register spacing: 1
Interrupt: 6
Rank: 1
Claim: none
Verdict: chosen: the first usable interface
`;

const PCI_BT = `IPMI locate driver: PCI
IPMI interface: BT
BMC driver device: 0000:00:02.0
BMC I/O base address: 0xc010
Register spacing: 1
Interrupt: 10
Rank: 2
Claim: none
Verdict: not chosen: tried if no BMC is found at those before it
`;

const KCS = `IPMI Version: 2.0
IPMI locate driver: SMBIOS, ACPI
IPMI interface: KCS
BMC I/O base address: 0xca2
Register spacing: 1
Interrupt: 5
Rank: none
Claim: none
Verdict: not chosen: only BT is supported; the kernel's ipmi_si drives KCS
`;

function run(host: HostFiles, options: Partial<LocateOptions> = {}) {
  const openPort = () => {
    throw new Error('a port was opened');
  };
  const none = { named: undefined, json: false, explain: false, probeDefaults: false };
  return locate({ files: fakeFiles(host), openPort, ...none, ...options });
}

interface Case {
  readonly name: string;
  readonly host: HostFiles;
  readonly stdout: string;
  readonly exit: number;
}

const CASES: readonly Case[] = [
  { name: 'an interface', host: captured('isa-bt'), stdout: ISA_BT, exit: 0 },
  {
    name: 'two, an empty line between',
    host: captured('two'),
    stdout: `${ISA_BT}\n${PCI_BT}`,
    exit: 0,
  },
  { name: 'one it does not drive, exit 69', host: captured('kcs'), stdout: KCS, exit: 69 },
  {
    name: 'one that ipmi_si has, exit 69',
    host: captured('isa-bt-bound'),
    stdout: ISA_BT.replace('ACPI', 'ACPI, kernel')
      .replace('Claim: none', 'Claim: ipmi_si')
      .replace(/chosen: .*/, `not chosen: ${UNBIND}`),
    exit: 69,
  },
  {
    name: 'what firmware has wrong',
    host: { ...captured('isa-bt'), ...smbios(type38({ base: 0xce4n })) },
    stdout:
      `${ISA_BT}Firmware bug: SMBIOS says memory 0xce4, ` +
      'but IPI0001:00 has ports there: treated as I/O\n',
    exit: 0,
  },
];

describe('locate prints', () => {
  test.each(CASES)('$name', ({ host, stdout, exit }) => {
    expect(run(host)).toEqual({ stdout, stderr: '', exit });
  });

  test('addresses in memory and on the SMBus by their names', () => {
    const records = [type38({ base: 0xfed00000n }), type38({ type: 4, base: 0x40n })];

    const { stdout } = run({ ...captured('none'), ...smbios(...records) });

    expect(stdout).toContain('IPMI interface: BT\nBMC memory base address: 0xfed00000\n');
    expect(stdout).toContain('IPMI interface: SSIF\nBMC SMBUS slave address: 0x20\n');
  });

  test('nothing where nothing is, and says so', () => {
    expect(run(captured('none'))).toEqual({
      stdout: '',
      stderr: 'ipmi-bt: no IPMI interface was found\n',
      exit: 69,
    });
  });

  test('what cannot be seen or believed on standard error', () => {
    const host = {
      ...smbios(type38({ length: 9 }), type38()),
      ...acpiNodes([0xce4, 0xce6]),
      '/sys/firmware/dmi/entries/38-1/raw': DENIED,
      '/proc/ioports': '0000-0000 : IPI0001:00\n',
    };

    const { stdout, stderr, exit } = run(host);

    expect(exit).toBe(69);
    expect(stdout).toContain('IPMI interface: unknown\nBMC I/O base address: unknown\n');
    expect(stderr).toBe(
      `ipmi-bt: ignored: ${ENTRY}: 9 bytes, too short for a base address\n` +
        `ipmi-bt: not read: /sys/firmware/dmi/entries/38-1/raw (${permissionRemedy()})\n` +
        `ipmi-bt: not read: /proc/ioports hides the addresses (${permissionRemedy()})\n`,
    );
  });

  test('an interface the command line names before all others', () => {
    const { stdout } = run(captured('isa-bt'), { named: { base: 0xe4, spacing: 4 } });

    expect(stdout.split('\n\n')[0]).toBe(
      [
        'IPMI locate driver: command line',
        'IPMI interface: BT',
        'BMC I/O base address: 0xe4',
        'Register spacing: 4',
        'Interrupt: none',
        'Rank: 1',
        'Claim: none',
        'Verdict: chosen: the first usable interface',
      ].join('\n'),
    );
  });
});

test('--json prints every field', () => {
  const { stdout, stderr, exit } = run(captured('two'), { json: true });

  const isa = {
    ...{ type: 'bt', space: 'io', base: 0xce4, register_spacing: 1, irq: 6, ipmi_version: '2.0' },
    ...{ pci_device: null, sources: ['smbios', 'acpi'], rank: 1, claim: null, chosen: true },
    ...{ reason: 'the first usable interface', firmware_bugs: [] },
  };
  const pci = {
    ...{ type: 'bt', space: 'io', base: 0xc010, register_spacing: 1, irq: 10, ipmi_version: null },
    ...{ pci_device: '0000:00:02.0', sources: ['pci'], rank: 2, claim: null, chosen: false },
    ...{ reason: 'tried if no BMC is found at those before it', firmware_bugs: [] },
  };
  const head = { schema: 'ipmi-bt/locate', version: 1 };
  expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
  expect(stdout).toMatch(/^\{.*\}\n$/);
  const none = { problems: [], unseen: [], left_unbound: [] };
  expect(JSON.parse(stdout)).toEqual({ ...head, candidates: [isa, pci], ...none });
});

describe('--explain tells', () => {
  test('the story of the kernel log of 2018', () => {
    const host = { ...captured('isa-bt'), ...smbios(type38({ base: 0xce4n })) };

    expect(run(host, { explain: true }).stdout).toBe(
      [
        '/etc/ipmi-bt.json names no interface.',
        'ACPI has no SPMI table.',
        `SMBIOS says: BT at memory 0xce4, register spacing 1, interrupt 6 (${ENTRY}).`,
        'PCI has no IPMI device.',
        'The kernel driver ipmi_si has no interface.',
        'ACPI says: an IPMI interface of unknown type at I/O 0xce4-0xce6 (IPI0001:00).',
        'Firmware bug: SMBIOS says memory 0xce4, but IPI0001:00 has ports there: treated as I/O.',
        'Result: BT at I/O 0xce4 (SMBIOS, ACPI) is chosen: the first usable interface.',
        'Interrupt 6 of 0xce4 needs ipmi_bt_uio, which this kernel does not have ' +
          '(docs/interrupts.md).',
        '',
      ].join('\n'),
    );
  });

  test('that there is nothing', () => {
    expect(run(captured('none'), { explain: true }).stdout).toBe(
      [
        '/etc/ipmi-bt.json names no interface.',
        'ACPI has no SPMI table.',
        'SMBIOS has no IPMI device.',
        'PCI has no IPMI device.',
        'The kernel driver ipmi_si has no interface.',
        'ACPI has no IPI0001 node.',
        'Result: no IPMI interface was found.',
        '',
      ].join('\n'),
    );
  });

  test('what cannot be read or believed', () => {
    const host = {
      ...smbios(type38({ length: 9 }), type38({ modifier: 0xc0, irq: 0 })),
      ...{ '/sys/firmware/acpi/tables/SPMI': DENIED },
    };

    expect(run(host, { explain: true }).stdout.split('\n').slice(1, 4)).toEqual([
      '/sys/firmware/acpi/tables/SPMI cannot be read.',
      'SMBIOS says: BT at I/O 0xce4, register spacing of a reserved value, no interrupt ' +
        '(/sys/firmware/dmi/entries/38-1/raw).',
      `Ignored: ${ENTRY}: 9 bytes, too short for a base address.`,
    ]);
  });

  test('a program, as one field', () => {
    const { stdout } = run(captured('none'), { explain: true, json: true });

    const { story } = JSON.parse(stdout) as { readonly story: readonly string[] };
    expect(story.at(-1)).toBe('Result: no IPMI interface was found.');
  });
});

describe('--probe-defaults', () => {
  /** BT at 0xce4, nothing elsewhere. */
  const atCe4 = ({ range }: { readonly range: { readonly base: number } }) => {
    const bmc = new SimBmc();
    const port: PortIo = range.base === 0xce4 ? bmc : new BentPort(bmc, () => 0xff);
    return { port, backend: 'native' } as const;
  };

  test('tells what it read, and what is found is not chosen', () => {
    const options = { probeDefaults: true, openPort: atCe4 };

    const { stdout, exit } = run(captured('none'), options);

    expect(exit).toBe(69);
    expect(stdout).toBe(
      [
        'IPMI locate driver: default',
        'IPMI interface: BT',
        'BMC I/O base address: 0xce4',
        'Register spacing: 1',
        'Interrupt: none',
        'Rank: none',
        'Claim: none',
        'Verdict: not chosen: a guess from reading the ports; use --base to open it',
        'Port 0xe4: BT_CTRL reads 0xff and BT_INTMASK 0xff: nothing decodes there.',
        'Port 0xce4: BT_CTRL reads 0x0 and BT_INTMASK 0x0: as BT does.',
        '',
      ].join('\n'),
    );
  });

  test('tells a program, too', () => {
    const options = { probeDefaults: true, openPort: atCe4, json: true };

    expect(JSON.parse(run(captured('none'), options).stdout)).toMatchObject({
      candidates: [{ base: 0xce4, sources: ['default'], rank: null, chosen: false }],
      looks: [
        {
          base: 0xe4,
          is_like_bt: false,
          text: 'port 0xe4: BT_CTRL reads 0xff and BT_INTMASK 0xff: nothing decodes there',
        },
        { base: 0xce4, is_like_bt: true },
      ],
    });
  });

  test('does not look where an interface is known', () => {
    const opened: number[] = [];
    const openPort: LocateOptions['openPort'] = ({ range }) => {
      opened.push(range.base);
      throw new IpmiError('PORT_DENIED', 'ioperm');
    };

    const { stdout } = run(captured('isa-bt'), { probeDefaults: true, openPort });

    expect(opened).toEqual([0xe4]);
    expect(stdout).toBe(`${ISA_BT}Port 0xe4 was not read: PORT_DENIED: ioperm.\n`);
  });
});
