/** Reads and sets parameters of a LAN channel, as `ipmitool lan` does (IPMI 2.0 §23.1, §23.2). */

import { sleep } from '../../clock.ts';
import { NetFn, TransportCmd } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { ask } from './ask.ts';
import type { Session } from './session.ts';

/** A channel, as the BMC of a session has it. */
export interface Target {
  readonly session: Session;
  readonly channel: number;
}

/** Parameters by their names (table 23-4). */
export const Parameter = {
  PROGRESS: 0,
  AUTH_SUPPORT: 1,
  AUTH_ENABLES: 2,
  ADDRESS: 3,
  SOURCE: 4,
  MAC: 5,
  NETMASK: 6,
  HEADER: 7,
  ARP: 10,
  ARP_INTERVAL: 11,
  GATEWAY: 12,
  GATEWAY_MAC: 13,
  BACKUP: 14,
  BACKUP_MAC: 15,
  COMMUNITY: 16,
  ALERT_COUNT: 17,
  ALERT_TYPE: 18,
  ALERT_ADDRESS: 19,
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
  [Parameter.ALERT_COUNT]: 'Number of Destinations',
  [Parameter.ALERT_TYPE]: 'Destination Type',
  [Parameter.ALERT_ADDRESS]: 'Destination Addresses',
  [Parameter.VLAN_ID]: '802.1q VLAN ID',
  [Parameter.VLAN_PRIORITY]: '802.1q VLAN Priority',
  [Parameter.SUITES_SUPPORT]: 'RMCP+ Cipher Suite Count',
  [Parameter.SUITES]: 'RMCP+ Cipher Suites',
  [Parameter.SUITE_PRIVILEGES]: 'Cipher Suite Priv Max',
  [Parameter.BAD_PASSWORD]: 'Bad Password Threshold',
};

/** Completion codes that say that there is no such parameter. */
const UNSUPPORTED = 0x80;
const ABSENT: readonly number[] = [UNSUPPORTED, Completion.OUT_OF_RANGE, Completion.INVALID_FIELD];

/** States of Set In Progress. */
const COMPLETE = 0;
const IN_PROGRESS = 1;
const COMMIT = 2;

/** Attempts to begin, after which ipmitool sets the parameter all the same. */
const BEGIN_ATTEMPTS = 3;

/** Reads, or refused sets, of a parameter that is not as it was set; and the time in between. */
const ATTEMPTS = 11;
const RETRIES = 10;
const PAUSE_MS = 3000;

/** A set that is refused so is sent again: some BMCs take a setting only after a while. */
const REFUSED_FOR_NOW = Completion.INVALID_FIELD;

/** Answers of a set after which the parameter is read: it may have been done. */
const PERHAPS_DONE: readonly (number | undefined)[] = [
  Completion.OK,
  REFUSED_FOR_NOW,
  Completion.UNSPECIFIED,
];

/** Data of a parameter; undefined where the BMC has none. */
export type ParameterData = Uint8Array | undefined;

/** Resolves to the data behind the revision; to `failed` where the BMC does not say. */
export async function readParameter(
  { session, channel }: Target,
  parameter: number,
  selector = 0,
): Promise<ParameterData | 'failed'> {
  const data = [channel, parameter, selector, 0];
  const question = { netFn: NetFn.TRANSPORT, cmd: TransportCmd.GET_LAN_PARAMETERS, data };
  const reply = await ask(session, question);
  if (reply === undefined) return 'failed';
  const { completionCode: code } = reply;
  if (code === Completion.OK) return reply.data.slice(1);
  const name = NAMES[parameter];
  if (name !== undefined && session.choices.logs > 0) {
    const why = code === UNSUPPORTED ? 'Unsupported parameter' : completionText(code);
    session.complain(`Get LAN Parameter '${name}' command failed: ${why}`);
  }
  return ABSENT.includes(code) ? undefined : 'failed';
}

/** The completion code of one Set LAN Configuration Parameters; undefined after silence. */
async function send(
  { session, channel }: Target,
  parameter: number,
  value: readonly number[],
): Promise<number | undefined> {
  const data = [channel, parameter, ...value];
  const question = { netFn: NetFn.TRANSPORT, cmd: TransportCmd.SET_LAN_PARAMETERS, data };
  return (await ask(session, question))?.completionCode;
}

/**
 * Sets a parameter between the begin and the end of a change, and waits until it reads as set;
 * complains where it never does. Resolves to whether it does.
 */
export async function setParameter(
  target: Target,
  parameter: number,
  data: readonly number[],
): Promise<boolean> {
  await begin(target);
  const code = await sendUntilTaken(target, parameter, data);
  const isSet = PERHAPS_DONE.includes(code) && (await readsAs(target, parameter, data));
  await end(target);
  return isSet;
}

/** The same, but whatever the BMC answers is left at that. */
export async function setUnseen(
  target: Target,
  parameter: number,
  data: readonly number[],
): Promise<void> {
  await begin(target);
  await send(target, parameter, data);
  await end(target);
}

/** A BMC that does not have Set In Progress is left alone, and so is one that is silent. */
async function begin(target: Target): Promise<void> {
  for (let attempt = 0; attempt <= BEGIN_ATTEMPTS; attempt += 1) {
    const data = await readParameter(target, Parameter.PROGRESS);
    if (data === undefined || data === 'failed' || data[0] === IN_PROGRESS) return;
    if (attempt === BEGIN_ATTEMPTS) return;
    if ((await send(target, Parameter.PROGRESS, [IN_PROGRESS])) === undefined) return;
  }
}

async function end(target: Target): Promise<void> {
  await send(target, Parameter.PROGRESS, [COMMIT]);
  await send(target, Parameter.PROGRESS, [COMPLETE]);
}

/** Sends again only what the BMC has answered, and refused: it has not been done. */
async function sendUntilTaken(
  target: Target,
  parameter: number,
  data: readonly number[],
): Promise<number | undefined> {
  let code = await send(target, parameter, data);
  for (let retry = 0; code === REFUSED_FOR_NOW && retry < RETRIES; retry += 1) {
    await pause(target);
    code = await send(target, parameter, data);
  }
  return code;
}

async function readsAs(
  target: Target,
  parameter: number,
  wanted: readonly number[],
): Promise<boolean> {
  let trouble: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await readParameter(target, parameter);
    trouble = found === 'failed' ? undefined : difference(found, wanted);
    if (found !== 'failed' && trouble === undefined) return true;
    await pause(target);
  }
  if (trouble !== undefined) target.session.complain(trouble);
  return false;
}

function difference(found: ParameterData, wanted: readonly number[]): string | undefined {
  const length = found?.length ?? 0;
  if (length !== wanted.length) return `Mismatched data lengths: ${length} != ${wanted.length}`;
  if (wanted.every((byte, index) => byte === found?.[index])) return undefined;
  return 'LAN Parameter Data does not match!  Write may have failed.';
}

function pause({ session }: Target): Promise<void> {
  return sleep(session.clock, PAUSE_MS, session.signal);
}
