/**
 * Names of manufacturers by their enterprise numbers: those of IANA's registry, which the package
 * ipmitool of Debian installs, and those that ipmitool has itself.
 */

import { systemFiles } from '../../files.ts';

const REGISTRY = '/usr/share/misc/enterprise-numbers.txt';

/** Numbers that ipmitool names itself, whatever the registry says. */
const OWN: Readonly<Record<number, string>> = {
  0: 'Unknown',
  0xfffff: 'Unspecified',
  0xfffffe: 'A Debug Assisting Company, Ltd.',
};

let registry: ReadonlyMap<number, string> | undefined;

/** The name of a manufacturer. */
export function manufacturerName(number: number): string {
  registry ??= read();
  const unknown = `Unknown (0x${number.toString(16).toUpperCase()})`;
  return OWN[number] ?? registry.get(number) ?? unknown;
}

/** Reads the registry: a number in a line of its own, and the name in the next one. */
function read(): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const text = systemFiles.readText(REGISTRY) ?? '';
  for (const [, number, name = ''] of text.matchAll(/^(\d+)\n[ \t]+(.*)/gm)) {
    names.set(Number(number), Buffer.from(name.trimEnd()).toString('latin1'));
  }
  return names;
}
