/**
 * The command line's grammar: options every command takes, and the commands.
 */

import { Command as Commander, InvalidArgumentError, Option } from 'commander';

import { QUIRKS } from '../bt/quirks.ts';
import { systemFiles } from '../files.ts';
import type { Quirk } from '../index.ts';
import { LOG_LEVELS } from '../log.ts';
import type { LogLevel } from '../log.ts';
import { POLL_MAX_MS } from '../open-options.ts';
import { openPort } from '../port/open-port.ts';
import { UsageError, parseNumber, parseSeconds } from './args.ts';
import { claim, release } from './claim.ts';
import { info } from './info.ts';
import { parseRaw, parseRetries, raw } from './raw.ts';
import { parseReset, reset } from './reset.ts';
import type { ResetFlags } from './reset.ts';
import { namedBlock, runSession } from './session.ts';
import type { Globals } from './session.ts';
import { parseCount, stats } from './stats.ts';
import { parseLimit, watch } from './watch.ts';

declare const IPMI_BT_VERSION: string;

const PORT_MAX = 0xffff;
const TIMEOUT_MS = 30_000;
const SIM_DELAY_MAX_MS = 3_600_000;

/** Choices of `--spacing`, as numbers. */
const SPACINGS = { 1: 1, 4: 4, 16: 16 } as const;

const RAW_HELP = `
NETFN, CMD and DATA are decimal, or hex with 0x. The reply is printed as ipmitool raw prints it.
A completion code other than 0 goes to standard error, and the exit code is 1.`;

/** Options as commander leaves them. */
interface Flags {
  readonly base?: number;
  readonly spacing?: '1' | '4' | '16';
  readonly port?: 'native' | 'dev-port';
  readonly takeover?: true;
  readonly force?: true;
  readonly quirk?: Quirk;
  readonly pollMs?: number;
  readonly sim?: true;
  readonly simDelay: number;
  readonly simEvents?: number;
  readonly timeout: number;
  readonly json?: true;
  readonly logLevel: LogLevel;
  readonly trace?: true;
  readonly tracePayload?: true;
}

interface RawFlags {
  readonly lun: string;
  readonly retries?: string;
}

interface WatchFlags {
  readonly count?: string;
}

interface ClaimFlags {
  readonly persistent?: true;
}

interface LocateFlags {
  readonly explain?: true;
  readonly probeDefaults?: true;
}

/** Builds the program; `done` is told the exit code of the command that ran. */
export function createProgram(done: (exit: number) => void): Commander {
  const program = new Commander('ipmi-bt');
  program
    .description('Talks to a BMC over its BT interface: no kernel driver, three I/O ports.')
    .version(IPMI_BT_VERSION);
  addGlobals(program);

  const rawCommand = program
    .command('raw')
    .description('send one raw IPMI command and print the reply')
    .argument('<netfn>', 'network function, even')
    .argument('<cmd>', 'command')
    .argument('[data...]', 'request data, 0 to 252 bytes')
    .option('--lun <n>', 'logical unit, 0 to 3', '0')
    .option('--retries <n>', 'repeats after silence; by default only of commands that only read')
    .addHelpText('after', RAW_HELP)
    .action(async () => {
      const { lun, retries } = rawCommand.opts<RawFlags>();
      const command = raw(parseRaw(rawCommand.args, lun), parseRetries(retries));
      done(await runSession(readGlobals(program), 'lazy', command));
    });

  program
    .command('info')
    .description('print who the BMC is and what its BT interface can do')
    .action(async () => {
      done(await runSession(readGlobals(program), 'full', info));
    });

  addLocate(program, done);
  addReset(program, done);
  addStats(program, done);
  addWatch(program, done);
  addClaims(program, done);
  return program;
}

function addReset(program: Commander, done: (exit: number) => void): void {
  const command = program
    .command('reset')
    .description('restart the BMC or its BT interface')
    .option('--cold', 'Cold Reset: the BMC starts from the beginning')
    .option('--warm', 'Warm Reset: its firmware does')
    .option('--interface', 'BMC_HWRST: the BT interface, where the BMC does not answer')
    .option('--yes', 'yes, restart it')
    .option('--wait', 'until it answers again')
    .action(async () => {
      const flags = command.opts<ResetFlags>();
      const run = reset(parseReset(flags), flags.wait === true);
      done(await runSession(readGlobals(program), 'lazy', run));
    });
}

function addWatch(program: Commander, done: (exit: number) => void): void {
  const watchCommand = program
    .command('watch')
    .description('print what the BMC has to say: events and messages, a line each')
    .option('--count <n>', 'end after so many; by default only a signal ends it')
    .action(async () => {
      const { count } = watchCommand.opts<WatchFlags>();
      done(await runSession(readGlobals(program), 'full', watch(parseLimit(count))));
    });
}

function addStats(program: Commander, done: (exit: number) => void): void {
  const statsCommand = program
    .command('stats')
    .description("send Get Device ID, and print the driver's counters and the BMC's latency")
    .option('--count <n>', 'how often', '100')
    .action(async () => {
      const { count } = statsCommand.opts<{ readonly count: string }>();
      done(await runSession(readGlobals(program), 'full', stats(parseCount(count))));
    });
}

function addClaims(program: Commander, done: (exit: number) => void): void {
  const claimCommand = program
    .command('claim')
    .description("unbind the kernel's driver and leave it so, for several commands")
    .option('--persistent', 'and keep it from being loaded after the next boot')
    .action(async () => {
      const { persistent } = claimCommand.opts<ClaimFlags>();
      done(await claim(readTaking(program), persistent === true));
    });

  const releaseCommand = program
    .command('release')
    .description("bind the kernel's driver to what was taken from it")
    .option('--persistent', 'and let it be loaded again')
    .action(async () => {
      const { persistent } = releaseCommand.opts<ClaimFlags>();
      done(await release(readTaking(program), persistent === true));
    });
}

function addLocate(program: Commander, done: (exit: number) => void): void {
  const command = program
    .command('locate')
    .description('list the IPMI interfaces of this machine, and which one would be used')
    .option('--explain', 'tell in sentences who says what, and what follows')
    .option('--probe-defaults', 'also read, never write, the registers at 0xe4 and 0xce4')
    .action(async () => {
      const { explain, probeDefaults } = command.opts<LocateFlags>();
      const globals = readGlobals(program);
      if (globals.sim) throw new UsageError('--sim has no machine for locate to look at');
      const { locate } = await import('./locate.ts');
      const found = locate({
        files: systemFiles,
        openPort,
        named: namedBlock(globals),
        json: globals.json,
        explain: explain === true,
        probeDefaults: probeDefaults === true,
      });
      process.stdout.write(found.stdout);
      process.stderr.write(found.stderr);
      done(found.exit);
    });
}

function addGlobals(program: Commander): void {
  program
    .option(
      '--base <port>',
      'port of BT_CTRL, such as 0xce4; else it is looked for',
      number('--base', PORT_MAX),
    )
    .addOption(choice('--spacing <n>', 'ports between registers (1)', ['1', '4', '16']))
    .addOption(choice('--port <backend>', 'way to the ports', ['native', 'dev-port']))
    .option('--takeover', 'take the interface from ipmi_si, and give it back at the end')
    .option('--force', 'take it though somebody uses it, or the watchdog of the BMC runs')
    .addOption(choice('--quirk <name>', 'depart from the protocol as this BMC needs', QUIRKS))
    .option('--poll-ms <n>', 'least time between two looks (0)', number('--poll-ms', POLL_MAX_MS))
    .option('--sim', 'talk to the simulated BMC instead of hardware')
    .option('--sim-delay <ms>', 'its response time', number('--sim-delay', SIM_DELAY_MAX_MS), 0)
    .option(
      '--sim-events <ms>',
      'time between its events',
      number('--sim-events', SIM_DELAY_MAX_MS),
    )
    .addOption(
      new Option('--timeout <seconds>', 'for opening and request together')
        .argParser(seconds)
        .default(TIMEOUT_MS, String(TIMEOUT_MS / 1000)),
    )
    .option('--json', 'print one JSON object')
    .addOption(choice('--log-level <level>', 'log to standard error', LOG_LEVELS).default('silent'))
    .option('--trace', 'print every register access to standard error, bits named')
    .option('--trace-payload', 'with payload bytes, except those of password commands');
}

/** The same for commands that take the interface without being told. */
function readTaking(program: Commander): Globals {
  program.setOptionValue('takeover', true);
  return readGlobals(program);
}

function readGlobals(program: Commander): Globals {
  const flags = program.opts<Flags>();
  if (flags.sim === true && flags.takeover === true) {
    throw new UsageError('--sim has nothing to take over: no driver has the simulated BMC');
  }
  if (flags.force === true && flags.takeover !== true) {
    throw new UsageError('--force goes with --takeover or claim');
  }
  if (flags.sim === true && flags.port !== undefined) {
    throw new UsageError('--sim and --port exclude each other: the simulated BMC has no ports');
  }
  return {
    base: flags.base,
    spacing: flags.spacing === undefined ? undefined : SPACINGS[flags.spacing],
    port: flags.port,
    takeover: flags.takeover === true && (flags.force === true ? 'force' : true),
    quirks: flags.quirk === undefined ? [] : [flags.quirk],
    pollMs: flags.pollMs,
    sim: flags.sim === true,
    simDelayMs: flags.simDelay,
    simEventsMs: flags.simEvents,
    timeoutMs: flags.timeout,
    json: flags.json === true,
    logLevel: flags.logLevel,
    trace: flags.trace === true || flags.tracePayload === true,
    tracePayload: flags.tracePayload === true,
  };
}

function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

function number(name: string, most: number): (text: string) => number {
  return (text) => argument(() => parseNumber(text, name, most));
}

function seconds(text: string): number {
  return argument(() => parseSeconds(text));
}

/** Commander wants its own error for a bad option value. */
function argument(parse: () => number): number {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UsageError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
