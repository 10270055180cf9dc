/**
 * The command line's grammar: options every command takes, and the commands.
 */

import { QUIRKS } from '../bt/quirks.ts';
import { systemFiles } from '../files.ts';
import { LOG_LEVELS } from '../log.ts';
import { POLL_MAX_MS } from '../registry/open-options.ts';
import { openPort } from '../port/open-port.ts';
import { UsageError, parseNumber, parseSeconds } from './args.ts';
import { claim, release } from './commands/claim.ts';
import { exec, readCommands } from './commands/exec.ts';
import { readLine } from './grammar.ts';
import type { CommandSpec, Given, OptionSpecs, Values } from './grammar.ts';
import { commandHelp, programHelp } from './help.ts';
import { info } from './commands/info.ts';
import { optimizeSooner } from './startup/optimizer.ts';
import { stderr, stdout } from './output.ts';
import { RAW_GRAMMAR, parseRaw, parseRetries, raw } from './commands/raw.ts';
import { parseReset, reset } from './commands/reset.ts';
import { namedBlock, runSession } from './session.ts';
import type { Globals } from './session.ts';
import { parseCount, stats } from './commands/stats.ts';
import { parseLimit, watch } from './commands/watch.ts';

declare const IPMI_BT_VERSION: string;

const PORT_MAX = 0xffff;
const SIM_DELAY_MAX_MS = 3_600_000;

/** Choices of `--spacing`, as numbers. */
const SPACINGS = { 1: 1, 4: 4, 16: 16 } as const;

const DESCRIPTION = 'Talks to a BMC over its BT interface: no kernel driver, three I/O ports.';

/** Options that every command takes. */
const GLOBALS = {
  base: { value: 'port', help: 'port of BT_CTRL, such as 0xce4; else it is looked for' },
  spacing: { value: 'n', help: 'ports between registers (1)', choices: ['1', '4', '16'] },
  port: { value: 'backend', help: 'way to the ports', choices: ['native', 'dev-port'] },
  irq: { value: 'line', help: 'its interrupt: auto, or a file such as /dev/uio0 (off)' },
  takeover: { help: 'take the interface from ipmi_si, and give it back at the end' },
  force: { help: 'take it though somebody uses it, or the watchdog of the BMC runs' },
  quirk: { value: 'name', help: 'depart from the protocol as this BMC needs', choices: QUIRKS },
  sim: { help: 'talk to the simulated BMC instead of hardware' },
  'sim-delay': { value: 'ms', help: 'its response time', fallback: '0' },
  'sim-events': { value: 'ms', help: 'time between its events' },
  'poll-ms': { value: 'ms', help: 'least time between looks at a slow BMC', fallback: '0' },
  timeout: { value: 'seconds', help: 'for opening and request together', fallback: '30' },
  json: { help: 'print one JSON object' },
  'log-level': {
    value: 'level',
    help: 'log to standard error',
    choices: LOG_LEVELS,
    fallback: 'silent',
  },
  trace: { help: 'print every register access to standard error, bits named' },
  'trace-payload': { help: 'with payload bytes, except those of password commands' },
} as const satisfies OptionSpecs;

/** Gives the compiler the options' names. */
function command<const Specs extends OptionSpecs>(
  spec: CommandSpec<Specs, GlobalValues>,
): CommandSpec<OptionSpecs, GlobalValues> {
  // It is run with the values of its own options.
  const run = spec.run as (given: Given<OptionSpecs, GlobalValues>) => Promise<number>;
  return { ...spec, run };
}

type GlobalValues = Values<typeof GLOBALS>;

const RAW = command({
  ...RAW_GRAMMAR,
  run: ({ words, options, globals }) => {
    const send = raw(parseRaw(words, options.lun), parseRetries(options.retries));
    return runSession(readGlobals(globals), 'lazy', send);
  },
});

const EXEC = command({
  help: 'send many raw commands, a line each, and print the replies',
  words: [
    { name: '<file>', help: 'the lines; - for standard input, whose lines are sent at once' },
  ],
  options: { 'keep-going': { help: 'send the lines after one that failed, too' } },
  run: ({ words: [name = ''], options, globals: values }) => {
    const globals = readGlobals(values);
    optimizeSooner();
    const lines = readCommands(name);
    const shown = name === '-' ? 'standard input' : name;
    const send = exec({ name: shown, lines, keepGoing: options['keep-going'] });
    return runSession(globals, 'lazy', send);
  },
});

const INFO = command({
  help: 'print who the BMC is and what its BT interface can do',
  run: ({ globals }) => runSession(readGlobals(globals), 'full', info),
});

const LOCATE = command({
  help: 'list the IPMI interfaces of this machine, and which one would be used',
  options: {
    explain: { help: 'tell in sentences who says what, and what follows' },
    'probe-defaults': { help: 'also read, never write, the registers at 0xe4 and 0xce4' },
  },
  run: async ({ options, globals: values }) => {
    const globals = readGlobals(values);
    if (globals.sim) throw new UsageError('--sim has no machine for locate to look at');
    const { locate } = await import('./commands/locate.ts');
    const found = locate({
      files: systemFiles,
      openPort,
      named: namedBlock(globals),
      json: globals.json,
      explain: options.explain,
      probeDefaults: options['probe-defaults'],
    });
    stdout.write(found.stdout);
    stderr.write(found.stderr);
    return found.exit;
  },
});

const RESET = command({
  help: 'restart the BMC or its BT interface',
  options: {
    cold: { help: 'Cold Reset: the BMC starts from the beginning' },
    warm: { help: 'Warm Reset: its firmware does' },
    interface: { help: 'BMC_HWRST: the BT interface, where the BMC does not answer' },
    yes: { help: 'yes, restart it' },
    wait: { help: 'until it answers again' },
  },
  run: ({ options, globals }) =>
    runSession(readGlobals(globals), 'lazy', reset(parseReset(options), options.wait)),
});

const STATS = command({
  help: "send Get Device ID, and print the driver's counters and the BMC's latency",
  options: { count: { value: 'n', help: 'how often', fallback: '100' } },
  run: ({ options, globals }) =>
    runSession(readGlobals(globals), 'full', stats(parseCount(options.count))),
});

const WATCH = command({
  help: 'print what the BMC has to say: events and messages, a line each',
  options: {
    count: { value: 'n', help: 'end after so many; by default only a signal ends it' },
  },
  run: ({ options, globals }) =>
    runSession(readGlobals(globals), 'full', watch(parseLimit(options.count))),
});

const CLAIM = command({
  help: "unbind the kernel's driver and leave it so, for several commands",
  options: { persistent: { help: 'and keep it from being loaded after the next boot' } },
  run: ({ options, globals }) => claim(readTaking(globals), options.persistent),
});

const RELEASE = command({
  help: "bind the kernel's driver to what was taken from it",
  options: { persistent: { help: 'and let it be loaded again' } },
  run: ({ options, globals }) => release(readTaking(globals), options.persistent),
});

const IRQ = command({
  help: 'bring the interrupt to user space, undo that, or tell how it stands',
  words: [{ name: '<action>', help: 'bind, unbind or status' }],
  run: async ({ words, globals }) => {
    const { irq, parseAction } = await import('./commands/irq.ts');
    return irq(parseAction(words[0]), readGlobals(globals));
  },
});

const COMMANDS = {
  raw: RAW,
  exec: EXEC,
  info: INFO,
  locate: LOCATE,
  reset: RESET,
  stats: STATS,
  watch: WATCH,
  claim: CLAIM,
  release: RELEASE,
  irq: IRQ,
} as const;

/** Does what the command line says; resolves to the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const line = readLine(args, GLOBALS, COMMANDS);
  switch (line.kind) {
    case 'version':
      stdout.write(`${IPMI_BT_VERSION}\n`);
      return 0;
    case 'help':
      stdout.write(helpOf(line.of));
      return 0;
    case 'nothing':
      stderr.write(helpOf(undefined));
      throw new UsageError('no command is given');
    case 'command': {
      const { name, words, values } = line;
      const options = values as Values<OptionSpecs>;
      return COMMANDS[name].run({ words, options, globals: values as GlobalValues });
    }
  }
}

function helpOf(name: keyof typeof COMMANDS | undefined): string {
  if (name === undefined) return programHelp(DESCRIPTION, GLOBALS, COMMANDS);
  return commandHelp(name, COMMANDS[name]);
}

/** The same for commands that take the interface without being told. */
function readTaking(values: GlobalValues): Globals {
  return readGlobals({ ...values, takeover: true });
}

function parseIrq(text = 'off'): Globals['irq'] {
  if (text === 'off' || text === 'auto') return text;
  const [, number] = /^\/dev\/uio(\d+)$/.exec(text) ?? [];
  if (number !== undefined) return `/dev/uio${Number(number)}`;
  throw new UsageError(`--irq "${text}" is not off, auto or a device file such as /dev/uio0`);
}

function readGlobals(values: GlobalValues): Globals {
  const { base, spacing, port, irq, takeover, force, quirk, sim, json, trace } = values;
  const tracePayload = values['trace-payload'];
  const simEvents = values['sim-events'];
  if (sim && takeover) {
    throw new UsageError('--sim has nothing to take over: no driver has the simulated BMC');
  }
  if (force && !takeover) throw new UsageError('--force goes with --takeover or claim');
  if (sim && port !== undefined) {
    throw new UsageError('--sim and --port exclude each other: the simulated BMC has no ports');
  }
  if (sim && irq !== undefined) {
    throw new UsageError('--sim and --irq exclude each other: the simulated BMC has no interrupt');
  }
  return {
    base: base === undefined ? undefined : parseNumber(base, '--base', PORT_MAX),
    spacing: spacing === undefined ? undefined : SPACINGS[spacing],
    port,
    irq: parseIrq(irq),
    takeover: takeover && (force ? 'force' : true),
    quirks: quirk === undefined ? [] : [quirk],
    sim,
    simDelayMs: parseNumber(values['sim-delay'], '--sim-delay', SIM_DELAY_MAX_MS),
    simEventsMs:
      simEvents === undefined
        ? undefined
        : parseNumber(simEvents, '--sim-events', SIM_DELAY_MAX_MS),
    pollMs: parseNumber(values['poll-ms'], '--poll-ms', POLL_MAX_MS),
    timeoutMs: parseSeconds(values.timeout),
    json,
    logLevel: values['log-level'],
    trace: trace || tracePayload,
    tracePayload,
  };
}
