/** The command line of `ipmi-bt-fleet serve`. */

import { Command, InvalidArgumentError, Option } from 'commander';

import { DEFAULT_FANOUT } from '../fleet/fleet.ts';
import { LOG_LEVELS } from '../log-levels.ts';
import type { LogLevel } from '../log-levels.ts';
import type { NatsFlags } from '../nats/options.ts';
import { addressOf } from '../web/listen.ts';
import type { ListenAddress } from '../web/listen.ts';
import { FANOUT_MAX, countOf, userOf, withConnection } from './common-options.ts';

/** The choices of one run, complete. */
export interface ServeOptions extends NatsFlags {
  readonly listen: ListenAddress;
  readonly webConfigFile: string | undefined;
  /** Undefined: all. */
  readonly hosts: string | undefined;
  readonly discoverS: number;
  readonly intervalS: number;
  readonly timeoutS: number;
  /** Undefined: no smoke tests. */
  readonly smokeIntervalS: number | undefined;
  readonly fanout: number;
  readonly withoutEvents: boolean;
  readonly logLevel: LogLevel;
  readonly user: string;
}

/** The page is for this host alone, unless another address is chosen. */
const DEFAULT_ADDRESS = '127.0.0.1:9180';

const INTERVAL_S = 30;
const TIMEOUT_S = 10;

/** A question a second for each host would be a load for nothing. */
const INTERVAL_LEAST_S = 5;

/** A smoke test keeps a BMC busy for up to half a minute. */
const SMOKE_INTERVAL_LEAST_S = 600;

/** A week. */
const INTERVAL_MOST_S = 604_800;

type Flags = Omit<ServeOptions, 'webConfigFile' | 'hosts'> & {
  readonly 'web.config.file'?: string;
  readonly hosts?: string;
  readonly all: boolean;
};

/** Adds the command; calls back with its options when it is chosen. */
export function addServe(program: Command, onChosen: (options: ServeOptions) => void): void {
  const command = program
    .command('serve')
    .description('serve a page to look at: hosts, firmware, latencies, smoke tests, events')
    .addOption(
      new Option('--listen <address>', 'address and port to listen on')
        .argParser(addressOf)
        .default(addressOf(DEFAULT_ADDRESS), DEFAULT_ADDRESS),
    )
    .option('--web.config.file <file>', 'TLS and users, in the form that exporters share')
    .option(
      '--interval <seconds>',
      'ask each host once in so long',
      periodOf(INTERVAL_LEAST_S),
      INTERVAL_S,
    )
    .option(
      '--smoke-interval <seconds>',
      'test each interface once in so long; not at all',
      periodOf(SMOKE_INTERVAL_LEAST_S),
    )
    .option('--without-events', 'no event is read', false)
    .option('--fanout <n>', 'hosts at a time', countOf(FANOUT_MAX), DEFAULT_FANOUT)
    .addOption(
      new Option('--log-level <level>', 'level of the log on standard error')
        .choices(LOG_LEVELS)
        .default('info'),
    );
  withConnection(command, TIMEOUT_S).action((_, self: Command) => {
    onChosen(checked(self));
  });
}

function checked(command: Command): ServeOptions {
  const { all, hosts, user, ...flags } = command.opts<
    Flags & {
      readonly interval: number;
      readonly smokeInterval?: number;
    }
  >();
  if (hosts !== undefined && all) command.error('--hosts and --all exclude each other');
  const { interval: intervalS, smokeInterval: smokeIntervalS, timeoutS } = flags;
  if (timeoutS >= intervalS) command.error('--timeout-s must be less than --interval');
  const webConfigFile = flags['web.config.file'];
  return { ...flags, hosts, intervalS, smokeIntervalS, webConfigFile, user: userOf(command, user) };
}

function periodOf(least: number) {
  return (text: string): number => {
    const seconds = text.trim() === '' ? NaN : Number(text);
    if (seconds >= least && seconds <= INTERVAL_MOST_S) return seconds;
    throw new InvalidArgumentError(
      `It is a number of seconds from ${least} to ${INTERVAL_MOST_S}.`,
    );
  };
}
