/** `ipmitool lan print`: each parameter in a row, those that a BMC does not have left out. */

import { NetFn, TransportCmd } from '../../ipmi/commands.ts';
import { completionText } from '../../ipmi/completion.ts';
import { fixedText, unknownName } from './arguments.ts';
import { ask } from './ask.ts';
import type { Session } from './session.ts';

/** Completion codes that say that there is no such parameter. */
const UNSUPPORTED = 0x80;
const ABSENT: readonly number[] = [UNSUPPORTED, 0xc9, 0xcc];

/** Parameters in the order in which they are printed (IPMI 2.0 table 23-4). */
const Parameter = {
  PROGRESS: 0,
  AUTH_SUPPORT: 1,
  AUTH_ENABLES: 2,
  SOURCE: 4,
  ADDRESS: 3,
  NETMASK: 6,
  MAC: 5,
  COMMUNITY: 16,
  HEADER: 7,
  ARP: 10,
  ARP_INTERVAL: 11,
  GATEWAY: 12,
  GATEWAY_MAC: 13,
  BACKUP: 14,
  BACKUP_MAC: 15,
  VLAN_ID: 20,
  VLAN_PRIORITY: 21,
  SUITES_SUPPORT: 22,
  SUITES: 23,
  SUITE_PRIVILEGES: 24,
  BAD_PASSWORD: 26,
} as const;

/** Names of the parameters, which `-v` tells of those that are not there. */
const NAMES: Readonly<Record<number, string>> = {
  [Parameter.PROGRESS]: 'Set in Progress',
  [Parameter.AUTH_SUPPORT]: 'Auth Type Support',
  [Parameter.AUTH_ENABLES]: 'Auth Type Enable',
  [Parameter.SOURCE]: 'IP Address Source',
  [Parameter.ADDRESS]: 'IP Address',
  [Parameter.NETMASK]: 'Subnet Mask',
  [Parameter.MAC]: 'MAC Address',
  [Parameter.COMMUNITY]: 'SNMP Community String',
  [Parameter.HEADER]: 'IP Header',
  [Parameter.ARP]: 'BMC ARP Control',
  [Parameter.ARP_INTERVAL]: 'Gratituous ARP Intrvl',
  [Parameter.GATEWAY]: 'Default Gateway IP',
  [Parameter.GATEWAY_MAC]: 'Default Gateway MAC',
  [Parameter.BACKUP]: 'Backup Gateway IP',
  [Parameter.BACKUP_MAC]: 'Backup Gateway MAC',
  [Parameter.VLAN_ID]: '802.1q VLAN ID',
  [Parameter.VLAN_PRIORITY]: '802.1q VLAN Priority',
  [Parameter.SUITES_SUPPORT]: 'RMCP+ Cipher Suite Count',
  [Parameter.SUITES]: 'RMCP+ Cipher Suites',
  [Parameter.SUITE_PRIVILEGES]: 'Cipher Suite Priv Max',
  [Parameter.BAD_PASSWORD]: 'Bad Password Threshold',
};

const PROGRESS = ['Set Complete', 'Set In Progress', 'Commit Write', 'Reserved'];
const SOURCES = ['Unspecified', 'Static Address', 'DHCP Address', 'BIOS Assigned Address'];
const USERS = ['Callback', 'User', 'Operator', 'Admin', 'OEM'];

const AUTH_TYPES: readonly (readonly [mask: number, name: string])[] = [
  [0x01, 'NONE '],
  [0x02, 'MD2 '],
  [0x04, 'MD5 '],
  [0x10, 'PASSWORD '],
  [0x20, 'OEM '],
];

/** Letters of privilege levels, and the rows that explain them. */
const LETTERS = 'XcuoaO';
const LEGEND = ['X=Cipher Suite Unused', 'c=CALLBACK', 'u=USER', 'o=OPERATOR', 'a=ADMIN', 'O=OEM'];

const SUITES_MAX = 16;
const PRIVILEGE_BYTES = 9;
const BAD_PASSWORD_BYTES = 6;

/** Intervals of bad passwords are counted in tens of seconds. */
const TEN_SECONDS = 10;

/** Data of a parameter; undefined where the BMC has none. */
type Data = Uint8Array | undefined;

/** Asks for one parameter after the other. */
class Reader {
  readonly #session: Session;
  readonly #channel: number;

  constructor(session: Session, channel: number) {
    this.#session = session;
    this.#channel = channel;
  }

  /** Resolves to the data behind the revision; to `failed` where all is to end. */
  async data(parameter: number): Promise<Data | 'failed'> {
    const data = [this.#channel, parameter, 0, 0];
    const question = { netFn: NetFn.TRANSPORT, cmd: TransportCmd.GET_LAN_PARAMETERS, data };
    const reply = await ask(this.#session, question);
    if (reply === undefined) return 'failed';
    const { completionCode: code } = reply;
    if (code === 0) return reply.data.slice(1);
    if (this.#session.choices.verbose > 0) {
      const why = code === UNSUPPORTED ? 'Unsupported parameter' : completionText(code);
      const name = NAMES[parameter] ?? '';
      this.#session.complain(`Get LAN Parameter '${name}' command failed: ${why}`);
    }
    return ABSENT.includes(code) ? undefined : 'failed';
  }
}

const at = (data: Uint8Array, index: number): number => data[index] ?? 0;

function row(label: string, value: string): string {
  return `${label.padEnd(24)}: ${value}\n`;
}

const ip = (data: Uint8Array): string => [0, 1, 2, 3].map((index) => at(data, index)).join('.');

function mac(data: Uint8Array): string {
  const bytes = [0, 1, 2, 3, 4, 5].map((index) => at(data, index));
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

function authTypes(bits: number): string {
  return AUTH_TYPES.filter(([mask]) => bits & mask)
    .map(([, name]) => name)
    .join('');
}

const ability = (bit: number): string => (bit === 0 ? 'Disabled' : 'Enabled');

/** Rows of the parameters of which each has its own; in their order. */
const ROWS: readonly (readonly [parameter: number, rowOf: (data: Uint8Array) => string])[] = [
  [
    Parameter.PROGRESS,
    (data) => row('Set in Progress', PROGRESS[at(data, 0) & 0x03] ?? unknownName(at(data, 0))),
  ],
  [Parameter.AUTH_SUPPORT, (data) => row('Auth Type Support', authTypes(at(data, 0)))],
  [Parameter.AUTH_ENABLES, enablesRows],
  [Parameter.SOURCE, (data) => row('IP Address Source', SOURCES[at(data, 0) & 0x0f] ?? 'Other')],
  [Parameter.ADDRESS, (data) => row('IP Address', ip(data))],
  [Parameter.NETMASK, (data) => row('Subnet Mask', ip(data))],
  [Parameter.MAC, (data) => row('MAC Address', mac(data))],
  [Parameter.COMMUNITY, (data) => row('SNMP Community String', fixedText(data))],
  [Parameter.HEADER, headerRow],
  [
    Parameter.ARP,
    (data) => {
      const [responses, own] = [ability(at(data, 0) & 0x02), ability(at(data, 0) & 0x01)];
      return row('BMC ARP Control', `ARP Responses ${responses}, Gratuitous ARP ${own}`);
    },
  ],
  [
    Parameter.ARP_INTERVAL,
    (data) => row('Gratituous ARP Intrvl', `${Math.floor((at(data, 0) + 1) / 2)}.0 seconds`),
  ],
  [Parameter.GATEWAY, (data) => row('Default Gateway IP', ip(data))],
  [Parameter.GATEWAY_MAC, (data) => row('Default Gateway MAC', mac(data))],
  [Parameter.BACKUP, (data) => row('Backup Gateway IP', ip(data))],
  [Parameter.BACKUP_MAC, (data) => row('Backup Gateway MAC', mac(data))],
  [
    Parameter.VLAN_ID,
    (data) => {
      const id = at(data, 0) | ((at(data, 1) & 0x0f) << 8);
      return row('802.1q VLAN ID', (at(data, 1) & 0x80) === 0 ? 'Disabled' : String(id));
    },
  ],
  [Parameter.VLAN_PRIORITY, (data) => row('802.1q VLAN Priority', String(at(data, 0) & 0x07))],
];

function enablesRows(data: Uint8Array): string {
  const rows = USERS.map((user, index) => {
    const label = index === 0 ? 'Auth Type Enable' : '';
    return row(label, `${user.padEnd(8)} : ${authTypes(at(data, index))}`);
  });
  return rows.join('');
}

function headerRow(data: Uint8Array): string {
  const [life, flags, service] = [at(data, 0), at(data, 1) & 0xe0, at(data, 2)];
  const [precedence, type] = [service & 0xe0, service & 0x1e].map(hex);
  const text = `TTL=${hex(life)} Flags=${hex(flags)} Precedence=${precedence} TOS=${type}`;
  return row('IP Header', text);
}

/** Prints the configuration of a channel; resolves to the exit code. */
export async function printConfiguration(session: Session, channel: number): Promise<number> {
  const reader = new Reader(session, channel);
  for (const [parameter, rowOf] of ROWS) {
    const data = await reader.data(parameter);
    if (data === 'failed') return 1;
    if (data !== undefined) session.print(rowOf(data));
  }
  const support = await reader.data(Parameter.SUITES_SUPPORT);
  if (support === 'failed') return 1;
  if (support !== undefined) {
    const suites = await reader.data(Parameter.SUITES);
    if (suites === 'failed') return 1;
    session.print(row('RMCP+ Cipher Suites', suitesText(at(support, 0), suites)));
  }
  const privileges = await reader.data(Parameter.SUITE_PRIVILEGES);
  if (privileges === 'failed') return 1;
  session.print(privilegeRows(privileges));
  const passwords = await reader.data(Parameter.BAD_PASSWORD);
  if (passwords === 'failed') return 1;
  session.print(passwordRows(passwords));
  return 0;
}

function suitesText(count: number, suites: Data): string {
  if (suites === undefined || suites.length > SUITES_MAX + 1) return 'None';
  return Array.from({ length: Math.min(count, SUITES_MAX) }, (_, index) =>
    at(suites, index + 1),
  ).join(',');
}

/** The highest privilege of each of 15 suites, a nibble each, the lower one first. */
function privilegeRows(data: Data): string {
  const label = 'Cipher Suite Priv Max';
  if (data?.length !== PRIVILEGE_BYTES) return row(label, 'Not Available');
  const letters = Array.from({ length: 15 }, (_, suite) => {
    const both = at(data, 1 + (suite >> 1));
    return LETTERS[suite % 2 === 0 ? both & 0x0f : both >> 4] ?? 'X';
  });
  return [row(label, letters.join('')), ...LEGEND.map((text) => row('', `    ${text}`))].join('');
}

function passwordRows(data: Data): string {
  if (data?.length !== BAD_PASSWORD_BYTES) return row('Bad Password Threshold', 'Not Available');
  const seconds = (index: number): string =>
    String((at(data, index) | (at(data, index + 1) << 8)) * TEN_SECONDS);
  return [
    row('Bad Password Threshold', String(at(data, 1))),
    row('Invalid password disable', (at(data, 0) & 0x01) === 0 ? 'no' : 'yes'),
    row('Attempt Count Reset Int.', seconds(2)),
    row('User Lockout Interval', seconds(4)),
  ].join('');
}
