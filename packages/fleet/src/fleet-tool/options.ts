/** The command line of `ipmi-bt-fleet`. */

import { Command, InvalidArgumentError } from 'commander';

import { withOutput } from '../command-line.ts';
import type { OptionsOutput } from '../command-line.ts';
import type { Question } from '../fleet/transport.ts';
import type { NatsFlags } from '../nats/options.ts';
import { LUN_MAX, NETFN_MAX, REQUEST_DATA_BYTES_MAX, digitsOf } from '../nats/protocol.ts';
import { FANOUT_MAX, countOf, integerOf, secondsOf } from './common-options.ts';
import { userOf, withConnection } from './common-options.ts';
import { DataFileError, readData } from './data-file.ts';
import { addServe } from './page-options.ts';
import type { ServeOptions } from './page-options.ts';

/** The choices of one run, complete. */
export interface ToolOptions extends NatsFlags {
  /** Without request id and times. */
  readonly question: Question;
  /** Undefined: those of the file of `resume`, or all. */
  readonly hosts: string | undefined;
  readonly all: boolean;
  readonly discoverS: number;
  readonly timeoutS: number;
  readonly deadlineS: number | undefined;
  readonly fanout: number | undefined;
  readonly canary: number;
  /** Percent. */
  readonly maxFailures: number | undefined;
  readonly resume: string | undefined;
  readonly id: string | undefined;
  readonly gather: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly user: string;
}

const BYTE_MAX = 0xff;
const PERCENT_MAX = 100;

/** Time for one host by default; a smoke test takes up to half a minute. */
const TIMEOUT_S = 15;
const SMOKE_TIMEOUT_S = 60;

const READS = {
  info: 'print the identity of each BMC',
  sensors: 'print the sensors of each host',
  sel: 'print the event log of each host',
  lan: 'print the LAN configuration of each BMC',
  smoke: 'test the interface of each host; changes nothing',
} as const;

const EXAMPLES = `
Examples:
  ipmi-bt-fleet info --hosts uv1,uv2
  ipmi-bt-fleet raw --all -b 0x06 0x01
  ipmi-bt-fleet raw --hosts uv1 --data - 0x06 0x47 <data   # not in the list of processes
  ipmi-bt-fleet raw --hosts @racks --canary 5 --resume led.state 0x00 0x04 15
  ipmi-bt-fleet serve --listen 127.0.0.1:9180 --all
`;

/** The command that was chosen, with its options. */
export type Chosen =
  | { readonly kind: 'ask'; readonly options: ToolOptions }
  | { readonly kind: 'serve'; readonly options: ServeOptions };

/**
 * Reads the command line. Throws a `CommanderError` after `--help`, `--version` and for a command
 * line that is wrong, whose `exitCode` says which.
 */
export function readOptions(
  args: readonly string[],
  version: string,
  output: OptionsOutput,
): Chosen {
  const chosen: Chosen[] = [];
  const program = withOutput(new Command('ipmi-bt-fleet'), output)
    .description('Asks the BMCs of many hosts at once, through their agents on NATS.')
    .version(version)
    .addHelpText('after', EXAMPLES);
  // Afterwards, so that each has the settings of the program.
  addRaw(program, chosen);
  for (const [name, help] of Object.entries(READS)) {
    const endpoint = name as keyof typeof READS;
    const timeoutS = endpoint === 'smoke' ? SMOKE_TIMEOUT_S : TIMEOUT_S;
    const command = withOptions(program.command(name).description(help), timeoutS);
    command.action((_, self: Command) => {
      chosen.push({ kind: 'ask', options: checked(self, { endpoint, body: {} }) });
    });
  }
  addServe(program, (options) => chosen.push({ kind: 'serve', options }));
  program.parse([...args], { from: 'user' });
  const [first] = chosen;
  if (first === undefined) throw new Error('bug: no command was chosen');
  return first;
}

function addRaw(program: Command, chosen: Chosen[]): void {
  const raw = program
    .command('raw')
    .description('send one raw IPMI command to each BMC and print the replies')
    .argument('<netfn>', 'network function, an even number', integerOf(NETFN_MAX))
    .argument('<cmd>', 'command', integerOf(BYTE_MAX))
    .argument('[data...]', 'request data, 0 to 252 bytes', bytesOf)
    .option('--lun <n>', 'logical unit, 0 to 3', integerOf(LUN_MAX), 0)
    .option('--data <file>', 'request data from a file; - for standard input');
  withOptions(raw, TIMEOUT_S).action((...values: readonly unknown[]) => {
    const [netFn, cmd, words = []] = values as [number, number, readonly number[] | undefined];
    const self = values.at(-1) as Command;
    const { lun, data: file } = self.opts<{ lun: number; data?: string }>();
    if (netFn % 2 !== 0) self.error('netfn is odd: requests have even ones');
    if (file !== undefined && words.length > 0) self.error('data and --data exclude each other');
    const data = file === undefined ? words : dataOf(file, self);
    const body = { netFn, cmd, lun, data: digitsOf(Uint8Array.from(data)) };
    chosen.push({ kind: 'ask', options: checked(self, { endpoint: 'raw', body }) });
  });
}

function dataOf(file: string, command: Command): readonly number[] {
  try {
    return readData(file);
  } catch (error) {
    if (error instanceof DataFileError) command.error(`--data: ${error.message}`);
    throw error;
  }
}

function withOptions(command: Command, timeoutS: number): Command {
  return withConnection(command, timeoutS)
    .option('--deadline-s <seconds>', 'time for everything', secondsOf)
    .option('--fanout <n>', 'hosts at a time: 1024, or 64 for a change', countOf(FANOUT_MAX))
    .option('--canary <n>', 'ask so many hosts first, and wait for them', integerOf(FANOUT_MAX), 0)
    .option('--max-failures <percent>', 'stop when more fail: 100, or 0 with --canary', percentOf)
    .option('--resume <file>', 'keep the state in a file, and go on from it')
    .option('--id <id>', 'request id, by which agents know a repeated command', idOf)
    .option('-b, --gather', 'print equal answers once, as clush -b does', false)
    .option('--json', 'print a JSON object in a line for each host', false)
    .option('--quiet', 'no progress and no summary on standard error', false);
}

/** The options of a command, where those that exclude each other are not together. */
function checked(command: Command, question: Question): ToolOptions {
  const flags = command.opts<Omit<ToolOptions, 'question'>>();
  const { hosts, all, resume, gather, json, user } = flags;
  if (hosts !== undefined && all) command.error('--hosts and --all exclude each other');
  if (hosts === undefined && !all && resume === undefined) {
    command.error('name the hosts by --hosts or --all');
  }
  if (gather && json) command.error('--gather and --json exclude each other');
  return { ...flags, question, user: userOf(command, user) };
}

function bytesOf(text: string, before: readonly number[] = []): readonly number[] {
  const bytes = [...before, integerOf(BYTE_MAX)(text)];
  if (bytes.length <= REQUEST_DATA_BYTES_MAX) return bytes;
  throw new InvalidArgumentError(`There are at most ${REQUEST_DATA_BYTES_MAX} bytes.`);
}

function percentOf(text: string): number {
  return integerOf(PERCENT_MAX)(text.replace(/%$/, ''));
}

function idOf(text: string): string {
  if (/^[\w-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('It has up to 64 letters, digits, "-" and "_".');
}
