/** `ipmitool exec`. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ipmi-bt-exec-'));

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

/** Scripts as provisioning systems have them, and what goes wrong in some. */
const SCRIPTS = [
  '# a comment\nmc selftest\n\nraw 6 4\nraw "6" \'4\'\nraw 6 4 # behind\n  raw 6 4  \n',
  'raw 6 99\nraw 6 4\n',
  'raw 6 4\nraw 6 99',
  'raw "6 4\n# only\n   \nhelp\nfoo\nmc bar\nexit\nraw 6 4\n',
  'user set name 3 operator\nuser set password 3 secret\nuser priv 3 3 1\nuser enable 3\n',
  'chassis bootdev pxe options=efiboot\nchassis power reset\n',
  "mc setsysinfo os_name 'Debian GNU/Linux'\n",
  'raw 6 x"5 6"y 7\nraw 6 \'a b\'c 2\nraw 6 "a\'b c"d e\nraw 6 a~b\nraw 6 "a~b"\nraw 6 "q\nraw 6 ""x',
  'raw 6 4\nshell\nraw 6 99\n',
  `raw ${'6 99 '.repeat(50)}`,
  // Lines that are as long as ipmitool's buffer, and longer by one and by many characters.
  ...[2045, 2046, 2047, 2048, 5000].map((length) => `${longLine(length)}\nraw 6 4\n`),
  'raw 6 4\0raw 6 99\nraw 6 4\n',
  'raw 6 4\nsdr get "CPU',
  '',
].map((text, index) => written(String(index), text));

/** A line of so many characters that fails. */
function longLine(length: number): string {
  return 'raw 6 4 '.padEnd(length, 'x');
}

function written(name: string, text: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
}

/** Lines of scripts that control fans, watch the health of a server, and set it up. */
const REAL = [
  ['raw 0x30 0x30 0x01 0x00', 'raw 0x30 0x30 0x02 0xff 0x14', 'raw 0x30 0x30 0x01 0x01'],
  ['raw 0x30 0x45 0x01 0x01', 'raw 0x30 0x70 0x66 0x01 0x00 0x24', 'sensor reading "CPU Temp"'],
  ['sdr type temperature', 'sdr type Fan', 'sdr type "Power Supply"', 'sensor get "Fan 1" 12V'],
  ['chassis status', 'sdr elist full', 'sel info', 'sel elist last 5', 'fru print 0', 'mc info'],
  ['set csv', 'sdr', 'sensor', 'sel list 5', 'set csv 0', 'sdr get "PSU 1"', 'dcmi power reading'],
  [
    ...['lan set 1 ipsrc static', 'lan set 1 ipaddr 192.0.2.5', 'lan set 1 netmask 255.255.255.0'],
    ...['lan set 1 defgw ipaddr 192.0.2.1', 'lan set 1 access on', 'user set name 3 ops'],
    ...['user set password 3 "a b"', 'channel setaccess 1 3 privilege=4', 'user enable 3'],
  ],
  ['event "CPU Temp" ucr', 'event "CPU Temp" ucr deassert', 'sel elist last 2', 'event 3'],
].map((lines, index) => written(`real-${index}`, lines.join('\n')));

/** Commands after which a list of sensors may be in another form, and such lists. */
const LISTING = [
  ...['sdr elist', 'sdr elist event', 'sdr elist foo', 'sdr type', 'sdr type temperature'],
  ...['sdr type foo', 'sdr entity 7', 'sdr entity', 'sdr get "Temp 0"', 'sel elist', 'fru'],
].map((first, index) => {
  const lines = [first, 'sensor', 'sdr', 'sel list 3', first, 'sdr list compact', 'sensor', 'sdr'];
  return written(`list-${index}`, `${lines.join('\n')}\n`);
});

compareWithIpmitool(
  {
    title: 'exec',
    lines: [
      'exec',
      'exec /nonexistent',
      'exec help',
      '-l 1 exec ' + String(SCRIPTS[2]),
      `exec ${String(SCRIPTS[1])} x`,
      ...SCRIPTS.map((path) => `exec ${path}`),
    ].join('\n'),
  },
  {
    title: 'real lines in an exec file',
    lines: REAL.map((path) => `exec ${path}`).join('\n'),
    bmc: ipmitoolBmc,
  },
  {
    title: 'lists in an exec file',
    lines: LISTING.map((path) => `exec ${path}`).join('\n'),
    bmc: ipmitoolBmc,
  },
);
