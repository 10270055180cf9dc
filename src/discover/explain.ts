/**
 * Explains a discovery in sentences: what each source says, the errors of firmware, and the result.
 */

import { hex } from '../errors.ts';
import { CONFIG_FILE } from './config.ts';
import type { Discovery } from './discover.ts';
import type { Candidate } from './ranking.ts';
import { SOURCE_NAMES, formatAddress } from './record.ts';
import type { InterfaceRecord, SourceName, Testimony } from './record.ts';

/** The name of a source at the beginning of a sentence. */
const SPEAKERS: Readonly<Record<SourceName, string>> = {
  ...SOURCE_NAMES,
  explicit: 'The command line',
  config: CONFIG_FILE,
  kernel: 'The kernel driver ipmi_si',
  default: 'The probe of the port',
};

/** The sentence for a source that names no interface. */
const NOTHING: Readonly<Record<SourceName, string>> = {
  explicit: 'The command line names no interface.',
  config: `${CONFIG_FILE} names no interface.`,
  spmi: 'ACPI has no SPMI table.',
  smbios: 'SMBIOS has no IPMI device.',
  pci: 'PCI has no IPMI device.',
  kernel: 'The kernel driver ipmi_si has no interface.',
  acpi: 'ACPI has no IPI0001 node.',
  default: 'The usual ports were not probed.',
};

/** Returns the whole explanation, one sentence an element. */
export function explain(discovery: Discovery): readonly string[] {
  const { testimonies, candidates } = discovery;
  return [
    ...testimonies.flatMap(tellTestimony),
    ...tellNodes(discovery),
    ...new Set(
      candidates.flatMap(({ firmwareBugs }) => firmwareBugs.map((bug) => `Firmware bug: ${bug}.`)),
    ),
    ...(candidates.length === 0 ? ['Result: no IPMI interface was found.'] : []),
    ...candidates.map((candidate) => `Result: ${name(candidate)} is ${judgement(candidate)}.`),
  ];
}

/** One line for an error: what is there instead of a BT interface, or that nothing is. */
export function summarize({ candidates, testimonies }: Discovery): string {
  const others = candidates.filter(({ rank }) => rank === undefined);
  const problems = testimonies.flatMap((testimony) => testimony.problems);
  const texts = [...others.map((one) => `${name(one)}: ${one.reason}`), ...problems];
  return texts.length > 0
    ? texts.join('; ')
    : 'SPMI, SMBIOS, PCI, ACPI and ipmi_si list no interface';
}

/** `chosen: the first usable interface`. */
export function judgement({ chosen, reason }: Candidate): string {
  return `${chosen ? 'chosen' : 'not chosen'}: ${reason}`;
}

/** `BT at I/O 0xce4 (SMBIOS, ACPI)`. */
export function name({ type, space, base, sources }: Candidate): string {
  const where = base === 0 ? 'an unknown address' : formatAddress(space, base);
  const who = sources.map((source) => SOURCE_NAMES[source]).join(', ');
  return `${typeName(type)} at ${where} (${who})`;
}

function tellTestimony({ source, records, problems, unseen }: Testimony): readonly string[] {
  const sentences = [
    ...records.map((record) => `${SPEAKERS[source]} says: ${tellRecord(record)}.`),
    ...problems.map((problem) => `Ignored: ${problem}.`),
    ...unseen.map((path) => `${path} cannot be read.`),
  ];
  return sentences.length > 0 ? sentences : [NOTHING[source]];
}

function tellRecord({ type, space, address, spacing, irq, where }: InterfaceRecord): string {
  const distance = spacing ?? 'of a reserved value';
  const interrupt = irq === undefined ? 'no interrupt' : `interrupt ${irq}`;
  const place = address === 0 ? 'an unknown address' : formatAddress(space, address);
  const text = `${typeName(type)} at ${place}, register spacing ${distance}`;
  return `${text}, ${interrupt}${where === '' ? '' : ` (${where})`}`;
}

function tellNodes({ acpi: { nodes, unseen } }: Discovery): readonly string[] {
  if (nodes.length === 0) return [NOTHING.acpi];
  const sentences = nodes.map((node) => {
    const ranges = node.ranges.map(({ start, end }) => `${hex(start)}-${hex(end)}`);
    const where = ranges.length > 0 ? `at I/O ${ranges.join(', ')}` : 'at an unknown address';
    return `ACPI says: an IPMI interface of unknown type ${where} (${node.name}).`;
  });
  return [
    ...sentences,
    ...unseen.map((reason) => `The ports of the ACPI nodes are unknown: ${reason}.`),
  ];
}

function typeName(type: Candidate['type']): string {
  return type === 'unknown' ? 'an interface of unknown type' : type.toUpperCase();
}
