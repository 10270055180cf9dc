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
  '',
].map((text, index) => written(String(index), text));

function written(name: string, text: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
}

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
    title: 'lists in an exec file',
    lines: LISTING.map((path) => `exec ${path}`).join('\n'),
    bmc: ipmitoolBmc,
  },
);
