/** Privilege levels and authentication types of channels, users and LAN (IPMI 2.0 §6.8). */

import { bits, flag } from './codec.ts';
import type { Field, Reserved } from './codec.ts';

/** A privilege level that has a name. */
export type Privilege = 'callback' | 'user' | 'operator' | 'administrator' | 'oem';

/** Names by number; 0 is reserved. */
export const PRIVILEGES = [
  undefined,
  'callback',
  'user',
  'operator',
  'administrator',
  'oem',
] as const satisfies readonly (Privilege | undefined)[];

/** The same for a user; 15 is no access (§22.26). */
export const USER_PRIVILEGES = [
  ...PRIVILEGES,
  ...([undefined, undefined, undefined, undefined, undefined] as const),
  ...([undefined, undefined, undefined, undefined] as const),
  'no-access',
] as const;

/** Authentication types, a bit each (table 22-16). */
export interface AuthTypes extends Reserved {
  readonly none: boolean;
  readonly md2: boolean;
  readonly md5: boolean;
  /** Straight password or key. */
  readonly password: boolean;
  readonly oem: boolean;
}

/** One byte of authentication types. */
export const AUTH_TYPES: Field<AuthTypes> = bits({
  none: flag(0),
  md2: flag(1),
  md5: flag(2),
  password: flag(4),
  oem: flag(5),
});
