/**
 * Makes interfaces of the records of all sources: records of one address are merged, a memory
 * address where no memory can be is treated as ports, and ports that ACPI gives confirm or correct
 * an address. The result is ordered by the number and weight of the sources.
 */

import { hex } from '../errors.ts';
import { PORT_MAX } from '../port/range.ts';
import { btBlock, registerPorts } from '../port/register-block.ts';
import type { AcpiNode } from './acpi.ts';
import { SOURCE_NAMES, formatAddress } from './record.ts';
import type { AddressSpace, InterfaceRecord, InterfaceType, SourceName } from './record.ts';

/** An interface that is said to exist. */
export interface Draft {
  readonly type: InterfaceType;
  readonly space: AddressSpace;
  readonly base: number;
  readonly spacing: number | undefined;
  /** The records of it, best source first; none when only ACPI names it. */
  readonly records: readonly InterfaceRecord[];
  readonly nodes: readonly AcpiNode[];
  /** Errors of firmware. */
  readonly bugs: readonly FirmwareBug[];
}

/**
 * Kinds of errors of firmware: `space`, a port is called memory; `type` and `spacing`, its sources
 * contradict each other; `place`, ACPI has the ports elsewhere.
 */
export type BugKind = 'space' | 'type' | 'spacing' | 'place';

/** An error of firmware, and the records that show it, as firmware wrote them. */
export interface FirmwareBug {
  readonly kind: BugKind;
  readonly text: string;
  readonly records: readonly InterfaceRecord[];
}

/** Sources by the weight of their word; ACPI's adds to that of SMBIOS. */
const SOURCES: readonly SourceName[] = [
  ...(['explicit', 'config', 'spmi', 'smbios', 'acpi', 'pci', 'kernel', 'default'] as const),
];

/** Makes interfaces of the records, best attested first. */
export function merge(
  records: readonly InterfaceRecord[],
  nodes: readonly AcpiNode[],
): readonly Draft[] {
  const groups = new Map<string, Said[]>();
  for (const record of records) {
    const said = relocate(record, nodes);
    const key = `${said.record.space} ${said.record.address}`;
    groups.set(key, [...(groups.get(key) ?? []), said]);
  }
  const drafts = [...groups.values()].map((group) => draftOf(group, nodes));
  const loose = nodes.filter((node) => !drafts.some((draft) => draft.nodes.includes(node)));
  const corrected = correct(drafts, loose);
  const alone = loose.filter((node) => corrected?.nodes.includes(node) !== true).map(nodeAlone);
  const all = [...(corrected === undefined ? [] : [corrected]), ...drafts, ...alone];
  return all.sort((a, b) => weight(a) - weight(b));
}

/** Returns the sources that name the interface. */
export function sourcesOf({ records, nodes }: Draft): readonly SourceName[] {
  const sources = new Set<SourceName>(records.map(({ source }) => source));
  if (nodes.length > 0) sources.add('acpi');
  return SOURCES.filter((source) => sources.has(source));
}

/** A record, and what had to be put right in it. */
interface Said {
  readonly record: InterfaceRecord;
  readonly bug: FirmwareBug | undefined;
}

/** True for a port that firmware calls memory: it forgets bit 0 of the base address. */
export function isPortCalledMemory({ source, space, address }: InterfaceRecord): boolean {
  const isTable = source === 'smbios' || source === 'spmi';
  return isTable && space === 'memory' && address !== 0 && address <= PORT_MAX;
}

function relocate(record: InterfaceRecord, nodes: readonly AcpiNode[]): Said {
  if (!isPortCalledMemory(record)) return { record, bug: undefined };
  const { source, space, address } = record;
  const node = nodes.find((one) => startOf(one) === address);
  const proof = node === undefined ? 'no device has memory there' : `${node.name} has ports there`;
  const claim = `${SOURCE_NAMES[source]} says ${formatAddress(space, address)}`;
  const text = `${claim}, but ${proof}: treated as I/O`;
  return { record: { ...record, space: 'io' }, bug: { kind: 'space', text, records: [record] } };
}

function draftOf(group: readonly Said[], nodes: readonly AcpiNode[]): Draft {
  const records = group.map(({ record }) => record).sort(bySource);
  const [first] = records;
  if (first === undefined) throw new Error('bug: a group of nothing');
  const types = distinct(records.map(({ type }) => type).filter((type) => type !== 'unknown'));
  const isNamed = first.source === 'explicit' || first.source === 'config';
  const spacings = distinct(records.map(({ spacing }) => spacing));
  const isPort = first.space === 'io';
  const bugs = group.flatMap(({ bug }) => bug ?? []);
  if (types.length > 1) {
    const text = `the sources disagree on the interface type: ${types.join(', ')}`;
    bugs.push({ kind: 'type', text, records });
  }
  if (spacings.length > 1) {
    const text = 'the sources disagree on its register spacing';
    bugs.push({ kind: 'spacing', text, records });
  }
  return {
    // A port that the user names is one of BT; from other sources a contradiction proves nothing.
    type: isNamed ? 'bt' : types.length === 1 ? (types[0] ?? 'unknown') : 'unknown',
    space: first.space,
    base: first.address,
    spacing: spacings.find((spacing) => spacing !== undefined),
    records,
    nodes: isPort ? nodes.filter((node) => startOf(node) === first.address) : [],
    bugs: bugs.filter(({ text }, at) => bugs.findIndex((one) => one.text === text) === at),
  };
}

/**
 * Where exactly one BT interface is said to exist at a place ACPI knows nothing of, and ACPI has
 * exactly one run of ports that no other source names and that has room for its registers, it is
 * there.
 */
function correct(drafts: readonly Draft[], loose: readonly AcpiNode[]): Draft | undefined {
  const unconfirmed = drafts.filter(({ type, nodes, records }) => {
    const source = records[0]?.source;
    return type === 'bt' && nodes.length === 0 && (source === 'smbios' || source === 'spmi');
  });
  const [draft, ...drafted] = unconfirmed;
  const [node, ...others] = loose;
  if (draft === undefined || node === undefined || drafted.length + others.length > 0) return;
  const base = startOf(node);
  const spacing = draft.spacing ?? 1;
  if (base === undefined || !hasRoom(node, base, spacing)) return;
  const [said = 'firmware'] = draft.records.map(({ source }) => SOURCE_NAMES[source]);
  const claim = draft.base === 0 ? 'no address' : formatAddress(draft.space, draft.base);
  const text = `${said} says ${claim}, but ${node.name} has ports at ${hex(base)}: tried there first`;
  const bugs = [...draft.bugs, { kind: 'place' as const, text, records: draft.records }];
  return { ...draft, space: 'io', base, spacing, nodes: [node], bugs };
}

/** True when the node has every port that the registers take. */
export function hasRoom({ ranges }: AcpiNode, base: number, spacing: number): boolean {
  return registerPorts(btBlock(base, spacing)).every((port) =>
    ranges.some(({ start, end }) => start <= port && port <= end),
  );
}

function nodeAlone(node: AcpiNode): Draft {
  const base = startOf(node) ?? 0;
  const none = { type: 'unknown', space: 'io', spacing: undefined } as const;
  return { ...none, base, records: [], nodes: [node], bugs: [] };
}

function startOf({ ranges }: AcpiNode): number | undefined {
  return ranges[0]?.start;
}

function bySource(a: InterfaceRecord, b: InterfaceRecord): number {
  return SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source);
}

/** Less is better: the place of the best source, and half a step better when ACPI confirms. */
function weight(draft: Draft): number {
  const sources = sourcesOf(draft);
  const isConfirmed = sources.includes('acpi') && draft.records.length > 0;
  // SMBIOS confirmed by ACPI is worth as much as SPMI, which is ACPI's own.
  const best = isConfirmed && sources[0] === 'smbios' ? 'spmi' : (sources[0] ?? 'default');
  return SOURCES.indexOf(best) - (isConfirmed ? 0.5 : 0);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
