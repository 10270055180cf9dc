/**
 * The disagreements between the sources that describe interfaces. What one source plainly
 * contradicts is a failure; what only one of them tells is a warning. Discovery has its own errors
 * of firmware, because it works around them: they are taken over from there.
 */

import type { FirmwareBug } from '../discover/candidate.ts';
import { hasRoom, isPortCalledMemory } from '../discover/candidate.ts';
import type { Discovery } from '../discover/discover.ts';
import type { InterfaceRecord, SourceName } from '../discover/record.ts';
import { addressText, irqText, nodeName, portsText, rowName } from './firmware-rows.ts';

/** Something that the sources do not say alike. */
export interface Disagreement {
  readonly severity: 'fail' | 'warning';
  readonly text: string;
}

/** Firmware's own tables, of which one record is one interface. */
const TABLES: readonly SourceName[] = ['smbios', 'spmi'];

/** Sources that give the interrupt as a number of the same kind; PCI's is the kernel's own. */
const NUMBERED: readonly SourceName[] = ['smbios', 'spmi', 'kernel'];

/** Sources that describe the machine, and not the wish of the user. */
const WITNESSES: readonly SourceName[] = ['spmi', 'smbios', 'pci', 'kernel'];

const VENDOR = 'report it to the maker of the firmware';

/** All of them; `base` is the port of BT_CTRL under test, if there is an interface. */
export function disagreements(
  discovery: Discovery,
  base: number | undefined,
): readonly Disagreement[] {
  const records = discovery.testimonies.flatMap((testimony) => testimony.records);
  const witnesses = records.filter(({ source }) => WITNESSES.includes(source));
  return [
    ...discovery.bugs.map((bug) => known(bug, base)),
    ...malformed(discovery),
    ...noAddress(witnesses, discovery, base),
    ...several(witnesses),
    ...elsewhere(witnesses, discovery),
    ...interrupts(witnesses, base),
    ...tooFewPorts(witnesses, discovery),
    ...unnamed(witnesses, discovery),
    ...notWhereNamed(records, witnesses),
  ];
}

/** A record of another kind of interface is not what this run is about. */
function isOurs({ type, address }: InterfaceRecord, base: number | undefined): boolean {
  return type === 'bt' || type === 'unknown' || address === base;
}

function severityOf(records: readonly InterfaceRecord[], base: number | undefined) {
  return records.some((record) => isOurs(record, base)) ? 'fail' : 'warning';
}

function known({ kind, text, records }: FirmwareBug, base: number | undefined): Disagreement {
  const severity = severityOf(records, base);
  const names = records.map(rowName).join(', ');
  const say = (tell: (record: InterfaceRecord) => string): string =>
    records.map((record) => `${rowName(record)} says ${tell(record)}`).join('; ');
  const spacings = (): string =>
    say(({ spacing }) => (spacing === undefined ? 'a reserved value' : String(spacing)));
  switch (kind) {
    case 'space': {
      const effect = 'Linux looks for registers in memory, and finds none';
      return { severity, text: `${text} (${names}). ${effect}; ${VENDOR}` };
    }
    case 'place':
      return { severity, text: `${text} (${names}); ${VENDOR}, and name the port with --base` };
    case 'type':
      return { severity, text: `${text}: ${say(({ type }) => type)}; ${VENDOR}` };
    case 'spacing':
      return { severity, text: `${text}: ${spacings()}; ${VENDOR}` };
  }
}

/** Records that were ignored because they cannot be understood. */
function malformed({ testimonies }: Discovery): readonly Disagreement[] {
  return testimonies.flatMap(({ source, problems }) => {
    const severity = TABLES.includes(source) ? 'fail' : 'warning';
    return problems.map((problem) => ({ severity, text: `${problem}: ignored; ${VENDOR}` }));
  });
}

function noAddress(
  records: readonly InterfaceRecord[],
  { bugs }: Discovery,
  base: number | undefined,
): readonly Disagreement[] {
  const isCorrected = (record: InterfaceRecord): boolean =>
    bugs.some((bug) => bug.kind === 'place' && bug.records.some((one) => isSame(one, record)));
  const empty = records.filter((record) => record.address === 0 && !isCorrected(record));
  const other = records.find(({ address }) => address !== 0);
  const rest = other === undefined ? '' : `, and ${rowName(other)} gives ${addressText(other)}`;
  return empty.map((record) => ({
    severity: severityOf([record], base),
    text: `${rowName(record)} gives the address 0, which is none${rest}: an empty record; ${VENDOR}`,
  }));
}

function isSame(one: InterfaceRecord, other: InterfaceRecord): boolean {
  return one.source === other.source && one.where === other.where;
}

function several(records: readonly InterfaceRecord[]): readonly Disagreement[] {
  return TABLES.flatMap((source) => {
    const own = records.filter((record) => record.source === source);
    if (own.length < 2) return [];
    const rows = own.map((one) => `${rowName(one)} says ${one.type} at ${addressText(one)}`);
    const text = `${own.length} records where one interface has one: ${rows.join('; ')}`;
    const remedy = 'Linux takes each for an interface; name the one to use with --base';
    return [{ severity: 'warning', text: `${text}. ${remedy}` }] as const;
  });
}

/** Where each of two sources names one BT interface, it is the same. */
function elsewhere(
  records: readonly InterfaceRecord[],
  { bugs }: Discovery,
): readonly Disagreement[] {
  const only = WITNESSES.flatMap((source) => {
    const own = records.filter((one) => one.source === source && one.type === 'bt');
    return own.length === 1 && own[0]?.address !== 0 ? own : [];
  });
  const [first, ...others] = only;
  // Discovery has told already that ACPI has the ports elsewhere.
  if (first === undefined || bugs.some(({ kind }) => kind === 'place')) return [];
  return others
    .filter((other) => placeOf(other) !== placeOf(first))
    .map((other) => {
      const [a, b] = [first, other].map((one) => `${rowName(one)} says ${addressText(one)}`);
      const text = `BT is said to be at two places: ${a ?? ''}; ${b ?? ''}`;
      return { severity: 'fail', text: `${text}. Name the right one with --base, and ${VENDOR}` };
    });
}

function placeOf(record: InterfaceRecord): string {
  return `${isPortCalledMemory(record) ? 'io' : record.space} ${record.address}`;
}

function interrupts(
  records: readonly InterfaceRecord[],
  base: number | undefined,
): readonly Disagreement[] {
  const ours = records.filter(({ source, type, address }) => {
    return NUMBERED.includes(source) && (address === base || (type === 'bt' && address === 0));
  });
  const wrong = ours.filter(({ wrongIrq }) => wrongIrq !== undefined);
  const numbers = new Set(ours.flatMap(({ irq }) => irq ?? []));
  const rows = ours.map((record) => `${rowName(record)} says ${irqText(record)}`).join('; ');
  const found: Disagreement[] = wrong.map((record) => ({
    severity: 'warning',
    text: `${rowName(record)} gives the interrupt ${record.wrongIrq ?? ''}, which is none: ${VENDOR}`,
  }));
  if (numbers.size > 1) {
    const text = `the sources give different interrupts: ${rows}`;
    found.push({ severity: 'fail', text: `${text}. One of them is dead; ${VENDOR}` });
  } else if (numbers.size === 1 && ours.some(({ irq }) => irq === undefined)) {
    const text = `not all sources give the interrupt: ${rows}`;
    const remedy = 'see with ipmi-bt irq status that the right one is used, or poll';
    found.push({ severity: 'warning', text: `${text}; ${remedy}` });
  }
  return found;
}

/** The node of an interface has room for registers as far apart as the table says. */
function tooFewPorts(
  records: readonly InterfaceRecord[],
  { acpi }: Discovery,
): readonly Disagreement[] {
  return records.flatMap((record) => {
    const { type, address, spacing } = record;
    const node = acpi.nodes.find(({ ranges }) => ranges[0]?.start === address);
    if (type !== 'bt' || node === undefined || spacing === undefined) return [];
    if (hasRoom(node, address, spacing)) return [];
    const text = `${rowName(record)} says registers ${spacing} apart from ${addressText(record)}`;
    const room = `${nodeName(node)} has only ${portsText(node)}`;
    return [{ severity: 'fail', text: `${text}, and ${room}; ${VENDOR}` }] as const;
  });
}

/** A node at ports that no table names; discovery tells where it takes them for an interface. */
function unnamed(
  records: readonly InterfaceRecord[],
  { acpi, bugs }: Discovery,
): readonly Disagreement[] {
  if (bugs.some(({ kind }) => kind === 'place')) return [];
  const loose = acpi.nodes.filter(({ ranges: [first] }) => {
    return first !== undefined && !records.some(({ address }) => address === first.start);
  });
  return loose.map((node) => {
    const others = records.map((one) => `${rowName(one)} says ${addressText(one)}`).join('; ');
    const rest = others === '' ? 'no table names an interface' : others;
    const text = `${nodeName(node)} has ${portsText(node)}, which no table names: ${rest}`;
    return { severity: 'warning', text };
  });
}

/** The user may know better, and should know that. */
function notWhereNamed(
  records: readonly InterfaceRecord[],
  witnesses: readonly InterfaceRecord[],
): readonly Disagreement[] {
  const named = records.filter(({ source }) => source === 'explicit' || source === 'config');
  const others = witnesses.filter(({ type }) => type === 'bt');
  return named
    .filter((one) => !others.some(({ address }) => address === one.address))
    .map((one) => {
      const rows = others.map((other) => `${rowName(other)} says ${addressText(other)}`);
      const rest = rows.length === 0 ? 'no table names a BT interface' : rows.join('; ');
      const text = `the ${rowName(one)} names ${addressText(one)}, which no table does: ${rest}`;
      return { severity: 'warning', text };
    });
}
