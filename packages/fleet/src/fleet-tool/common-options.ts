/** Options and their values that all commands of `ipmi-bt-fleet` have. */

import { userInfo } from 'node:os';

import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

import { tokenOf, withNats } from '../nats/options.ts';
import { TIMEOUT_MAX_MS } from '../nats/protocol.ts';

export const FANOUT_MAX = 100_000;

const MS_PER_S = 1000;
const TIMEOUT_MAX_S = TIMEOUT_MAX_MS / MS_PER_S;

/** Adds the hosts, the times of their answers, and the connection. */
export function withConnection(command: Command, timeoutS: number): Command {
  return withNats(
    command
      .option('--user <name>', 'last token of the subjects; your login name', tokenOf('user'))
      .option('--hosts <list>', 'a,b or @FILE or uv[001-400]; ranges need nodeset')
      .option('--all', 'all hosts with an agent', false)
      .option('--discover-s <seconds>', 'with --all: time to wait for agents', secondsOf, 2)
      .option('--timeout-s <seconds>', 'time for the answer of one host', secondsOf, timeoutS),
    'nats://127.0.0.1:4222',
  );
}

/** The user of the option, or else the login name. */
export function userOf(command: Command, given: string | undefined): string {
  if (given !== undefined) return given;
  const name = loginName();
  if (/^[\w-]+$/.test(name)) return name;
  return command.error(
    name === ''
      ? 'this user has no login name: give --user'
      : 'the login name is no token of NATS: give --user',
  );
}

/** Empty for a user that the system knows by its number alone, as in many containers. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

export function integerOf(most: number) {
  return (text: string): number => {
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
    if (value <= most) return value;
    throw new InvalidArgumentError(`It is a number from 0 to ${most}.`);
  };
}

export function countOf(most: number) {
  return (text: string): number => {
    const value = integerOf(most)(text);
    if (value > 0) return value;
    throw new InvalidArgumentError(`It is a number from 1 to ${most}.`);
  };
}

export function secondsOf(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value > 0 && value <= TIMEOUT_MAX_S) return value;
  throw new InvalidArgumentError(`It is a number of seconds, at most ${TIMEOUT_MAX_S}.`);
}
