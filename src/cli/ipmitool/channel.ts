/** `ipmitool channel`: channels, and the access of users to them (IPMI 2.0 §22.15, §22.22 on). */

import { PRESENT_CHANNEL } from '../../ipmi/channel.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import { channelOf, good, privilegeName } from './arguments.ts';
import { privilegeOf, unknownName, userOf } from './arguments.ts';
import { ask, byteAt } from './ask.ts';
import { getciphers } from './channel-ciphers.ts';
import { CHANNEL_HELP } from './channel-help.ts';
import { choose, refuse } from './choose.ts';
import { cByte } from './numbers.ts';
import type { Family, Session } from './session.ts';
import { Access, userAccess, userName } from './user-access.ts';

/** Set in the channel to ask for what IPMI 2.0 has. */
const EXTENDED = 0x80;

const help = (session: Session): number => refuse(session, CHANNEL_HELP);

/** Complains that words are missing, and prints the help. */
function missing(session: Session): number {
  return refuse(session, 'Not enough parameters given.', CHANNEL_HELP);
}

const yesNo = (bits: number): string => (bits === 0 ? 'no' : 'yes');
const onOff = (isOn: boolean): string => (isOn ? 'enabled' : 'disabled');

/** Authentication types in the order of their bits (IPMI 2.0 table 22-15). */
const AUTH_TYPES: readonly (readonly [mask: number, name: string])[] = [
  [0x01, 'NONE '],
  [0x02, 'MD2 '],
  [0x04, 'MD5 '],
  [0x10, 'PASSWORD '],
  [0x20, 'OEM '],
];

const authcap: Family = async (session, [channelWord = '', levelWord = '', ...more]) => {
  if (levelWord === '' || more.length > 0) return help(session);
  const channel = channelOf(session, channelWord);
  const level = channel === undefined ? undefined : privilegeOf(session, levelWord);
  if (channel === undefined || level === undefined) return 1;
  const questionOf = (first: number) => ({
    netFn: NetFn.APP,
    cmd: AppCmd.GET_AUTHENTICATION_CAPABILITIES,
    data: [first, level],
  });
  let reply = await ask(session, questionOf(channel | EXTENDED));
  if (reply?.completionCode !== Completion.OK) reply = await ask(session, questionOf(channel));
  if (reply?.completionCode === Completion.OK) {
    session.print(capabilitiesText(reply));
    return 0;
  }
  const failed = 'Get Channel Authentication Capabilities failed';
  if (reply === undefined) return refuse(session, failed);
  return refuse(session, `${failed}: ${completionText(reply.completionCode)}`);
};

function capabilitiesText(reply: Reply): string {
  const [types, status, versions] = [1, 2, 3].map((index) => byteAt(reply, index));
  const [auth = 0, bits = 0, extended = 0] = [types, status, versions];
  const names = AUTH_TYPES.filter(([mask]) => auth & mask).map(([, name]) => name);
  const row = (label: string, value: string | number): string => `${label.padEnd(27)}: ${value}\n`;
  const isExtended = (auth & EXTENDED) !== 0;
  const key = (bits & 0x20) === 0 ? 'default (all zeroes)' : 'non-zero';
  return [
    row('Channel number', byteAt(reply, 0)),
    row('IPMI v1.5  auth types', names.join('')),
    ...(isExtended ? [row('KG status', key)] : []),
    row('Per message authentication', onOff((bits & 0x10) === 0)),
    row('User level authentication', onOff((bits & 0x08) === 0)),
    row('Non-null user names exist', yesNo(bits & 0x04)),
    row('Null user names exist', yesNo(bits & 0x02)),
    row('Anonymous login enabled', yesNo(bits & 0x01)),
    ...(isExtended
      ? [
          row('Channel supports IPMI v1.5', yesNo(extended & 0x01)),
          row('Channel supports IPMI v2.0', yesNo(extended & 0x02)),
        ]
      : []),
    ...((auth & 0x20) === 0 ? [] : ownerRows(reply).map(([label, value]) => row(label, value))),
  ].join('');
}

/** The OEM of an authentication type, and what it says of it. */
function ownerRows(reply: Reply): readonly (readonly [label: string, value: string])[] {
  const owner = byteAt(reply, 4) | (byteAt(reply, 5) << 8) | (byteAt(reply, 6) << 16);
  return [
    ['IANA Number for OEM', String(owner)],
    ['OEM Auxiliary Data', `0x${byteAt(reply, 7).toString(16)}`],
  ];
}

const MEDIA = [
  ...['reserved', 'IPMB (I2C)', 'ICMB v1.0', 'ICMB v0.9', '802.3 LAN', 'Serial/Modem'],
  ...['Other LAN', 'PCI SMBus', 'SMBus v1.0/v1.1', 'SMBus v2.0', 'USB 1.x', 'USB 2.x'],
  'System Interface',
];

const PROTOCOLS: Readonly<Record<number, string>> = {
  ...{ 0: 'reserved', 1: 'IPMB-1.0', 2: 'ICMB-1.0', 3: 'reserved', 4: 'IPMI-SMBus' },
  ...{ 5: 'KCS', 6: 'SMIC', 7: 'BT-10', 8: 'BT-15', 9: 'TMode' },
  ...{ 0x1c: 'OEM 1', 0x1d: 'OEM 2', 0x1e: 'OEM 3', 0x1f: 'OEM 4' },
};

const SESSIONS = ['session-less', 'single-session', 'multi-session', 'session-based'];
const MODES = ['disabled', 'pre-boot only', 'always available', 'shared'];

/** Media of a LAN, whose access is told, too. */
const LAN_MEDIA: readonly number[] = [4, 6];

const INFO_BYTES = 9;
const ACCESS_BYTES = 2;

const info: Family = async (session, words) => {
  if (words.length > 1) return help(session);
  const [word] = words;
  const channel = word === undefined ? PRESENT_CHANNEL : channelOf(session, word);
  if (channel === undefined) return 1;
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_CHANNEL_INFO, data: [channel] };
  const reply = good(session, await ask(session, question), INFO_BYTES);
  if (reply === undefined) return refuse(session, 'Unable to Get Channel Info');
  session.print(infoText(reply));
  if (!LAN_MEDIA.includes(byteAt(reply, 1) & 0x7f)) return 0;
  const number = byteAt(reply, 0) & 0x0f;
  for (const [title, name, from] of ACCESS_SETTINGS) {
    const access = { netFn: NetFn.APP, cmd: AppCmd.GET_CHANNEL_ACCESS, data: [number, from] };
    const settings = good(session, await ask(session, access), ACCESS_BYTES);
    if (settings === undefined) return refuse(session, `Unable to Get Channel Access (${name})`);
    session.print(`  ${title} Settings\n${accessText(byteAt(settings, 0))}`);
  }
  return 0;
};

/** The settings in force, and those after a restart. */
const ACCESS_SETTINGS: readonly (readonly [title: string, name: string, from: number])[] = [
  ['Volatile(active)', 'volatile', 0x80],
  ['Non-Volatile', 'non-volatile', 0x40],
];

function infoText(reply: Reply): string {
  const at = (index: number): number => byteAt(reply, index);
  const [medium, protocol] = [at(1) & 0x7f, at(2) & 0x1f];
  return [
    `Channel 0x${(at(0) & 0x0f).toString(16)} info:`,
    `  Channel Medium Type   : ${MEDIA[medium] ?? unknownName(medium)}`,
    `  Channel Protocol Type : ${PROTOCOLS[protocol] ?? unknownName(protocol)}`,
    `  Session Support       : ${SESSIONS[at(3) >> 6]}`,
    `  Active Session Count  : ${at(3) & 0x3f}`,
    `  Protocol Vendor ID    : ${at(4) | (at(5) << 8) | (at(6) << 16)}`,
    '',
  ].join('\n');
}

function accessText(bits: number): string {
  return [
    `    Alerting            : ${onOff((bits & 0x20) === 0)}`,
    `    Per-message Auth    : ${onOff((bits & 0x10) === 0)}`,
    `    User Level Auth     : ${onOff((bits & 0x08) === 0)}`,
    `    Access Mode         : ${MODES[bits & 0x07] ?? 'unknown'}`,
    '',
  ].join('\n');
}

/** The states of a user: may log in, or not. */
const STATES = ['unknown', 'enabled', 'disabled', 'reserved'];

const getaccess: Family = async (session, words) => {
  const [channelWord = '', userWord] = words;
  if (words.length < 1 || words.length > 2) return missing(session);
  const channel = channelOf(session, channelWord);
  if (channel === undefined) return 1;
  const only = userWord === undefined ? undefined : userOf(session, userWord);
  if (userWord !== undefined && only === undefined) return 1;
  let last = only ?? 1;
  for (let user = only ?? 1; user <= last; user += 1) {
    const access = await userAccess(session, channel, user);
    if (access === undefined) {
      return refuse(session, `Unable to Get User Access (channel ${channel} id ${user})`);
    }
    const name = await userName(session, user);
    if (name === undefined) return refuse(session, `Unable to Get User Name (id ${user})`);
    if (only === undefined) last = access.most;
    if (user === (only ?? 1)) {
      session.print(`Maximum User IDs     : ${access.most}\n`);
      session.print(`Enabled User IDs     : ${access.enabled}\n`);
    }
    session.print(
      [
        '',
        `User ID              : ${user}`,
        `User Name            : ${name}`,
        `Fixed Name           : ${user <= access.fixed ? 'Yes' : 'No'}`,
        `Access Available     : ${access.isCallbackOnly ? 'callback' : 'call-in / callback'}`,
        `Link Authentication  : ${onOff(access.hasLink)}`,
        `IPMI Messaging       : ${onOff(access.hasMessaging)}`,
        `Privilege Level      : ${privilegeName(access.privilege)}`,
        `Enable Status        : ${STATES[access.status]}`,
        '',
      ].join('\n'),
    );
  }
  return 0;
};

/** Set in the channel: the bits of the access are changed. */
const CHANGES_ACCESS = 0x80;

const setaccess: Family = async (session, words) => {
  const [channelWord = '', userWord = '', ...options] = words;
  if (channelWord === 'help') {
    session.complain(CHANNEL_HELP);
    return 0;
  }
  if (options.length === 0) return missing(session);
  const channel = channelOf(session, channelWord);
  const user = channel === undefined ? undefined : userOf(session, userWord);
  if (channel === undefined || user === undefined) return 1;
  const before = await userAccess(session, channel, user);
  const who = `(channel ${channel} id ${user})`;
  if (before === undefined) return refuse(session, `Unable to Get User Access ${who}`);
  const { isCallbackOnly, hasLink, hasMessaging, privilege } = before;
  const wanted = { isCallbackOnly, hasLink, hasMessaging, privilege };
  for (const option of options) {
    const problem = change(wanted, option);
    if (problem !== undefined) return refuse(session, problem);
  }
  const bits =
    (wanted.isCallbackOnly ? Access.CALLBACK_ONLY : 0) |
    (wanted.hasLink ? Access.LINK : 0) |
    (wanted.hasMessaging ? Access.MESSAGING : 0);
  const data = [CHANGES_ACCESS | bits | channel, user, wanted.privilege & 0x0f, 0];
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_USER_ACCESS, data };
  if (good(session, await ask(session, question)) === undefined) {
    return refuse(session, `Unable to Set User Access ${who}`);
  }
  session.print(`Set User Access ${who} successful.\n`);
  return 0;
};

/** The access that is wanted, as it is changed. */
interface WantedAccess {
  isCallbackOnly: boolean;
  hasLink: boolean;
  hasMessaging: boolean;
  privilege: number;
}

/** Takes an option; returns what is wrong with it. Debian's ipmitool takes `off` for `on`. */
function change(wanted: WantedAccess, option: string): string | undefined {
  if (option.startsWith('callin=')) wanted.isCallbackOnly = false;
  else if (option.startsWith('link=')) wanted.hasLink = true;
  else if (option.startsWith('ipmi=')) wanted.hasMessaging = true;
  else if (option.startsWith('privilege=')) {
    const text = option.slice('privilege='.length);
    const level = cByte(text);
    if (level === undefined) return `Numeric [1-15] value expected, but '${text}' given.`;
    wanted.privilege = level;
  } else return `Invalid option: ${option}\n`;
  return undefined;
}

export const run = choose(
  { authcap, getaccess, setaccess, info, getciphers },
  { help: CHANNEL_HELP, invalid: (word) => `Invalid CHANNEL command: ${word}\n` },
);
