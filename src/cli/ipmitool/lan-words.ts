/** Words of `ipmitool lan set` and `lan alert set`: addresses, `on`, `off` and `help`. */

import type { Target } from './lan-parameters.ts';
import type { Session } from './session.ts';

/** Sets one thing of a channel from the words behind its name; resolves to the exit code. */
export type Setter = (target: Target, words: readonly string[]) => Promise<number>;

/** The exit code of what was done, or was not. */
export const exitOf = (isDone: boolean): number => (isDone ? 0 : 1);

/** True where help is asked for. */
export const isHelp = (word: string): boolean => word === 'help';

/** Gives the help that was asked for. */
export function told(session: Session, help: string): number {
  session.complain(help);
  return 0;
}

/** Reads `on` or `off`; undefined for another word. */
export function switchOf(word: string): boolean | undefined {
  if (word === 'on') return true;
  return word === 'off' ? false : undefined;
}

/** Four numbers as scanf() reads them: what is behind them is left out. */
const IP = /^\s*([+-]?\d+)\.\s*([+-]?\d+)\.\s*([+-]?\d+)\.\s*([+-]?\d+)/;

/** Reads an IPv4 address; complains of another word. */
export function ipOf(session: Session, word: string): readonly number[] | undefined {
  const bytes = IP.exec(word)?.slice(1).map(Number);
  if (bytes?.every((byte) => byte >= 0 && byte <= 0xff) === true) return bytes;
  session.complain(`Invalid IP address: ${word}`);
  return undefined;
}

/** Six bytes in hexadecimal as scanf() reads them: two digits at most. */
const MAC = new RegExp(
  `^${Array<string>(6)
    .fill(String.raw`\s*([0-9a-f]{1,2})`)
    .join(':')}`,
  'i',
);

/** Reads a MAC address; complains of another word. */
export function macOf(session: Session, word: string): readonly number[] | undefined {
  const bytes = MAC.exec(word)
    ?.slice(1)
    .map((digits) => Number.parseInt(digits, 16));
  if (bytes === undefined) session.complain(`Invalid MAC address: ${word}`);
  return bytes;
}

/** A MAC address as it is printed. */
export function macText(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
