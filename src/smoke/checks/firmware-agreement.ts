/**
 * Check `firmware-agreement`: SMBIOS type 38, SPMI, ACPI, PCI, the kernel's own parameters and the
 * registers, side by side. Each disagreement is a finding that names its rows.
 */

import { IpmiError, hex } from '../../errors.ts';
import { permissionRemedy } from '../../file-trouble.ts';
import type { RegisterBlock } from '../../port/register-block.ts';
import type { Check, Means } from '../check.ts';
import { disagreements } from '../firmware-rules.ts';
import { COLUMNS, rowLine, rowsOf } from '../firmware-rows.ts';
import { withRegisters } from '../register-log.ts';

/** The registers as a witness. */
type Seen =
  | { readonly kind: 'present' | 'nothing' | 'other'; readonly text: string }
  | { readonly kind: 'unread'; readonly text: string };

export const FIRMWARE_AGREEMENT: Check = {
  id: 'firmware-agreement',
  question: 'Do firmware, the kernel and the registers describe one BT interface alike?',
  risk: 'read-only',
  needs: [],
  limitSeconds: 40,
  run: async (means: Means): Promise<void> => {
    const { subject, report } = means;
    const discovery = subject.discovery();
    const block = await blockOf(means);
    const seen = block instanceof IpmiError ? undefined : await look(means);
    const base = block instanceof IpmiError ? undefined : block.base;
    const rows = rowsOf(discovery);
    const registers = seen === undefined || block instanceof IpmiError ? [] : [row(block, seen)];
    report.matrix(COLUMNS, [...rows, ...registers]);
    const evidence = [...rows, ...registers].map(rowLine);
    for (const { severity, text } of disagreements(discovery, base)) {
      if (severity === 'fail') report.fail('bt-firmware-disagrees', text, evidence);
      else report.warn('bt-firmware-disagrees', text, evidence);
    }
    for (const path of discovery.unseen) {
      const text = path.includes(' ') ? path : `${path} cannot be read`;
      report.warn('host-limits', `${text}, and is not compared (${permissionRemedy()})`);
    }
    if (block instanceof IpmiError) throw block;
    tellRegisters(block, seen, means);
  },
};

/** The interface under test, or why there is none: the table is told first. */
async function blockOf({ subject }: Means): Promise<RegisterBlock | IpmiError> {
  try {
    return await subject.block();
  } catch (error) {
    if (error instanceof IpmiError) return error;
    throw error;
  }
}

/** Reads the registers, where no kernel driver has them. */
async function look(means: Means): Promise<Seen> {
  try {
    const { kind, seen } = await withRegisters(means, ({ registers }) => registers.presence());
    return { kind, text: seen };
  } catch (error) {
    if (!(error instanceof IpmiError) || error.code === 'REQUEST_ABORTED') throw error;
    return { kind: 'unread', text: error.message };
  }
}

function row({ base, spacing }: RegisterBlock, { kind, text }: Seen) {
  const address = `I/O ${hex(base)}`;
  const unknown = 'not shown';
  const types = { present: 'BT', nothing: 'nothing', other: 'not BT', unread: 'not read' };
  const shown = kind === 'present' ? String(spacing) : unknown;
  const why = kind === 'unread' ? text.replace(/^(\w+): .*/s, '$1') : text;
  return { name: 'registers', cells: [types[kind], `${address} (${why})`, shown, unknown] };
}

/** The registers answer as a BT interface, or firmware names what is not there. */
function tellRegisters(block: RegisterBlock, seen: Seen | undefined, { report }: Means): void {
  if (seen === undefined) return;
  const where = hex(block.base);
  switch (seen.kind) {
    case 'present':
      report.fact('registers', seen.text);
      return;
    case 'other': {
      const text = `BT is said to be at ${where}, and another device answers there: ${seen.text}`;
      report.fail('bt-firmware-disagrees', `${text}. Name the right port with --base`);
      return;
    }
    case 'nothing': {
      const text = `BT is said to be at ${where}, and nothing answers there: ${seen.text}`;
      report.warn('bt-firmware-disagrees', `${text}. The BMC may restart; see the check registers`);
      return;
    }
    case 'unread':
      report.fact('registers', `not read: ${seen.text}`);
  }
}
