/** The command line of `ipmi-bt-agent`. */

import { hostname } from 'node:os';

import { Command, InvalidArgumentError, Option } from 'commander';

import { withOutput } from '../command-line.ts';
import type { OptionsOutput } from '../command-line.ts';
import { checkInterface, withInterface } from '../interface/options.ts';
import type { InterfaceOptions } from '../interface/options.ts';
import type { NatsOptions } from '../nats/connection.ts';
import { asArgument, natsOptions, withNats } from '../nats/options.ts';
import type { NatsFlags } from '../nats/options.ts';
import { hostToken } from '../nats/subjects.ts';

/** The choices of one run, complete. */
export interface AgentOptions extends InterfaceOptions, Omit<NatsOptions, 'name'> {
  /** As a token. */
  readonly host: string;
  readonly prefix: string;
  readonly policyFile: string;
  readonly stateFolder: string;
  readonly inFlight: number;
  readonly perSecond: number;
  readonly withoutEvents: boolean;
}

/** The policy where none is named; without that file, all users may read. */
export const POLICY_FILE = '/etc/ipmi-bt-agent.json';
const STATE_FOLDER = '/var/lib/ipmi-bt-agent';
const IN_FLIGHT = 8;
const PER_SECOND = 20;
const LIMIT_MAX = 1000;

type Flags = InterfaceOptions &
  NatsFlags & {
    readonly host: string;
    readonly policy: string;
    readonly state: string;
    readonly inFlight: number;
    readonly rate: number;
    readonly withoutEvents: boolean;
  };

/**
 * Reads the command line. Throws a `CommanderError` after `--help`, `--version` and for a command
 * line that is wrong, whose `exitCode` says which.
 */
export function readAgentOptions(
  args: readonly string[],
  version: string,
  output: OptionsOutput,
): AgentOptions {
  const command = withOutput(commandOf(version), output);
  command.parse([...args], { from: 'user' });
  const flags = command.opts<Flags>();
  checkInterface(command, flags);
  const { base, spacing, via, sim, logLevel } = flags;
  const { host, prefix, policy, state, inFlight, rate, withoutEvents } = flags;
  return {
    ...{ base, spacing, via, sim, logLevel, ...natsOptions(flags) },
    ...{ host, prefix, inFlight, perSecond: rate, withoutEvents },
    ...{ policyFile: policy, stateFolder: state },
  };
}

function commandOf(version: string): Command {
  const command = new Command('ipmi-bt-agent')
    .description('Answers requests to the BMC of this host over NATS, and tells its events.')
    .version(version)
    .allowExcessArguments(false);
  return withInterface(withNats(command))
    .addOption(
      new Option('--host <name>', 'name of this host')
        .argParser((text) => asArgument(() => hostToken(text)))
        .default(hostToken(hostname()), 'that of the system'),
    )
    .option('--policy <file>', 'users and what they may send', POLICY_FILE)
    .option('--state <folder>', 'folder of the journal and of waiting events', STATE_FOLDER)
    .option('--in-flight <count>', 'requests of a user at a time', countOf, IN_FLIGHT)
    .option('--rate <count>', 'requests of a user in a second', countOf, PER_SECOND)
    .option('--without-events', 'do not read the event log and tell its records', false);
}

function countOf(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (count >= 1 && count <= LIMIT_MAX) return count;
  throw new InvalidArgumentError(`It is a number from 1 to ${LIMIT_MAX}.`);
}
