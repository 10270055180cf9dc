/** `ipmi-bt ipmitool`: the command line and the output of ipmitool 1.8.19, over this driver. */

import { systemClock } from '../../clock.ts';
import { bridge } from '../../commands/bridge.ts';
import { IpmiError } from '../../errors.ts';
import { UsageError } from '../args.ts';
import { command, readGlobals } from '../globals.ts';
import { readCommandLine } from '../ipmitool/command-line.ts';
import { runCommand } from '../ipmitool/families.ts';
import type { Choices } from '../ipmitool/session.ts';
import { stderr, stdout } from '../output.ts';
import { Interrupted, runSession } from '../session.ts';
import type { Session } from '../session.ts';
import type { Bridger, Requester } from '../../ipmi/requester.ts';

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
    if (line.kind === 'ended') return line.exit;
    try {
      return await runSession(globals, 'lazy', async (session) => {
        const requester = requesterOf(session, line.choices);
        const { signal } = session;
        const run = { ...STREAMS, ...line, requester, signal, clock: systemClock };
        return await runCommand({ ...run, memory: { isExtended: false } }, line.words);
      });
    } catch (error) {
      throw error instanceof IpmiError ? new Interrupted(EXIT_FAILED, error) : error;
    }
  },
});

/** Text is bytes here, a character each: a BMC's text has no encoding. */
const STREAMS = {
  print: (text: string): void => {
    stdout.write(Buffer.from(text, 'latin1'));
  },
  complain: (text: string): void => {
    stderr.write(Buffer.from(`${text}\n`, 'latin1'));
  },
};

function bytesOf(word: string): string {
  return Buffer.from(word).toString('latin1');
}

/** Slave address of the BMC (IPMI 2.0 §5.5). */
const BMC_ADDRESS = 0x20;

/**
 * The way to the BMC, or to the controller of `-t`; `--timeout` limits each request. What is behind
 * the BMC is reached through the way to it.
 */
function requesterOf(session: Session, { target, channel }: Choices): Requester {
  const { device, globals, signal } = session;
  const { timeoutMs } = globals;
  const limits = { timeoutMs, signal };
  if (target !== BMC_ADDRESS) {
    const way = bridge(device, { address: target, channel });
    return { request: (input, options) => way.request(input, { ...limits, ...options }) };
  }
  const way: Bridger = {
    request: (input, options) => device.request(input, { ...limits, ...options }),
    expectAnswer: (expected) => device.expectAnswer(expected),
  };
  return way;
}
