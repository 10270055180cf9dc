/** `ipmitool dcmi get_conf_param` and `set_conf_param` (DCMI 1.5 §6.1.2, §6.1.3). */

import { DcmiCmd } from '../../ipmi/commands.ts';
import { askDcmi } from './dcmi-ask.ts';
import { cNumber } from './numbers.ts';
import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

const USAGE = [
  '\nDCMI Configuration Parameters',
  '    activate_dhcp    \tActivate DHCP',
  '    dhcp_config    \tDHCP Configuration',
  '    init    \t\tInitial timeout interval',
  '    timeout    \t\tServer contact timeout interval',
  '    retry    \t\tServer contact retry interval',
  '',
];

const ACTIVATE = 1;

/** Selectors of the parameters; ipmitool sends that of another name as well. */
const SELECTORS: ReadonlyMap<string, number> = new Map([
  ['activate_dhcp', ACTIVATE],
  ['dhcp_config', 2],
  ['init', 3],
  ['timeout', 4],
  ['retry', 5],
]);
const UNKNOWN = 0xff;

/** Selectors from here have two bytes. */
const FIRST_WIDE = 4;
const VALUE_MAX = 0xffff;

/** Bytes of an answer before the value: the group, the version, and the revision. */
const VALUE_AT = 4;

/** The parameters as they are printed: of one byte, and of two. */
const LINES: readonly ((low: number, wide: number) => string)[] = [
  (bits) =>
    '\n\tDHCP Discovery method\t: ' +
    `\n\t\tManagement Controller ID String is ${enabled(bits & 1)}` +
    '\n\t\tVendor class identifier DCMI IANA and Vendor class-specific Informationa are ' +
    enabled(bits & 2),
  (seconds) => `\n\tInitial timeout interval\t: ${seconds} seconds`,
  (_, seconds) => `\n\tServer contact timeout interval\t: ${seconds} seconds`,
  (_, seconds) => `\n\tServer contact retry interval\t: ${seconds} seconds`,
];

/** Prints all parameters that can be read; one that cannot be had ends it. */
export async function getConfig(session: Session): Promise<number> {
  for (const [index, line] of LINES.entries()) {
    const data = [index + 2, 0];
    const answer = await askDcmi(session, { cmd: DcmiCmd.GET_CONFIGURATION, data });
    if (answer === undefined) return 1;
    session.print(line(answer.readUInt8(VALUE_AT), answer.readUInt16LE(VALUE_AT)));
  }
  return 0;
}

function enabled(bit: number): string {
  return bit === 0 ? 'disabled' : 'enabled';
}

/** Sets a parameter; a BMC that refuses is told, and is no failure. */
export async function setConfig(session: Session, words: readonly string[]): Promise<number> {
  const [name = '', word = '', ...more] = words;
  const selector = SELECTORS.get(name.toLowerCase()) ?? UNKNOWN;
  const isBare = selector === ACTIVATE && words.length === 1;
  if (more.length > 0 || (words.length < 2 && !isBare)) return say(session, USAGE, 1);
  const value = selector === ACTIVATE ? 1 : cNumber(word, 0, VALUE_MAX);
  if (value === undefined) return say(session, [`Given ${name} '${word}' is invalid.`], 1);
  const wide = selector >= FIRST_WIDE ? [value >> 8] : [];
  const data = [selector, 0, value & 0xff, ...wide];
  const answer = await askDcmi(session, { cmd: DcmiCmd.SET_CONFIGURATION, data });
  if (answer === undefined) session.complain('Error Set DCMI Configuration Parameters!');
  session.print('\n');
  return 0;
}
