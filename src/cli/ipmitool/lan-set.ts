/** `ipmitool lan set`: sets one parameter of a channel (IPMI 2.0 §23.1). */

import { fixedBytes } from './arguments.ts';
import { entryOf, refuse } from './choose.ts';
import { setAccess, setAlerting, setPassword, setUser } from './lan-access.ts';
import { isLan } from './lan-channel.ts';
import { SET_HELP, SETTING_HELP } from './lan-help.ts';
import { Parameter, setParameter } from './lan-parameters.ts';
import type { Target } from './lan-parameters.ts';
import { setArp, setAuth, setBadPasswords, setCiphers, setVlan } from './lan-set-more.ts';
import { ipOf, macOf, macText, exitOf, isHelp, told } from './lan-words.ts';
import type { Setter } from './lan-words.ts';
import { cByte } from './numbers.ts';
import type { Family } from './session.ts';

const COMMUNITY_BYTES = 18;

/** Sources of an address, by their words. */
const SOURCES = ['none', 'static', 'dhcp', 'bios'];

/** An address, which is told as it is set. */
interface Address {
  readonly parameter: number;
  readonly label: string;
  readonly isMac?: boolean;
  /** The help stands behind the complaint of a wrong one. */
  readonly isGateway?: boolean;
}

/** Settings of one word. */
const ADDRESSES: Readonly<Record<string, Address>> = {
  ipaddr: { parameter: Parameter.ADDRESS, label: 'LAN IP Address' },
  netmask: { parameter: Parameter.NETMASK, label: 'LAN Subnet Mask' },
  macaddr: { parameter: Parameter.MAC, label: 'LAN MAC Address', isMac: true },
};

async function setAddress(target: Target, address: Address, word: string): Promise<number> {
  const { session } = target;
  const { parameter, label, isMac = false, isGateway = false } = address;
  const bytes = isMac ? macOf(session, word) : ipOf(session, word);
  if (bytes === undefined) return isGateway ? refuse(session, SET_HELP) : 1;
  session.print(`Setting ${label} to ${isMac ? macText(bytes) : bytes.join('.')}\n`);
  return exitOf(await setParameter(target, parameter, bytes));
}

/** The address of a gateway, or its MAC address. */
function gateway(name: string, help: string, [ip, mac]: readonly [number, number]): Setter {
  return async (target, words) => {
    const [kind, word] = words;
    if (kind === undefined || word === undefined) return refuse(target.session, help);
    const label = `LAN ${name} Gateway`;
    if (kind === 'ipaddr') {
      const address = { parameter: ip, label: `${label} IP`, isGateway: true };
      return await setAddress(target, address, word);
    }
    if (kind === 'macaddr') {
      const address = { parameter: mac, label: `${label} MAC`, isMac: true, isGateway: true };
      return await setAddress(target, address, word);
    }
    return refuse(target.session, SET_HELP);
  };
}

const setSource: Setter = async (target, [word]) => {
  if (word === undefined) return refuse(target.session, SETTING_HELP.source);
  if (isHelp(word)) return told(target.session, SETTING_HELP.source);
  const source = SOURCES.indexOf(word);
  if (source < 0) return refuse(target.session, SETTING_HELP.source);
  return exitOf(await setParameter(target, Parameter.SOURCE, [source]));
};

const setCommunity: Setter = async (target, [word]) => {
  if (word === undefined) return refuse(target.session, SETTING_HELP.snmp);
  if (isHelp(word)) return told(target.session, SETTING_HELP.snmp);
  target.session.print(`Setting LAN SNMP Community String to ${word.slice(0, COMMUNITY_BYTES)}\n`);
  const data = fixedBytes(word, COMMUNITY_BYTES);
  return exitOf(await setParameter(target, Parameter.COMMUNITY, data));
};

/** The other settings. */
const SETTERS: Readonly<Record<string, Setter>> = {
  user: setUser,
  access: setAccess,
  ipsrc: setSource,
  password: setPassword,
  snmp: setCommunity,
  alert: setAlerting,
  arp: setArp,
  auth: setAuth,
  vlan: setVlan,
  defgw: gateway('Default', SETTING_HELP.gateway, [Parameter.GATEWAY, Parameter.GATEWAY_MAC]),
  bakgw: gateway('Backup', SETTING_HELP.backup, [Parameter.BACKUP, Parameter.BACKUP_MAC]),
  cipher_privs: setCiphers,
  bad_pass_thresh: setBadPasswords,
};

/** `lan set`. */
export const set: Family = async (session, [number, setting, ...words]) => {
  if (number === undefined || setting === undefined) return refuse(session, SET_HELP);
  if (isHelp(number) || isHelp(setting)) return told(session, SET_HELP);
  const channel = cByte(number);
  if (channel === undefined) return refuse(session, `Invalid channel: ${number}`);
  if (!(await isLan(session, channel))) {
    return refuse(session, `Channel ${channel} is not a LAN channel!`, SET_HELP);
  }
  const target = { session, channel };
  const setter = entryOf(SETTERS, setting);
  if (setter !== undefined) return await setter(target, words);
  const address = entryOf(ADDRESSES, setting);
  const [word, ...more] = words;
  if (address === undefined || word === undefined || more.length > 0) {
    return refuse(session, SET_HELP);
  }
  return await setAddress(target, address, word);
};
