/** Things that a command looks for on a host, and what it found, in words and as JSON. */

import { ConfigError } from '../config-file.ts';
import { EXIT_CODES, IpmiError } from '../errors.ts';
import { EXIT_CONFIG } from './exit-codes.ts';
import { inFlags } from './format.ts';

/** A thing that is needed. */
export interface Need {
  readonly item: string;
  /** Returns how it is there, in words; throws the reason why it is not. */
  readonly check: () => string;
}

/** A need, and what was found; without an exit code it is met. */
export interface Finding {
  readonly item: string;
  readonly text: string;
  readonly exit: number | undefined;
}

/** A finding as JSON has it. */
export interface CheckedItem {
  readonly item: string;
  readonly ok: boolean;
  readonly text: string;
}

/** Looks for one thing. */
export function findingOf({ item, check }: Need): Finding {
  try {
    return { item, text: check(), exit: undefined };
  } catch (error) {
    if (error instanceof IpmiError) {
      return { item, text: inFlags(error.message), exit: EXIT_CODES[error.code] };
    }
    if (error instanceof ConfigError) return { item, text: error.message, exit: EXIT_CONFIG };
    throw error;
  }
}

export function checkedItem({ item, text, exit }: Finding): CheckedItem {
  return { item, ok: exit === undefined, text };
}

/** The row of a table. */
export function itemRow({ item, ok, text }: CheckedItem): readonly [label: string, value: string] {
  return [item, ok ? text : `no: ${text}`];
}
