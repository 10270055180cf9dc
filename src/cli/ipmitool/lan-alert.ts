/** `ipmitool lan alert`: the destinations of alerts (IPMI 2.0 table 23-4, parameters 17 to 19). */

import { refuse } from './choose.ts';
import { firstLan, isLan } from './lan-channel.ts';
import { ALERT_PRINT_HELP, ALERT_SET_HELP } from './lan-help.ts';
import { Parameter, readParameter, setUnseen } from './lan-parameters.ts';
import type { ParameterData, Target } from './lan-parameters.ts';
import { ipOf, isHelp, macOf, macText, switchOf, told } from './lan-words.ts';
import { cByte } from './numbers.ts';
import type { Family, Session } from './session.ts';

/** Bytes of the destination type: set, type, timeout or interval, retries. */
const TYPE_BYTES = 4;
/** Bytes of the addresses: set, format, gateway, four of IP, six of MAC. */
const ADDRESS_BYTES = 13;
const GATEWAY_AT = 2;
const IP_AT = 3;
const MAC_AT = 7;

const ACKNOWLEDGED = 0x80;
const TYPE_BITS = 0x07;
const RETRY_BITS = 0x07;
const NAMES: Readonly<Record<number, string>> = { 0: 'PET Trap', 6: 'OEM 1', 7: 'OEM 2' };
const TYPES: readonly (readonly [word: string, type: number])[] = [
  ['pet', 0],
  ['oem1', 6],
  ['oem2', 7],
];

/** One destination of a channel. */
interface Destination extends Target {
  readonly alert: number;
}

/** The bytes of a parameter of a destination; undefined where the BMC has none. */
async function bytesOf(
  destination: Destination,
  parameter: number,
  length: number,
): Promise<number[] | undefined> {
  const data = await readParameter(destination, parameter, destination.alert);
  if (data === undefined || data === 'failed') return undefined;
  return paddedTo(length, data);
}

function paddedTo(length: number, data: ParameterData): number[] {
  return Array.from({ length }, (_, index) => data?.[index] ?? 0);
}

const row = (label: string, value: string | number): string => `${label.padEnd(24)}: ${value}\n`;

async function printDestination(destination: Destination): Promise<boolean> {
  const type = await bytesOf(destination, Parameter.ALERT_TYPE, TYPE_BYTES);
  const address = type && (await bytesOf(destination, Parameter.ALERT_ADDRESS, ADDRESS_BYTES));
  if (type === undefined || address === undefined) return false;
  const [, bits = 0, seconds = 0, retries = 0] = type;
  const isAcknowledged = (bits & ACKNOWLEDGED) !== 0;
  const rows = [
    row('Alert Destination', type[0] ?? 0),
    row('Alert Acknowledge', isAcknowledged ? 'Acknowledged' : 'Unacknowledged'),
    row('Destination Type', NAMES[bits & TYPE_BITS] ?? 'Unknown'),
    row(isAcknowledged ? 'Acknowledge Timeout' : 'Retry Interval', seconds),
    row('Number of Retries', retries & RETRY_BITS),
  ];
  // Another format is one of IPv6, which ipmitool does not print.
  if (((address[1] ?? 0) & 0xf0) === 0) {
    const isBackup = ((address[GATEWAY_AT] ?? 0) & 0x01) !== 0;
    rows.push(row('Alert Gateway', isBackup ? 'Backup' : 'Default'));
    rows.push(row('Alert IP Address', address.slice(IP_AT, MAC_AT).join('.')));
    rows.push(row('Alert MAC Address', macText(address.slice(MAC_AT))));
  }
  destination.session.print(`${rows.join('')}\n`);
  return true;
}

/** The number of the last destination; undefined where the BMC does not say. */
async function lastOf(target: Target): Promise<number | undefined> {
  const data = await readParameter(target, Parameter.ALERT_COUNT);
  return data === 'failed' || data === undefined ? undefined : (data[0] ?? 0) & 0x0f;
}

/** Reads the channel and, where there is one, the destination; complains of either. */
async function targetOf(
  session: Session,
  word: string | undefined,
  alertWord: string | undefined,
): Promise<{ readonly target: Target; readonly alert: number | undefined } | undefined> {
  const channel = word === undefined ? ((await firstLan(session)) ?? 0) : cByte(word);
  if (channel === undefined) {
    session.complain(`Invalid channel: ${word ?? ''}`);
    return undefined;
  }
  if (!(await isLan(session, channel))) {
    session.complain(`Channel ${channel} is not a LAN channel`);
    return undefined;
  }
  const alert = alertWord === undefined ? undefined : cByte(alertWord);
  if (alertWord !== undefined && alert === undefined) {
    session.complain(`Invalid alert: ${alertWord}`);
    return undefined;
  }
  return { target: { session, channel }, alert };
}

const print: Family = async (session, [word, alertWord]) => {
  if (word !== undefined && isHelp(word)) return told(session, ALERT_PRINT_HELP);
  const found = await targetOf(session, word, alertWord);
  if (found === undefined) return 1;
  const { target, alert } = found;
  const last = await lastOf(target);
  if (alert !== undefined) {
    if (last === undefined || alert > last)
      return refuse(session, `Alert ${alert} is not a valid destination`);
    return (await printDestination({ ...target, alert })) ? 0 : 1;
  }
  if (last === undefined) return 1;
  for (let each = 0; each <= last; each += 1) await printDestination({ ...target, alert: each });
  return 0;
};

/** A change of the bytes of a parameter of a destination. */
interface Change {
  readonly parameter: number;
  readonly length: number;
  /** Makes it, and returns the text about it; undefined where the word is wrong. */
  readonly apply: (bytes: number[]) => string | undefined;
  /** Tells of a wrong word; by default the help does. */
  readonly wrong?: string;
}

const ofAddress = { parameter: Parameter.ALERT_ADDRESS, length: ADDRESS_BYTES };
const ofType = { parameter: Parameter.ALERT_TYPE, length: TYPE_BYTES };

function changeOf(session: Session, name: string, word: string): Change | undefined {
  if (name === 'ipaddr') {
    const ip = ipOf(session, word);
    return ip && placing(ip, IP_AT, `IP Address to ${ip.join('.')}`);
  }
  if (name === 'macaddr') {
    const mac = macOf(session, word);
    return mac && placing(mac, MAC_AT, `MAC Address to ${macText(mac)}`);
  }
  if (name === 'gateway') return { ...ofAddress, apply: gatewayOf(word) };
  if (name === 'ack') return { ...ofType, apply: acknowledgeOf(word) };
  if (name === 'type') return { ...ofType, apply: typeOf(word) };
  if (name === 'time') {
    return { ...ofType, apply: timeOf(word), wrong: `Invalid time: ${word}` };
  }
  if (name !== 'retry') return undefined;
  return { ...ofType, apply: retriesOf(word), wrong: `Invalid retry: ${word}` };
}

function placing(address: readonly number[], at: number, text: string): Change {
  const apply = (bytes: number[]): string => {
    bytes.splice(at, address.length, ...address);
    return text;
  };
  return { ...ofAddress, apply };
}

function gatewayOf(word: string): Change['apply'] {
  return (bytes) => {
    const isDefault = word === 'default';
    if (!isDefault && word !== 'backup') return undefined;
    bytes[GATEWAY_AT] = isDefault ? 0 : 1;
    return `to use ${isDefault ? 'Default' : 'Backup'} Gateway`;
  };
}

function acknowledgeOf(word: string): Change['apply'] {
  return (bytes) => {
    const isOn = switchOf(word);
    if (isOn === undefined) return undefined;
    const [, bits = 0] = bytes;
    bytes[1] = isOn ? bits | ACKNOWLEDGED : bits & ~ACKNOWLEDGED;
    return `to ${isOn ? 'Acknowledged' : 'Unacknowledged'}`;
  };
}

function typeOf(word: string): Change['apply'] {
  return (bytes) => {
    const type = TYPES.find(([name]) => name === word)?.[1];
    if (type === undefined) return undefined;
    bytes[1] = ((bytes[1] ?? 0) & ~TYPE_BITS) | type;
    return `destination to ${NAMES[type] ?? ''}`;
  };
}

function timeOf(word: string): Change['apply'] {
  return (bytes) => {
    const seconds = cByte(word);
    if (seconds === undefined) return undefined;
    bytes[2] = seconds;
    return `timeout/retry to ${seconds} seconds`;
  };
}

function retriesOf(word: string): Change['apply'] {
  return (bytes) => {
    const count = cByte(word);
    if (count === undefined) return undefined;
    bytes[3] = count & RETRY_BITS;
    return `number of retries to ${count & RETRY_BITS}`;
  };
}

/** Ends well even where the BMC has refused. */
const set: Family = async (session, words) => {
  const [word, alertWord, name, value] = words;
  if (name === undefined || value === undefined) return refuse(session, ALERT_SET_HELP);
  const found = await targetOf(session, word, alertWord);
  if (found === undefined) return 1;
  const { target, alert = 0 } = found;
  const last = await lastOf(target);
  if (last === undefined || alert > last) {
    return refuse(session, `Alert ${alert} is not a valid destination`);
  }
  const change = changeOf(session, name, value);
  if (change === undefined) return refuse(session, ALERT_SET_HELP);
  const { parameter, length, apply, wrong = ALERT_SET_HELP } = change;
  const data = await readParameter(target, parameter, alert);
  if (data === 'failed') return 1;
  const bytes = paddedTo(length, data);
  const text = apply(bytes);
  if (text === undefined) return refuse(session, wrong);
  session.print(`Setting LAN Alert ${alert} ${text}\n`);
  // A parameter keeps the length that it has: of one that is not there, only the number is sent.
  await setUnseen(target, parameter, bytes.slice(0, data?.length ?? 0));
  return 0;
};

/** `lan alert`; another word does nothing. */
export const alert: Family = async (session, [action, ...words]) => {
  const all = `${ALERT_PRINT_HELP}\n${ALERT_SET_HELP}`;
  if (action === undefined) return refuse(session, all);
  if (isHelp(action)) return told(session, all);
  if (action === 'print') return await print(session, words);
  return action === 'set' ? await set(session, words) : 0;
};
