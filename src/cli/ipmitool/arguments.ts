/** Arguments that several families take: channels, users, privileges; and the names of them. */

import { ASSIGNED_CHANNEL_MAX, PRESENT_CHANNEL, SYSTEM_CHANNEL } from '../../ipmi/channel.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import type { Reply } from '../../ipmi/message.ts';
import { USER_ID_MAX } from '../../ipmi/user.ts';
import { cByte } from './numbers.ts';
import type { Session } from './session.ts';

const NO_ACCESS = 15;
const PRIVILEGE_MAX = 5;

/** Reads a channel; complains of another word. */
export function channelOf(session: Session, word: string): number | undefined {
  const channel = cByte(word);
  if (channel !== undefined) {
    if (channel <= ASSIGNED_CHANNEL_MAX) return channel;
    if (channel === PRESENT_CHANNEL || channel === SYSTEM_CHANNEL) return channel;
  }
  session.complain(
    `Given Channel number '${word}' is either invalid or out of range.\n` +
      'Channel number must be from ranges: <0x0..0xB>, <0xE..0xF>',
  );
  return undefined;
}

/** Reads the number of a user; complains of another word. */
export function userOf(session: Session, word: string): number | undefined {
  const user = cByte(word);
  if (user !== undefined && user >= 1 && user <= USER_ID_MAX) return user;
  session.complain(
    `Given User ID '${word}' is either invalid or out of range.\n` +
      'User ID is limited to range <1..63>.',
  );
  return undefined;
}

/** Reads a privilege limit; complains of another word. */
export function privilegeOf(session: Session, word: string): number | undefined {
  const limit = cByte(word);
  if (limit === NO_ACCESS) return limit;
  if (limit !== undefined && limit >= 1 && limit <= PRIVILEGE_MAX) return limit;
  session.complain(
    `Given Privilege Limit '${word}' is invalid.\n` +
      'Privilege Limit is limited to <0x1..0x5> and <0xF>.',
  );
  return undefined;
}

const PRIVILEGES: Readonly<Record<number, string>> = {
  1: 'CALLBACK',
  2: 'USER',
  3: 'OPERATOR',
  4: 'ADMINISTRATOR',
  5: 'OEM',
  15: 'NO ACCESS',
};

/** The name of a privilege level. */
export function privilegeName(level: number): string {
  return PRIVILEGES[level] ?? unknownName(level);
}

/** A number that has no name. */
export function unknownName(value: number): string {
  return `Unknown (0x${value.toString(16).toUpperCase().padStart(2, '0')})`;
}

/**
 * Judges a reply; complains where it is none, not successful, or of another length than `length`,
 * where one is given.
 */
export function good(
  session: Session,
  reply: Reply | undefined,
  length?: number,
): Reply | undefined {
  if (reply === undefined) session.complain('IPMI response is NULL.');
  else if (reply.completionCode !== Completion.OK) {
    session.complain(`IPMI command failed: ${completionText(reply.completionCode)}`);
  } else if (length !== undefined && reply.data.length !== length) {
    session.complain('Unexpected data length received.');
  } else return reply;
  return undefined;
}

/** Text of a fixed size, up to the first zero. */
export function fixedText(bytes: Uint8Array): string {
  const [text = ''] = Buffer.from(bytes).toString('latin1').split('\0');
  return text;
}

/** Text as bytes of a fixed size: the rest is zeros, and what does not fit is left out. */
export function fixedBytes(text: string, size: number): readonly number[] {
  const bytes = Buffer.alloc(size);
  bytes.write(text, 'latin1');
  return [...bytes];
}
