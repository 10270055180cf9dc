/** `ipmitool lan set arp|auth|vlan|cipher_privs|bad_pass_thresh` (IPMI 2.0 table 23-4). */

import { entryOf, refuse } from './choose.ts';
import { SETTING_HELP } from './lan-help.ts';
import { Parameter, readParameter, setParameter } from './lan-parameters.ts';
import { exitOf, isHelp, switchOf, told } from './lan-words.ts';
import type { Setter } from './lan-words.ts';
import { cByte, cInt, cNumber } from './numbers.ts';

/** Bits of BMC-generated ARP control, with what they do, by the word. */
const ARP_BITS: Readonly<Record<string, readonly [bit: number, name: string]>> = {
  respond: [0x02, 'ARP responses'],
  generate: [0x01, 'Gratuitous ARPs'],
};

/** `arp`. */
export const setArp: Setter = async (target, words) => {
  const { session } = target;
  const [kind, word] = words;
  if (kind === undefined) return refuse(session, SETTING_HELP.arp);
  if (isHelp(kind)) return told(session, SETTING_HELP.arp);
  if (kind === 'interval') return await setArpInterval(target, words.slice(1));
  const row = entryOf(ARP_BITS, kind);
  if (row === undefined) return told(session, SETTING_HELP.arp);
  const isOn = word === undefined ? undefined : switchOf(word);
  if (isOn === undefined) return refuse(session, SETTING_HELP.arp);
  const data = await readParameter(target, Parameter.ARP);
  if (data === 'failed' || data === undefined) return 1;
  const [bit, name] = row;
  session.print(`${isOn ? 'En' : 'Dis'}abling BMC-generated ${name}\n`);
  const [old = 0] = data;
  const bits = isOn ? old | bit : old & ~bit;
  return exitOf(await setParameter(target, Parameter.ARP, [bits]));
};

const ARP_SECONDS_MAX = 127;

const setArpInterval: Setter = async (target, [word]) => {
  const { session } = target;
  const seconds = word === undefined ? undefined : cByte(word);
  if (seconds === undefined) {
    return refuse(session, `Given ARP interval '${word ?? '(null)'}' is invalid.`);
  }
  const data = await readParameter(target, Parameter.ARP_INTERVAL);
  if (data === 'failed' || data === undefined) return 1;
  if (seconds > ARP_SECONDS_MAX) {
    return refuse(session, `Given ARP interval '${word ?? ''}' is too big.`);
  }
  // The parameter counts half seconds, from one on; of 0 seconds nothing is set.
  const halves = seconds === 0 ? (data[0] ?? 0) : seconds * 2 - 1;
  const shown = Math.floor((halves + 1) / 2);
  session.print(`BMC-generated Gratuitous ARP interval:  ${shown}.0 seconds\n`);
  if (seconds === 0) return 0;
  return exitOf(await setParameter(target, Parameter.ARP_INTERVAL, [halves]));
};

const AUTH_TYPES: readonly (readonly [word: string, bit: number])[] = [
  ['none', 0x01],
  ['md2', 0x02],
  ['md5', 0x04],
  ['password', 0x10],
  ['key', 0x10],
  ['oem', 0x20],
];
const AUTH_LEVELS = ['callback', 'user', 'operator', 'admin'];

/** `auth`: each word of a level, or of a type, is read to the end of the list. */
export const setAuth: Setter = async (target, [levels, types]) => {
  const { session } = target;
  if (levels === undefined) return refuse(session, SETTING_HELP.auth);
  if (isHelp(levels)) return told(session, SETTING_HELP.auth);
  if (types === undefined) return 1;
  const data = await readParameter(target, Parameter.AUTH_ENABLES);
  if (data === 'failed' || data === undefined) return 1;
  let bits = 0;
  for (const rest of tails(types)) {
    const row = AUTH_TYPES.find(([word]) => word.toUpperCase() === rest.toUpperCase());
    if (row === undefined) session.complain(`Invalid authentication type: ${rest}`);
    else bits |= row[1];
  }
  const enables = Array.from({ length: 5 }, (_, index) => data[index] ?? 0);
  for (const rest of tails(levels)) {
    const level = AUTH_LEVELS.findIndex((name) => name.toUpperCase() === rest.toUpperCase());
    if (level < 0) session.complain(`Invalid authentication level: ${rest}`);
    else enables[level] = bits;
  }
  return exitOf(await setParameter(target, Parameter.AUTH_ENABLES, enables));
};

/** A list from each of its words on: ipmitool compares a word with all that is left. */
function tails(list: string): readonly string[] {
  const words = list.split(',');
  return words.map((_, index) => words.slice(index).join(','));
}

const VLAN_MAX = 4094;
const VLAN_ENABLED = 0x80;
const PRIORITY_MAX = 7;

/** `vlan`, which ends well even where the BMC has refused. */
export const setVlan: Setter = async (target, [kind, word]) => {
  const { session } = target;
  if (kind === undefined || word === undefined) return refuse(session, SETTING_HELP.vlan);
  if (kind === 'priority') {
    const priority = cInt(word);
    if (priority === undefined) return told(session, `Given VLAN priority '${word}' is invalid.`);
    if (priority < 0 || priority > PRIORITY_MAX) {
      return told(session, `VLAN priority must be between 0 and ${PRIORITY_MAX}.`);
    }
    await setParameter(target, Parameter.VLAN_PRIORITY, [priority]);
    return 0;
  }
  if (kind !== 'id') return refuse(session, SETTING_HELP.vlan);
  return word === 'off' ? await vlanOff(target, []) : await vlanId(target, [word]);
};

const vlanOff: Setter = async (target) => {
  const data = await readParameter(target, Parameter.VLAN_ID);
  const [low = 0, bits = 0] = data === 'failed' || data === undefined ? [] : data;
  const high = bits & 0x0f;
  if (data !== 'failed' && data !== undefined) {
    const id = low | (high << 8);
    if (id === 0) {
      target.session.print(`VLAN is already disabled for channel ${target.channel}\n`);
      return 0;
    }
    if (id > VLAN_MAX) {
      return told(target.session, `Retrieved VLAN ID ${id} is out of range <1..${VLAN_MAX}>.`);
    }
  }
  await setParameter(target, Parameter.VLAN_ID, [low, high]);
  return 0;
};

const vlanId: Setter = async (target, [word = '']) => {
  const id = cInt(word);
  if (id === undefined) return told(target.session, `Given VLAN ID '${word}' is invalid.`);
  if (id < 1 || id > VLAN_MAX) {
    return told(target.session, `VLAN ID must be between 1 and ${VLAN_MAX}.`);
  }
  await setParameter(target, Parameter.VLAN_ID, [id & 0xff, (id >> 8) | VLAN_ENABLED]);
  return 0;
};

/** Letters of the privilege levels of cipher suites, and how many suites there are. */
const LETTERS = 'XcuoaO';
const SUITES = 15;

/** `cipher_privs`: a nibble for each suite behind a byte that is reserved. */
export const setCiphers: Setter = async (target, [letters, ...more]) => {
  const { session } = target;
  const help = SETTING_HELP.ciphers;
  if (letters === undefined || more.length > 0) return refuse(session, help);
  if (isHelp(letters)) return told(session, help);
  if (letters.length !== SUITES) {
    return told(session, `Invalid privilege specification length: ${letters.length}\n${help}`);
  }
  const levels = Array.from(letters, (letter) => LETTERS.indexOf(letter));
  const wrong = levels.indexOf(-1);
  if (wrong >= 0) {
    const letter = letters[wrong] ?? '';
    return told(session, `Invalid privilege specification char: ${letter}\n${help}`);
  }
  const pairs = Array.from({ length: (SUITES + 1) / 2 }, (_, pair) => {
    const [low = 0, high = 0] = levels.slice(pair * 2, pair * 2 + 2);
    return low | (high << 4);
  });
  return exitOf(await setParameter(target, Parameter.SUITE_PRIVILEGES, [0, ...pairs]));
};

const WORD_MAX = 0xffff;

/** `bad_pass_thresh`: the intervals are counted in tens of seconds. */
export const setBadPasswords: Setter = async (target, words) => {
  const { session } = target;
  const [threshold = '', event = '', reset = '', lockout = ''] = words;
  if (words[0] !== undefined && isHelp(words[0])) return told(session, SETTING_HELP.badPasswords);
  const numbers = [
    cNumber(event, 0, 1),
    cByte(threshold),
    cNumber(reset, 0, WORD_MAX),
    cNumber(lockout, 0, WORD_MAX),
  ];
  if (words.length < numbers.length || numbers.includes(undefined)) {
    return refuse(session, SETTING_HELP.badPasswords);
  }
  const [hasEvent = 0, count = 0, resetTens = 0, lockoutTens = 0] = numbers;
  const intervals = [resetTens, lockoutTens].flatMap((tens) => [tens & 0xff, tens >> 8]);
  const data = [hasEvent, count, ...intervals];
  return exitOf(await setParameter(target, Parameter.BAD_PASSWORD, data));
};
