/** `ipmitool lan set user|access|password|alert`: what a channel lets in (IPMI 2.0 §22.22ff). */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { PASSWORD_BYTES } from '../../ipmi/user.ts';
import { fixedBytes, good } from './arguments.ts';
import { ask, byteAt } from './ask.ts';
import { refuse } from './choose.ts';
import { SETTING_HELP } from './lan-help.ts';
import type { Target } from './lan-parameters.ts';
import { isHelp, switchOf, told } from './lan-words.ts';
import type { Setter } from './lan-words.ts';

/** The user without a name, and the level that it gets. */
const ANONYMOUS = 1;
const ADMINISTRATOR = 4;
const SET_PASSWORD = 2;

const ACCESS_BYTES = 2;
const ALWAYS_AVAILABLE = 2;
const MODE_BITS = 0x07;
const ACCESS_BITS = 0x3f;
const PRIVILEGE_BITS = 0x0f;
const ALERTS_DISABLED = 0x20;

/** Where the access is, with the bits that say so to both commands. */
interface Place {
  readonly bits: number;
  readonly name: string;
}

/** The places in the order in which they are changed. */
const SAVED: Place = { bits: 0x40, name: 'non-volatile' };
const PLACES: readonly Place[] = [SAVED, { bits: 0x80, name: 'volatile' }];

/** Both bytes of the access in a place; undefined, with a complaint, where there are none. */
async function readAccess(
  { session, channel }: Target,
  { bits, name }: Place,
): Promise<readonly [access: number, privilege: number] | undefined> {
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_CHANNEL_ACCESS, data: [channel, bits] };
  const reply = good(session, await ask(session, question), ACCESS_BYTES);
  if (reply !== undefined) return [byteAt(reply, 0) & ACCESS_BITS, byteAt(reply, 1)];
  session.complain(`Unable to Get Channel Access(${name}) for channel ${channel}`);
  return undefined;
}

/** Writes the access to a place; complains where it was not taken. */
async function writeAccess(
  { session, channel }: Target,
  { bits, name }: Place,
  [access, privilege]: readonly [access: number, privilege: number],
): Promise<boolean> {
  const data = [channel, bits | access, privilege];
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_CHANNEL_ACCESS, data };
  if (good(session, await ask(session, question)) !== undefined) return true;
  session.complain(`Unable to Set Channel Access(${name}) for channel ${channel}`);
  return false;
}

/** `access`, which leaves administrators in. */
export const setAccess: Setter = async (target, [word]) => {
  const { session, channel } = target;
  if (word === undefined) return refuse(session, SETTING_HELP.access);
  if (isHelp(word)) return told(session, SETTING_HELP.access);
  const isOn = switchOf(word);
  if (isOn === undefined) return refuse(session, SETTING_HELP.access);
  for (const place of PLACES) {
    const old = await readAccess(target, place);
    if (old === undefined) return 1;
    const access = (old[0] & ~MODE_BITS) | (isOn ? ALWAYS_AVAILABLE : 0);
    if (!(await writeAccess(target, place, [access, place.bits | ADMINISTRATOR]))) return 1;
  }
  session.print(`Set Channel Access for channel ${channel} was successful.\n`);
  return 0;
};

/** `alert`: ipmitool sets the bit that disables alerts for `on`, and clears it for `off`. */
export const setAlerting: Setter = async (target, [word]) => {
  const { session, channel } = target;
  if (word === undefined) return refuse(session, SETTING_HELP.alert);
  const isOn = switchOf(word);
  if (isOn === undefined) return told(session, SETTING_HELP.alert);
  session.print(`${isOn ? 'En' : 'Dis'}abling PEF alerts for LAN channel ${channel}\n`);
  const old = await readAccess(target, SAVED);
  if (old === undefined) return 1;
  const access = isOn ? old[0] | ALERTS_DISABLED : old[0] & ~ALERTS_DISABLED;
  for (const place of PLACES) {
    if (!(await writeAccess(target, place, [access, old[1] & PRIVILEGE_BITS]))) return 1;
  }
  session.print(`PEF alerts for channel ${channel} ${isOn ? 'en' : 'dis'}abled.\n`);
  return 0;
};

/** `user`, which gives its access to the user without a name. */
export const setUser: Setter = async ({ session, channel }) => {
  const data = [channel, ANONYMOUS, ADMINISTRATOR, 0];
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_USER_ACCESS, data };
  if (good(session, await ask(session, question)) === undefined) {
    return refuse(session, `Set User Access for channel ${channel} failed`);
  }
  session.print(`Set User Access for channel ${channel} was successful.`);
  return 0;
};

/** `password`, which is that of the user without a name; without a word it becomes empty. */
export const setPassword: Setter = async ({ session }, [word]) => {
  const data = [ANONYMOUS, SET_PASSWORD, ...fixedBytes(word ?? '', PASSWORD_BYTES.short)];
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_USER_PASSWORD, data };
  if (good(session, await ask(session, question)) === undefined) {
    return refuse(session, `Unable to Set LAN Password for user ${ANONYMOUS}`);
  }
  session.print(`Password ${word === undefined ? 'cleared' : 'set'} for user ${ANONYMOUS}\n`);
  return 0;
};
