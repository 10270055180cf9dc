/** The command line of `ipmi-bt-exporter`. */

import { Command, InvalidArgumentError, Option } from 'commander';

import { withOutput } from '../command-line.ts';
import type { OptionsOutput } from '../command-line.ts';
import { checkInterface, withInterface } from '../interface/options.ts';
import type { InterfaceOptions } from '../interface/options.ts';
import { addressOf } from '../web/listen.ts';
import type { ListenAddress } from '../web/listen.ts';
import { COLLECTOR_NAMES } from './exporter.ts';
import type { CollectorName } from './exporter.ts';

/** The choices of one run, complete. */
export interface ExporterOptions extends InterfaceOptions {
  readonly listen: ListenAddress;
  readonly webConfigFile: string | undefined;
  readonly path: string;
  readonly timeoutS: number;
  readonly marginS: number;
  /** Undefined: it serves. */
  readonly textfile: string | undefined;
  readonly collectors: readonly CollectorName[];
  readonly excludeIds: readonly number[];
}

/** The port of ipmi_exporter, which the list of Prometheus ports has. */
const DEFAULT_ADDRESS = ':9290';

const RECORD_MAX = 0xffff;

type Flags = Omit<ExporterOptions, 'listen' | 'webConfigFile' | 'path' | 'excludeIds'> & {
  readonly 'web.listenAddress': ListenAddress;
  readonly 'web.config.file'?: string;
  readonly 'web.telemetryPath': string;
  readonly excludeSensorIds: readonly number[];
};

/**
 * Reads the command line. Throws a `CommanderError` after `--help`, `--version` and for a command
 * line that is wrong, whose `exitCode` says which.
 */
export function readOptions(
  args: readonly string[],
  version: string,
  output: OptionsOutput,
): ExporterOptions {
  const command = withOutput(commandOf(version), output);
  command.parse([...args], { from: 'user' });
  const flags = command.opts<Flags>();
  const { excludeSensorIds: excludeIds, textfile, base, spacing, ...others } = flags;
  checkInterface(command, flags);
  return {
    ...others,
    ...{ excludeIds, textfile, base, spacing },
    listen: flags['web.listenAddress'],
    webConfigFile: flags['web.config.file'],
    path: flags['web.telemetryPath'],
  };
}

function commandOf(version: string): Command {
  const address = addressOf(DEFAULT_ADDRESS);
  const command = new Command('ipmi-bt-exporter')
    .description('Exports sensors and state of the BMC behind an IPMI BT interface to Prometheus.')
    .version(version)
    .allowExcessArguments(false)
    .addOption(
      new Option('--web.listen-address <address>', 'address and port to listen on')
        .argParser(addressOf)
        .default(address, DEFAULT_ADDRESS),
    )
    .option('--web.config.file <file>', 'TLS and users, in the form that exporters share')
    .addOption(
      new Option('--web.telemetry-path <path>', 'path of the metrics')
        .argParser(pathOf)
        .default('/metrics'),
    )
    .option('--textfile <file>', 'write the metrics into a file once, and end')
    .option('--timeout-s <seconds>', 'longest scrape, unless Prometheus says', seconds, 10)
    .option('--margin-s <seconds>', 'answer so much before the time is over', seconds, 0.5)
    .addOption(
      new Option('--collectors <names>', 'collectors, with commas between them')
        .argParser(collectorsOf)
        .default(COLLECTOR_NAMES, COLLECTOR_NAMES.join(',')),
    )
    .option('--exclude-sensor-ids <ids>', 'records whose sensors are not read', recordsOf, []);
  return withInterface(command);
}

function pathOf(text: string): string {
  if (/^\/[\w./-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It is a path, such as /metrics.');
}

function seconds(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 0 && value < Infinity) return value;
  throw new InvalidArgumentError('It is a number of seconds.');
}

function collectorsOf(text: string): readonly CollectorName[] {
  const names = text.split(',');
  const known = COLLECTOR_NAMES.filter((name) => names.includes(name));
  if (known.length === names.length) return known;
  throw new InvalidArgumentError(`They are ${COLLECTOR_NAMES.join(', ')}, each at most once.`);
}

function recordsOf(text: string): readonly number[] {
  const ids = text.split(',').map((id) => (/^\d+$/.test(id) ? Number(id) : NaN));
  if (ids.every((id) => id <= RECORD_MAX)) return ids;
  throw new InvalidArgumentError('They are numbers of records, with commas between them.');
}
