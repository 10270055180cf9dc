/** `ipmitool session`: the sessions that the BMC has (IPMI 2.0 §22.20). */

import { NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import { privilegeName, unknownName } from './arguments.ts';
import { ask } from './ask.ts';
import { refuse } from './choose.ts';
import { macText } from './lan-words.ts';
import { cUint } from './numbers.ts';
import type { Family, Session } from './session.ts';

const HELP = 'Session Commands: info <active | all | id 0xnnnnnnnn | handle 0xnn>';
const FAILED = 'Get Session Info command failed';

const GET_SESSION_INFO = 0x3d;

/** The first byte of a request for a session by its handle or its id; 0 means the own session. */
const ACTIVE = 0x00;
const BY_HANDLE = 0xfe;
const BY_ID = 0xff;

/** Bytes of a reply: without a session, of a modem, of one with PPP, of a LAN. */
const NO_SESSION_BYTES = 3;
const MODEM_BYTES = 12;
const PPP_BYTES = 14;
const LAN_BYTES = 18;

/** Where a reply has the address of the console, for a LAN and for a modem, and the port. */
const LAN_IP_AT = 6;
const MODEM_IP_AT = 8;
const MAC_AT = 10;
const PORT_AT = 16;

/** Answers that say that there is no such session: `all` goes on with the next. */
const ABSENT: readonly number[] = [Completion.INVALID_FIELD, Completion.NOT_FOUND];

const ACTIVITIES = [
  ...['IPMI Messaging session active', 'Callback Messaging session active'],
  ...['Dial-out Alert active', 'TAP Page Active'],
];

/** A value with its title; comma-separated values have no title. */
type Row = readonly [title: string, value: string | number];

export const run: Family = async (session, [verb, kind, number]) => {
  const fail = (text: string): number => refuse(session, text, HELP);
  if (verb === undefined || verb === 'help') return told(session);
  if (verb !== 'info') return fail(`Invalid SESSION command: ${verb}`);
  if (kind === undefined || kind === 'help') return told(session);
  if (kind === 'active') return await one(session, [ACTIVE]);
  if (kind === 'all') return await all(session);
  if (kind !== 'id' && kind !== 'handle') return fail(`Invalid SESSION info parameter: ${kind}`);
  if (number === undefined) return fail(`Missing ${kind} argument`);
  const value = cUint(number);
  if (value === undefined) return fail(`HEX number expected, but '${number}' given.`);
  const bytes = [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  return await one(session, kind === 'id' ? [BY_ID, ...bytes] : [BY_HANDLE, bytes[0] ?? 0]);
};

function told(session: Session): number {
  session.complain(HELP);
  return 0;
}

async function request(session: Session, data: readonly number[]): Promise<Reply | undefined> {
  return await ask(session, { netFn: NetFn.APP, cmd: GET_SESSION_INFO, data });
}

async function one(session: Session, data: readonly number[]): Promise<number> {
  const reply = await request(session, data);
  if (reply?.completionCode === Completion.OK) {
    print(session, kept(new Uint8Array(LAN_BYTES), reply), reply.data.length);
    return 0;
  }
  const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
  session.complain(`${FAILED}${why}`);
  if (data[0] === ACTIVE) {
    session.complain('It is likely that the channel in use does not support sessions');
  }
  return 1;
}

/** Asks by the place in the table of sessions, whose length the first answer says. */
async function all(session: Session): Promise<number> {
  const bytes = new Uint8Array(LAN_BYTES);
  let slots = 1;
  for (let slot = 1; slot <= slots; slot += 1) {
    const reply = await request(session, [slot]);
    if (reply === undefined) return refuse(session, FAILED);
    const { completionCode: code, data } = reply;
    if (code !== Completion.OK && !ABSENT.includes(code)) {
      return refuse(session, `${FAILED}: ${completionText(code)}`);
    }
    if (data.length < NO_SESSION_BYTES) return 1;
    print(session, kept(bytes, reply), data.length);
    slots = (bytes[1] ?? 0) & 0x3f;
  }
  return 0;
}

/** The bytes of a reply over those of the one before: ipmitool has one memory for all. */
function kept(bytes: Uint8Array, { data }: Reply): Uint8Array {
  bytes.set(data.slice(0, bytes.length));
  return bytes;
}

function print(session: Session, bytes: Uint8Array, length: number): void {
  const rows = rowsOf(bytes, length);
  const text = session.choices.csv
    ? rows.map(([, value]) => value).join(',')
    : rows.map(([title, value]) => `${title.padEnd(30)}: ${value}\n`).join('');
  session.print(`${text}\n`);
}

function rowsOf(bytes: Uint8Array, length: number): readonly Row[] {
  const at = (index: number): number => bytes[index] ?? 0;
  const counts: readonly Row[] = [
    ['session handle', at(0)],
    ['slot count', at(1) & 0x3f],
    ['active sessions', at(2) & 0x3f],
  ];
  if (length === NO_SESSION_BYTES) return counts;
  return [
    ...counts,
    ['user id', at(3) & 0x3f],
    ['privilege level', privilegeName(at(4) & 0x0f)],
    ['session type', at(5) >> 4 === 0 ? 'IPMIv1.5' : 'IPMIv2/RMCP+'],
    ['channel number', `0x${(at(5) & 0x0f).toString(16).padStart(2, '0')}`],
    ...consoleRows(bytes, length),
  ];
}

/** The other end of a session. */
function consoleRows(bytes: Uint8Array, length: number): readonly Row[] {
  const at = (index: number): number => bytes[index] ?? 0;
  const ip = (from: number): Row => ['console ip', bytes.slice(from, from + 4).join('.')];
  const port: Row = ['console port', at(PORT_AT) | (at(PORT_AT + 1) << 8)];
  if (length === LAN_BYTES) {
    return [ip(LAN_IP_AT), ['console mac', macText(bytes.slice(MAC_AT, PORT_AT))], port];
  }
  if (length !== MODEM_BYTES && length !== PPP_BYTES) return [];
  return [
    ['Session/Channel Activity Type', ACTIVITIES[at(6)] ?? unknownName(at(6))],
    ['Destination selector', at(7) & 0x0f],
    ip(MODEM_IP_AT),
    // ipmitool looks for the port where the one of a LAN is.
    ...(length === PPP_BYTES ? [port] : []),
  ];
}
