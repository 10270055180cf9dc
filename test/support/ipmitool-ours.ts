/** Runs `ipmi-bt ipmitool` in this process, as a test compares it with ipmitool. */

import { logText } from '../../src/cli/ipmitool/c-text.ts';
import { readCommandLine } from '../../src/cli/ipmitool/command-line.ts';
import { runCommand } from '../../src/cli/ipmitool/families.ts';
import type { Choices, Input } from '../../src/cli/ipmitool/session.ts';
import { tellStart } from '../../src/cli/ipmitool/start.ts';
import type { Clock } from '../../src/clock.ts';
import { BMC_ADDRESS } from '../../src/ipmi/ipmb.ts';
import type { Requester } from '../../src/ipmi/requester.ts';
import type { VirtualClock } from '../../src/sim/virtual-clock.ts';
import type { Printed, Surroundings } from './ipmitool-dummy.ts';

/** A simulated BMC, and its time. */
interface Bench {
  readonly requester: Requester;
  readonly clock: VirtualClock;
}

/** Runs the words behind `ipmi-bt ipmitool`. */
export async function runOurs(
  words: readonly string[],
  bench: Bench,
  { input = '', zone = 'UTC' }: Surroundings = {},
): Promise<Printed> {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    const { clock, requester } = bench;
    const bytes = words.map((word) => latin1(word));
    const running = { requesterFor: () => requester, clock, input: latin1(input) };
    return await clock.until(runWords(bytes, running));
  } finally {
    // Node takes the time zone anew whenever it is set.
    process.env['TZ'] = before ?? 'UTC';
  }
}

/** The surroundings of a run in this process. */
interface Running {
  readonly requesterFor: (choices: Choices) => Requester;
  readonly clock: Clock;
  readonly input?: string;
}

/** Runs words of one byte a character, as the command of `ipmi-bt` does on an open device. */
export async function runWords(
  words: readonly string[],
  { requesterFor, clock, input = '' }: Running,
): Promise<Printed> {
  let [stdout, stderr] = ['', ''];
  const streams = {
    print: (text: string) => void (stdout += text),
    complain: (text: string) => void (stderr += logText(text)),
    ask: (question: string) => void (stderr += question),
  };
  const line = readCommandLine(words, streams);
  if (line.kind === 'ended') return { stdout, stderr, exit: line.exit };
  const { choices } = line;
  const memory = { isExtended: false, running: new Set<string>() };
  const state = { memory, input: inputOf(input), signal: undefined, clock };
  const session = { ...streams, ...state, requester: requesterFor(choices), choices };
  await tellStart(session, requesterFor({ ...choices, target: BMC_ADDRESS }));
  const exit = await runCommand(session, line.words);
  return { stdout, stderr, exit };
}

/** Standard input with this text. */
export function inputOf(text: string): Input {
  let rest = text;
  const take = (end: RegExp): string | undefined => {
    if (rest === '') return undefined;
    const at = rest.search(end);
    const line = at < 0 ? rest : rest.slice(0, at);
    rest = rest.slice(line.length + 1);
    return line;
  };
  return {
    isTerminal: false,
    line: () => Promise.resolve(take(/[\r\n]/)),
    secret: () => Promise.resolve(take(/\n/)),
  };
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
