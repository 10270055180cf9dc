/** Options that the programs of this package share: the interface to the BMC, and the log. */

import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { LOG_LEVELS } from '../log-levels.ts';
import type { LogLevel } from '../log-levels.ts';

/** The choice of an interface, complete. */
export interface InterfaceOptions {
  readonly base: number | undefined;
  /** Only with `base`; 1 by default. */
  readonly spacing: 1 | 4 | 16 | undefined;
  readonly via: 'auto' | 'serve' | 'ports';
  readonly sim: boolean;
  readonly logLevel: LogLevel;
}

const PORT_WIDTH_MAX = 0xffff;

/** Adds the options to a command. */
export function withInterface(command: Command): Command {
  return command
    .option('--base <port>', 'port of BT_CTRL, such as 0xce4; found by default', portOf)
    .addOption(
      new Option('--spacing <ports>', 'with --base: ports between registers: 1, 4 or 16').argParser(
        spacingOf,
      ),
    )
    .addOption(
      new Option('--via <way>', 'through a server of ipmi-bt serve, or by the ports')
        .choices(['auto', 'serve', 'ports'])
        .default('auto'),
    )
    .option('--sim', 'use a simulated BMC', false)
    .addOption(
      new Option('--log-level <level>', 'level of the log on standard error')
        .choices(LOG_LEVELS)
        .default('info'),
    );
}

/** Ends with an error for options that do not go together. */
export function checkInterface(
  command: Command,
  { base, spacing }: Pick<InterfaceOptions, 'base' | 'spacing'>,
): void {
  if (spacing === undefined || base !== undefined) return;
  command.error('--spacing works only with --base');
}

function portOf(text: string): number {
  const port = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (port <= PORT_WIDTH_MAX) return port;
  throw new InvalidArgumentError('It is a port, such as 0xce4.');
}

function spacingOf(text: string): 1 | 4 | 16 {
  if (text === '1') return 1;
  if (text === '4') return 4;
  if (text === '16') return 16;
  throw new InvalidArgumentError('It is 1, 4 or 16.');
}
