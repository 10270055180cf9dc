/** Chooses among the subcommands of a family by their names. */

import type { Family, Session } from './session.ts';

/** Complains, with the help where there is any; returns the exit code. */
export function refuse(session: Session, ...lines: readonly string[]): number {
  session.complain(lines.join('\n'));
  return 1;
}

/** Texts of a family where no subcommand is meant. */
export interface Help {
  readonly help: string;
  /** The sentence about a word that is no subcommand. */
  readonly invalid: (word: string) => string;
}

/** A family of subcommands: `help`, and those of the table. */
export function choose(table: Readonly<Record<string, Family>>, { help, invalid }: Help): Family {
  return async (session, words) => {
    const [word, ...rest] = words;
    if (word === undefined) return refuse(session, 'Not enough parameters given.', help);
    if (word === 'help') {
      session.complain(help);
      return 0;
    }
    const family = entryOf(table, word);
    return family === undefined ? refuse(session, invalid(word), help) : family(session, rest);
  };
}

/** The entry of a table; undefined where the word is none of its own. */
export function entryOf<Value>(
  table: Readonly<Record<string, Value>>,
  word: string,
): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
