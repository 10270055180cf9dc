/**
 * The interface is found by itself on machines of QEMU whose firmware tells the truth, and on some
 * whose firmware lies; and where there is none, no port is touched.
 */

import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, test } from 'vitest';

import { ENTRY, captured, spmiBody, type38 } from '../support/hosts.ts';
import { E4 } from '../support/profiles.ts';
import { SIM_ID, gaveUp, printed } from './expected.ts';
import { AS_NOBODY, WITHOUT_RAWIO, bootGuest } from './guest.ts';
import type { GuestOptions, GuestResult } from './guest.ts';
import { BACKPORTS_KERNEL } from './kernel.ts';
import { inTurn } from './load.ts';
import { stepsOf } from './steps.ts';

const RAW = 'ipmi-bt raw 0x06 0x01';
const LOCATE = 'ipmi-bt locate --json';
const LIST =
  "import { list } from '/opt/ipmi-bt/dist/index.js'; console.log(JSON.stringify(await list()))";

const PCI_DEVICE = '/sys/bus/pci/devices/0000:00:02.0';
const ENABLE = `cat ${PCI_DEVICE}/enable`;

/** Clears all of the low byte of the command register, ports included. */
const DISABLE = `printf '\\000' | dd of=${PCI_DEVICE}/config bs=1 seek=4 conv=notrunc 2>/dev/null`;
const PROGRAM = fileURLToPath(new URL('programs/pci-enable.mjs', import.meta.url));

const ADVICE = '(if there is one, name it with --base or in /etc/ipmi-bt.json)';

/** `bt 0xce4 smbios+acpi *`, as far as `locate --json` has printed it. */
function brief(stdout: string): readonly string[] {
  const { candidates } = JSON.parse(stdout) as { readonly candidates: readonly Candidate[] };
  return candidates.map(({ type, base, sources, chosen }) => {
    return `${type} 0x${base.toString(16)} ${sources.join('+')}${chosen ? ' *' : ''}`;
  });
}

interface Candidate {
  readonly type: string;
  readonly base: number;
  readonly sources: readonly string[];
  readonly chosen: boolean;
}

/** A guest in which these commands were run. */
function boot(options: Omit<GuestOptions, 'steps'>, commands: Record<string, string>) {
  return bootGuest({ ...options, steps: stepsOf({ raw: RAW, locate: LOCATE, ...commands }) });
}

describe.each(
  inTurn([
    ['6.1', {}],
    ['6.12', { kernelPackage: BACKPORTS_KERNEL }],
  ] as const),
)('BT at 0xce4, on Linux %s', (version, kernel) => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await boot(
      { bmc: 'sim', ...kernel },
      {
        version: 'uname -r',
        info: 'ipmi-bt info',
        list: `node --input-type=module -e "${LIST}"`,
        record: `cat ${ENTRY}`,
        nobody: `${AS_NOBODY} ${RAW}`,
        'nobody, locate': `${AS_NOBODY} ${LOCATE}`,
        probe: 'ipmi-bt --json locate --probe-defaults',
        bound: `modprobe ipmi_si && ${RAW}`,
        'bound, locate': LOCATE,
      },
    );
  });

  test('is that of the kernel meant', () => {
    expect(guest.step('version').stdout).toContain(`${version}.`);
  });

  test('is found with no flags', () => {
    expect(guest.step('raw')).toEqual(printed(SIM_ID));
    expect(guest.step('info').stdout).toContain('BT Base Address           : 0xce4\n');
  });

  test('is what SMBIOS and ACPI say, its interrupt with it', () => {
    const { exitCode, stdout } = guest.step('locate');

    expect(exitCode).toBe(0);
    expect(brief(stdout)).toEqual(['bt 0xce4 smbios+acpi *']);
    expect(stdout).toContain('"irq":6');
  });

  test('is in the list that programs get', () => {
    expect(JSON.parse(guest.step('list').stdout)).toMatchObject([
      { type: 'bt', base: 0xce4, spacing: 1, irq: 6, sources: ['smbios', 'acpi'], chosen: true },
    ]);
  });

  test('is announced as the fixture of this machine has it', () => {
    expect(guest.stepBytes('record').stdout).toEqual(captured('isa-bt')[ENTRY]);
  });

  test('is not seen by who is not root, who is told so', () => {
    const seen = JSON.parse(guest.step('nobody, locate').stdout) as { readonly unseen: unknown };

    expect(guest.step('nobody')).toMatchObject({ exitCode: 77, stdout: '' });
    expect(guest.step('nobody').stderr).toContain(`PORT_DENIED: no BT interface found, but`);
    expect(guest.step('nobody').stderr).toContain(ENTRY);
    expect(seen.unseen).toEqual([ENTRY, '/proc/ioports hides the addresses']);
  });

  test('needs no look; the other usual port reads as nothing', () => {
    expect(JSON.parse(guest.step('probe').stdout)).toMatchObject({
      looks: [{ base: 0xe4, is_like_bt: false, text: expect.stringMatching(/nothing/) as unknown }],
    });
  });

  test('is left to ipmi_si, once that has it', () => {
    expect(guest.step('bound')).toMatchObject({ exitCode: 69, stdout: '' });
    expect(guest.step('bound').stderr).toMatch(/PORT_CLAIMED: .* ipmi_si has IPI0001:00/);
    expect(guest.step('bound, locate').exitCode).toBe(69);
    expect(brief(guest.step('bound, locate').stdout)).toEqual(['bt 0xce4 smbios+acpi+kernel']);
  });
});

describe('BT at 0xe4 without interrupt, as SMBIOS of rack servers announces it', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    const tables = { smbios: [Buffer.from(E4.type38, 'hex')] };
    guest = await boot(
      { bmc: 'polled at 0xe4', tables },
      {
        info: 'ipmi-bt info',
        named: `ipmi-bt --base 0xe4 --irq auto ${RAW.replace('ipmi-bt ', '')}`,
        stats: 'ipmi-bt --base 0xe4 --json stats --count 20',
        irq: 'ipmi-bt irq status --json',
      },
    );
  });

  test('is found with no flags, and tells its GUID', () => {
    expect(guest.step('raw')).toEqual(printed(SIM_ID));
    expect(brief(guest.step('locate').stdout)).toEqual(['bt 0xe4 smbios+acpi *']);
    expect(guest.step('locate').stdout).toContain('"register_spacing":1,"irq":null');
    // QEMU sends the bytes as they stand in its option, and IPMI has them the other way round.
    expect(guest.step('info').stdout).toContain(
      'Device GUID               : ffeeddcc-bbaa-9988-7766-554433221100\n',
    );
  });

  test('is polled, whether an interrupt is asked for or not', () => {
    expect(guest.step('named')).toEqual(printed(SIM_ID));
    expect(guest.step('stats')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(guest.step('stats').stdout)).toMatchObject({ interrupts: 0 });
    expect(JSON.parse(guest.step('irq').stdout)).toMatchObject({
      ...{ base: 0xe4, device: 'IPI0001:00', irq: null, uio: null, state: 'none' },
    });
  });
});

describe('BT on PCI', () => {
  let guest: GuestResult;

  beforeAll(async () => {
    guest = await boot(
      { bmc: 'pci', files: { '/opt/ipmi-bt/pci-enable.mjs': PROGRAM } },
      {
        after: ENABLE,
        disable: DISABLE,
        named: 'ipmi-bt --base 0xc010 --trace raw 0x06 0x01',
        'disable once more': DISABLE,
        closing: 'node /opt/ipmi-bt/pci-enable.mjs',
        'disable again': DISABLE,
        leaving: 'node /opt/ipmi-bt/pci-enable.mjs --leave',
        left: ENABLE,
        bound: `modprobe ipmi_si && ${RAW}`,
      },
    );
  });

  test('is found with no flags', () => {
    expect(guest.step('raw')).toEqual(printed(SIM_ID));
    expect(brief(guest.step('locate').stdout)).toEqual(['bt 0xc010 pci *']);
  });

  test('is enabled while it is in use, and as before after it', () => {
    expect(guest.step('after')).toEqual(printed('0\n'));
    expect(guest.step('closing')).toEqual(printed('0 1 32\n0\n'));
  });

  test('is enabled when its base is named and nothing answers there', () => {
    expect(guest.step('named')).toMatchObject({ exitCode: 0, stdout: SIM_ID });
    expect(guest.step('named').stderr).toMatch(/^in {2}BT_CTRL {4}0xff/);
  });

  test('is put back, too, when the process exits without closing', () => {
    expect(guest.step('leaving')).toEqual({ exitCode: 3, stdout: '0 1 32\n', stderr: '' });
    expect(guest.step('left')).toEqual(printed('0\n'));
  });

  test('is left to ipmi_si, once that has it', () => {
    expect(guest.step('bound').stderr).toMatch(/PORT_CLAIMED: .* ipmi_si has 0000:00:02\.0/);
  });
});

describe('no port is touched, for which there would be no right, and the reason told:', () => {
  const kcs =
    "KCS at I/O 0xca2 (SMBIOS, ACPI): only BT is supported; the kernel's ipmi_si drives KCS";

  test.each([
    ['kcs', kcs, ['kcs 0xca2 smbios+acpi']],
    ['none', 'SPMI, SMBIOS, PCI, ACPI and ipmi_si list no interface', []],
  ] as const)('%s', async (bmc, reason, briefs) => {
    const guest = await boot({ bmc }, { 'no RAWIO': `${WITHOUT_RAWIO} ${RAW}` });

    const refusal = gaveUp(69, `DEVICE_ABSENT: no BT interface found: ${reason} ${ADVICE}`);
    expect(guest.step('raw')).toEqual(refusal);
    expect(guest.step('no RAWIO')).toEqual(refusal);
    expect(guest.step('locate').exitCode).toBe(69);
    expect(brief(guest.step('locate').stdout)).toEqual(briefs);
  });
});

test('of two BMCs the one that SMBIOS and ACPI have is taken, and PCI has the other', async () => {
  const guest = await boot({ bmc: 'two' }, { second: 'ipmi-bt --base 0xc010 raw 0x06 0x01' });

  expect(guest.step('raw')).toEqual(printed(SIM_ID.replace('20 00 00', '20 00 01')));
  expect(guest.step('second')).toEqual(printed(SIM_ID.replace('20 00 00', '20 00 02')));
  expect(brief(guest.step('locate').stdout)).toEqual(['bt 0xce4 smbios+acpi *', 'bt 0xc010 pci']);
});

describe('firmware that lies', () => {
  test('as in the kernel log of 2018: SMBIOS says memory, ACPI says ports', async () => {
    const tables = { smbios: [type38({ base: 0xce4n })] };
    const log = 'modprobe ipmi_si; dmesg | grep -E "SMBIOS: |Could not set up"';

    const guest = await boot({ bmc: 'sim', tables }, { log });

    // What Linux makes of it; it then takes ACPI's word.
    expect(guest.step('log').stdout).toContain('SMBIOS: mem 0xce4 regsize 1 spacing 1 irq 6');
    expect(guest.step('raw')).toEqual(printed(SIM_ID));
    expect(brief(guest.step('locate').stdout)).toEqual(['bt 0xce4 smbios+acpi *']);
    expect(guest.step('locate').stdout).toContain(
      '"firmware_bugs":["SMBIOS says memory 0xce4, but IPI0001:00 has ports there: treated as I/O"]',
    );
  });

  test('the wrong port in SMBIOS, which ACPI corrects', async () => {
    const tables = { smbios: [type38({ base: 0x2e1n })] };

    const guest = await boot({ bmc: 'sim', tables }, {});

    expect(guest.step('raw')).toEqual(printed(SIM_ID));
    expect(brief(guest.step('locate').stdout)).toEqual([
      'bt 0xce4 smbios+acpi *',
      'bt 0x2e0 smbios',
    ]);
  });

  test('a record of nothing, which is passed over for PCI', async () => {
    const tables = { smbios: [type38({ base: 0x2e1n })] };

    const guest = await boot({ bmc: 'pci', tables }, {});

    expect(brief(guest.step('locate').stdout)).toEqual(['bt 0x2e0 smbios *', 'bt 0xc010 pci']);
    expect(guest.step('raw')).toEqual(printed(SIM_ID));
  });

  test('not in SPMI, but in SMBIOS, which does not say what it is', async () => {
    const tables = { spmi: spmiBody(), smbios: [type38({ type: 0 })] };

    const guest = await boot({ bmc: 'sim', tables }, {});

    expect(guest.step('raw')).toEqual(printed(SIM_ID));
    expect(brief(guest.step('locate').stdout)).toEqual(['bt 0xce4 spmi+smbios+acpi *']);
  });
});
