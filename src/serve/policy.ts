/**
 * The commands that a program may send through the server, by its user and group. It is decided
 * when the program opens the device or connects, and again when the policy is read again.
 */

import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { commandText } from '../ipmi/command-names.ts';
import { AppCmd, GROUP_EXTENSION, NetFn, StorageCmd } from '../ipmi/commands.ts';
import { isCarrier } from '../ipmi/ipmb.ts';
import type { Request } from '../ipmi/message.ts';
import { isGroupRead } from '../ipmi/group-extension.ts';
import { isRepeatable } from '../ipmi/repeatable.ts';
import { isSecret } from '../ipmi/secret.ts';
import { allCarriedBy } from './carried.ts';
import type { Opener } from './opener.ts';

/** Commands that are allowed: all that only read, or one, or all of a network function. */
export type Grant =
  | { readonly kind: 'read' }
  | { readonly kind: 'command'; readonly netFn: number; readonly cmd: number }
  | { readonly kind: 'netFn'; readonly netFn: number };

/** The grants of users and groups that are not root. */
export interface Grants {
  /** By uid. What stands here counts alone: the groups of that user do not. */
  readonly users: ReadonlyMap<number, readonly Grant[]>;
  /** By gid. */
  readonly groups: ReadonlyMap<number, readonly Grant[]>;
  /** Returns the groups that a user is a member of, beside that of its process. */
  readonly groupsOf: (uid: number) => readonly number[];
}

/** Root may do everything, and so may the user that the server itself runs as. */
export type Permission = 'all' | readonly Grant[];

export const NO_GRANTS: Grants = { users: new Map(), groups: new Map(), groupsOf: () => [] };

const ROOT_UID = 0;

/**
 * Commands that only read, beside those that may be repeated: their answers show no secret, and
 * they change no setting, log or timer. A reservation ends that of another program, which has to
 * reserve again; without one, no record can be read in parts.
 */
const READS: Readonly<Record<number, ReadonlySet<number>>> = {
  [NetFn.SENSOR_EVENT]: new Set([
    0x01, // Get Event Receiver
    0x10, // Get PEF Capabilities
    0x15, // Get Last Processed Event ID
    0x22, // Reserve Device SDR Repository
  ]),
  [NetFn.APP]: new Set([
    ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d], // Get NetFn Support to Get Configurable Sub-functions
    0x38, // Get Channel Authentication Capabilities
    AppCmd.GET_SYSTEM_INFO,
    ...[0x4a, 0x4d, 0x4e, 0x4f], // Get Payload Activation Status to Get Channel Payload Version
    ...[0x61, 0x63, 0x64], // Get Command Enables to Get OEM NetFn IANA Support
  ]),
  [NetFn.STORAGE]: new Set([
    0x21, // Get SDR Repository Allocation Info
    0x22, // Reserve SDR Repository
    0x42, // Reserve SEL
    0x5a, // Get Auxiliary Log Status
  ]),
};

/** Names and versions of firmware and operating system are the parameters up to here (§22.14b). */
const SYSTEM_INFO_OPEN_MAX = 5;

/** The server alone takes messages and events out of the BMC (IPMI 2.0 §22.6, §22.8). */
const OF_SERVER: ReadonlySet<number> = new Set([
  AppCmd.GET_MESSAGE,
  AppCmd.READ_EVENT_MESSAGE_BUFFER,
]);

/** The command by which each kind of event is had. */
const COMMAND_OF: Readonly<Record<BmcEvent['kind'], number>> = {
  event: AppCmd.READ_EVENT_MESSAGE_BUFFER,
  message: AppCmd.GET_MESSAGE,
  watchdogPretimeout: AppCmd.GET_MESSAGE_FLAGS,
  oem: AppCmd.GET_MESSAGE_FLAGS,
};

/** Returns what an opener may do. `serverUid` is the user that the server runs as. */
export function permissionOf(
  { uid, gid }: Pick<Opener, 'uid' | 'gid'>,
  grants: Grants,
  serverUid: number,
): Permission {
  if (uid === ROOT_UID || uid === serverUid) return 'all';
  const own = grants.users.get(uid);
  if (own !== undefined) return own;
  const gids = new Set([gid, ...grants.groupsOf(uid)]);
  return [...gids].flatMap((one) => grants.groups.get(one) ?? []);
}

/** The reason for which the server itself keeps a command from every client; undefined if not. */
export function reservedReason(request: Request): string | undefined {
  const inside = isCarrier(request) ? (allCarriedBy(request.data) ?? []) : [];
  const kept = [request, ...inside].find(isOfServer);
  if (kept === undefined) return undefined;
  const name = commandText(kept.netFn, kept.cmd);
  return `${name}: only the server takes messages and events from the BMC; listen to its events`;
}

/** The reason for which a request is not permitted; undefined if it is. */
export function deniedReason(permission: Permission, request: Request): string | undefined {
  if (permission === 'all') return undefined;
  if (!isCarrier(request)) return reasonUnless(permits(permission, request), request);
  const inside = allCarriedBy(request.data);
  const last = inside?.at(-1);
  const name = commandText(request.netFn, request.cmd);
  if (inside === undefined || last === undefined) return `${name}: its message cannot be read`;
  // What an OEM's logical unit does with a Send Message may be anything else.
  if ([request, ...inside.slice(0, -1)].some(({ lun }) => lun !== 0)) {
    return `${name}: only logical unit 0 passes messages on`;
  }
  // An answer to another controller is no command, but could pass for that of the BMC.
  const asked = last.netFn % 2 === 0 ? last : request;
  return reasonUnless(permits(permission, asked), asked);
}

/** True if events of that kind may be told to a client with this permission. */
export function mayHear(permission: Permission, kind: BmcEvent['kind']): boolean {
  if (permission === 'all') return true;
  // A user that reads the SEL finds the same events there; a message may hold a secret.
  if (kind !== 'message' && permission.some((grant) => grant.kind === 'read')) return true;
  return isListed(permission, NetFn.APP, COMMAND_OF[kind]);
}

/** True if there are events that may be told to a client with this permission. */
export function mayHearSome(permission: Permission): boolean {
  const kinds = Object.keys(COMMAND_OF) as readonly BmcEvent['kind'][];
  return kinds.some((kind) => mayHear(permission, kind));
}

/** True if some request of that command may be permitted; its data may still be a reason not to. */
export function maySend(permission: Permission, netFn: number, cmd: number): boolean {
  if (permission === 'all') return true;
  // What it carries is not known here.
  if (isCarrier({ netFn, cmd })) return permission.length > 0;
  const mayRead = permission.some(({ kind }) => kind === 'read');
  const isRead = netFn === GROUP_EXTENSION || isReading(netFn, cmd);
  return (mayRead && isRead) || isListed(permission, netFn, cmd);
}

/** True for a command that only reads, and shows no secret. */
export function isRead(request: Request): boolean {
  return onlyReads(request) && (!isSecret(request) || isOpenText(request));
}

function onlyReads({ netFn, cmd, data }: Request): boolean {
  return netFn === GROUP_EXTENSION ? isGroupRead(cmd, data) : isReading(netFn, cmd);
}

/** True for text that could be anything, and that every user has at hand otherwise. */
function isOpenText({ netFn, cmd, lun, data }: Request): boolean {
  if (lun !== 0) return false;
  // An inventory, of which an OEM's area could hold anything, and which all programs show.
  if (netFn === NetFn.STORAGE) return cmd === StorageCmd.READ_FRU_DATA;
  const [, parameter = SYSTEM_INFO_OPEN_MAX + 1] = data;
  const isSystemInfo = netFn === NetFn.APP && cmd === AppCmd.GET_SYSTEM_INFO;
  return isSystemInfo && parameter <= SYSTEM_INFO_OPEN_MAX;
}

function isReading(netFn: number, cmd: number): boolean {
  return isRepeatable(netFn, cmd) || READS[netFn]?.has(cmd) === true;
}

function permits(grants: readonly Grant[], request: Request): boolean {
  const mayRead = grants.some(({ kind }) => kind === 'read');
  return (mayRead && isRead(request)) || isListed(grants, request.netFn, request.cmd);
}

function isListed(grants: readonly Grant[], netFn: number, cmd: number): boolean {
  return grants.some(
    (grant) =>
      grant.kind !== 'read' &&
      grant.netFn === netFn &&
      (grant.kind === 'netFn' || grant.cmd === cmd),
  );
}

function isOfServer({ netFn, cmd }: Request): boolean {
  return netFn === NetFn.APP && OF_SERVER.has(cmd);
}

function reasonUnless(isPermitted: boolean, { netFn, cmd }: Request): string | undefined {
  return isPermitted ? undefined : `${commandText(netFn, cmd)} is not permitted to this user`;
}
