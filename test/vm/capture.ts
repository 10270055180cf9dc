/**
 * `npx tsx test/vm/capture.ts MACHINE NAME [COMMAND]`: boots a machine of `hardware.ts`, runs the
 * command in it, and keeps what it shows of its interfaces as `test/fixtures/machines/NAME.json`.
 * A table whose name is all that counts is kept empty.
 */

import { writeFileSync } from 'node:fs';

import { bootGuest } from './guest.ts';
import { DEVICES } from './hardware.ts';
import type { Hardware } from './hardware.ts';

const FILES = [
  '/proc/ioports',
  '/sys/firmware/dmi/entries/*/raw',
  '/sys/firmware/dmi/tables/DMI',
  '/sys/bus/acpi/devices/IPI*/hid',
  ...['class', 'resource', 'irq', 'enable'].map((name) => `/sys/bus/pci/devices/*/${name}`),
  '/sys/bus/*/drivers/ipmi_si/*/params',
];
const NAMES = ['/sys/firmware/acpi/tables/*'];
const LINKS = [
  '/sys/bus/platform/devices/IPI*/driver',
  '/sys/bus/platform/devices/dmi-ipmi*/driver',
  '/sys/bus/pci/devices/*/driver',
];

/** Lines such as `/proc/ioports = BASE64` and `/sys/.../driver > ../../ipmi_si`. */
const SCRIPT = `
for f in ${FILES.join(' ')}; do [ -f $f ] && echo "$f = $(base64 $f | tr -d '\\n')"; done
for f in ${NAMES.join(' ')}; do [ -f $f ] && echo "$f = "; done
for f in ${LINKS.join(' ')}; do [ -L $f ] && echo "$f > $(readlink $f)"; done
true`;

const [bmc = '', name = '', before = 'true'] = process.argv.slice(2);
if (!isHardware(bmc) || name === '') {
  throw new TypeError(`give a machine (${Object.keys(DEVICES).join(', ')}) and a name`);
}
const steps = [
  { name: 'before', command: before },
  { name: 'capture', command: SCRIPT },
];
const guest = await bootGuest({ bmc, withoutProject: true, steps });
const lines = guest.step('capture').stdout.trimEnd().split('\n');
const files = Object.fromEntries(lines.map(parse));
const text = JSON.stringify(files, null, 2);
writeFileSync(new URL(`../fixtures/machines/${name}.json`, import.meta.url), `${text}\n`);

function isHardware(word: string): word is Hardware {
  return word in DEVICES;
}

function parse(line: string): readonly [path: string, file: unknown] {
  const [path = '', kind = '', rest = ''] = line.split(' ');
  if (kind === '>') return [path, { linkTo: rest }];
  const bytes = Buffer.from(rest, 'base64');
  const isText = bytes.every((byte) => byte === 0x0a || (byte >= 0x20 && byte < 0x7f));
  return [path, isText ? bytes.toString() : { hex: bytes.toString('hex') }];
}
