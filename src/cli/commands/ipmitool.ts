/** `ipmi-bt ipmitool`: the command line and the output of ipmitool 1.8.19, over this driver. */

import { systemClock } from '../../clock.ts';
import { IpmiError } from '../../errors.ts';
import { BMC_ADDRESS } from '../../ipmi/ipmb.ts';
import { UsageError } from '../args.ts';
import { flagOf } from '../format.ts';
import { GLOBAL_OPTIONS, command, readGlobals } from '../globals.ts';
import { logText } from '../ipmitool/c-text.ts';
import { readCommandLine } from '../ipmitool/command-line.ts';
import { runCommand } from '../ipmitool/families.ts';
import { openInput } from '../ipmitool/standard-input.ts';
import { tellStart } from '../ipmitool/start.ts';
import { wayTo } from '../ipmitool/way.ts';
import { stderr, stdout } from '../output.ts';
import { Interrupted, runSession } from '../session.ts';

/** The exit code of ipmitool for whatever fails. */
const EXIT_FAILED = 1;

export const IPMITOOL_COMMAND = command({
  name: 'ipmitool',
  help: 'run a command of ipmitool 1.8.19: same words, same output, same exit code',
  hidesWords: true,
  takesRest: true,
  // A script of ipmitool's lines is its own exec.
  device: 'own',
  words: [{ name: '[words...]', help: 'command line of ipmitool' }],
  notes: `All words behind ipmitool are those of ipmitool, its options included; options
of ipmi-bt stand before it. A program file of the name ipmitool that links to
ipmi-bt does the same. docs/ipmitool.md lists what is not supported.`,
  examples: [
    { line: '--sim ipmitool mc info', help: 'show the simulated BMC as ipmitool does' },
    { line: '--sim ipmitool -I open raw 6 1', help: 'send Get Device ID' },
  ],
  exitCodes: {
    0: 'ipmitool ends with it, too',
    1: 'ipmitool ends with it, too; or there is no interface that can be used',
  },
  run: async ({ words, globals: values }) => {
    const globals = readGlobals(values);
    if (globals.json) throw new UsageError('--json and ipmitool exclude each other');
    const line = readCommandLine(words.map(bytesOf), STREAMS);
    if (line.kind === 'ended') {
      tellMisplaced(line.refused);
      return line.exit;
    }
    try {
      return await runSession(globals, 'lazy', async (session) => {
        const { signal } = session;
        const { timeoutMs } = globals;
        const limits = { timeoutMs, signal };
        const requester = wayTo(session.device, line.choices, limits);
        const bmc = wayTo(session.device, { ...line.choices, target: BMC_ADDRESS }, limits);
        const input = openInput(signal);
        const run = { ...STREAMS, ...line, requester, input, signal, clock: systemClock };
        try {
          const whole = { ...run, memory: { isExtended: false, running: new Set<string>() } };
          await tellStart(whole, bmc);
          return await runCommand(whole, line.words);
        } finally {
          input.close();
        }
      });
    } catch (error) {
      const isTold = error instanceof IpmiError || error instanceof UsageError;
      throw isTold ? new Interrupted(EXIT_FAILED, error) : error;
    }
  },
});

/** The options of `ipmi-bt`, as they stand on a command line. */
const OWN_OPTIONS: ReadonlySet<string> = new Set(
  Object.keys(GLOBAL_OPTIONS).map((name) => flagOf(name).replace(/=.*/, '')),
);

/** Says where an option of `ipmi-bt` belongs; ipmitool has no word that begins with two hyphens. */
function tellMisplaced(word = ''): void {
  const [option = ''] = word.split('=');
  if (!OWN_OPTIONS.has(option)) return;
  const place = `ipmi-bt ${option} ... ipmitool ...`;
  STREAMS.complain(
    `ipmi-bt: ${option} is an option of ipmi-bt, and stands before the word ipmitool: ${place}`,
  );
}

/** Text is bytes here, a character each: a BMC's text has no encoding. */
const STREAMS = {
  print: (text: string): void => {
    stdout.write(Buffer.from(text, 'latin1'));
  },
  complain: (text: string): void => {
    stderr.write(Buffer.from(logText(text), 'latin1'));
  },
  ask: (question: string): void => {
    stderr.write(question);
  },
};

function bytesOf(word: string): string {
  return Buffer.from(word).toString('latin1');
}
