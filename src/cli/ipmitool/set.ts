/** `ipmitool set`: changes options for the next commands of a file, or of the shell. */

import { BMC_ADDRESS } from '../../ipmi/ipmb.ts';
import { hex } from './c-text.ts';
import { entryOf, refuse } from './choose.ts';
import { cByte, cInt, cNumber } from './numbers.ts';
import { isPrivilege } from './option-effects.ts';
import type { Family, Session } from './session.ts';
import { SET_HELP } from './usage.ts';

const PORT_MAX = 65_535;

const AUTHENTICATION_TYPES = ['NONE', 'PASSWORD', 'MD2', 'MD5', 'OEM'];

type Change = (session: Session, value: string) => number;

/** Levels, with a value or without one. */
const LEVELS: Readonly<Record<string, (session: Session, level: number) => unknown>> = {
  csv: ({ choices }, level) => (choices.csv = level > 0),
  // A negative level is one, too.
  verbose: ({ choices }, level) => (choices.verbose = level < 0 ? 1 : level),
};

/** The options that always have a value. */
const OPTIONS: Readonly<Record<string, Change>> = {
  localaddr: (session, value) => {
    const address = addressOf(session, 'localaddr', value);
    if (address === undefined) return 1;
    session.choices.own = address;
    if (session.choices.target === address) session.choices.target = BMC_ADDRESS;
    session.print(`Set local IPMB address to 0x${hex(address)}\n`);
    return 0;
  },
  targetaddr: (session, value) => {
    const address = addressOf(session, 'targetaddr', value);
    if (address === undefined) return 1;
    const isBmc = address === 0 || address === session.choices.own;
    session.choices.target = isBmc ? BMC_ADDRESS : address;
    session.print(`Set remote IPMB address to 0x${hex(address)}\n`);
    return 0;
  },
  ...Object.fromEntries(
    ['hostname', 'username', 'password'].map((name) => [name, ofSession(name)]),
  ),
  port: (session, value) => {
    const isPort = cNumber(value, 0, PORT_MAX) !== undefined;
    return isPort ? ofSession('port')(session, value) : refuse(session, invalid('port', value));
  },
  privlvl: (session, value) => {
    if (isPrivilege(value)) return ofSession('privilege level')(session, value);
    return refuse(session, `Invalid privilege level: ${value}`);
  },
  authtype: (session, value) => {
    const isType = AUTHENTICATION_TYPES.includes(value.toUpperCase());
    return isType
      ? ofSession('authtype')(session, value)
      : refuse(session, `Invalid authtype: ${value}`);
  },
};

/** An option of a session over a network: the interface `open` has none. */
function ofSession(name: string): Change {
  return (session) => refuse(session, `Failed to set session ${name}.`);
}

const invalid = (name: string, value: string): string => `Given ${name} '${value}' is invalid.`;

function addressOf(session: Session, name: string, value: string): number | undefined {
  const address = cByte(value);
  if (address === undefined) session.complain(invalid(name, value));
  return address;
}

export const run: Family = (session, [name = '', value]) => {
  const level = entryOf(LEVELS, name);
  if (level !== undefined) return Promise.resolve(setLevel(session, { name, value, level }));
  const change = value === undefined ? undefined : entryOf(OPTIONS, name);
  const exit = change === undefined ? refuse(session, SET_HELP) : change(session, value ?? '');
  return Promise.resolve(exit);
};

interface LevelChange {
  readonly name: string;
  readonly value: string | undefined;
  readonly level: (session: Session, level: number) => unknown;
}

/** Without a value, a level is one more than it was. */
function levelOf({ choices }: Session, name: string): number {
  return name === 'verbose' ? choices.verbose : 0;
}

function setLevel(session: Session, { name, value, level }: LevelChange): number {
  const number = value === undefined ? levelOf(session, name) + 1 : cInt(value);
  // One that is wrong is told, and taken for 0.
  level(session, number ?? 0);
  if (number !== undefined) return 0;
  return refuse(session, `Given ${name} '${value ?? ''}' argument is invalid.`);
}
