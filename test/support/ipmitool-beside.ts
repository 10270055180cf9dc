/** Runs the same words with Debian's `ipmitool` and with a family of this project, and compares. */

import type { Family, Session } from '../../src/cli/ipmitool/session.ts';
import { ipmitoolBmc } from './ipmitool-bmc.ts';
import type { IpmitoolBmcOptions } from './ipmitool-bmc.ts';
import { startDummy } from './ipmitool-dummy.ts';
import type { Dummy, Printed } from './ipmitool-dummy.ts';

/** Both ends of one command. */
export interface Beside {
  readonly theirs: Printed;
  readonly ours: Printed;
  /** Requests that change the BMC, of each. */
  readonly changes: { readonly theirs: readonly string[]; readonly ours: readonly string[] };
  /** Number of requests, of each; ipmitool's without those of its start. */
  readonly requests: { readonly theirs: number; readonly ours: number };
}

/** The families by name. */
export type Families = Readonly<Record<string, Family>>;

/** Requests that change nothing, as `netfn cmd`. */
const READS: ReadonlySet<string> = new Set([
  ...['2c 0', '6 1', 'a 10', 'a 11', 'a 20', 'a 22', 'a 23', 'a 40', 'a 41', 'a 42', 'a 43'],
  ...['a 48', '4 20', '4 21', '4 22', '4 23', '4 27', '4 29', '4 2b', '4 2d'],
  ...['2c 1', '2c 2', '2c 3', '2c 6', '2c 7', '2c 9', '2c c', '2c 10', '2c 13'],
]);

/** Probes that ipmitool sends at its start. */
const PROBES = ['2c 0 0 00', '2c 0 0 03'];

let dummy: Dummy | undefined;

/** Ends the server of ipmitool's interface. */
export async function endBeside(): Promise<void> {
  await dummy?.close();
  dummy = undefined;
}

/** Runs a command line, options first, with both. */
export async function beside(
  families: Families,
  line: string,
  options: IpmitoolBmcOptions = {},
): Promise<Beside> {
  const words = wordsOf(line);
  const theirBmc = ipmitoolBmc(options);
  dummy ??= await startDummy(theirBmc.requester);
  dummy.requester = theirBmc.requester;
  const theirs = quiet(await dummy.run(words));
  const ourBmc = ipmitoolBmc(options);
  const ours = await runFamily(families, words, ourBmc.requester);
  const probes = theirBmc.asked().filter((text) => PROBES.includes(text));
  return {
    theirs,
    ours,
    changes: { theirs: changesIn(theirBmc.asked()), ours: changesIn(ourBmc.asked()) },
    requests: {
      theirs: theirBmc.asked().length - probes.length,
      ours: ourBmc.asked().length,
    },
  };
}

/** With `-v` the interface `dummy` tells each message, and ipmitool of its start. */
const NOISE = [
  /^>>> IPMI req\n(?:(?:msg\.)?\w+: \w+\n)*>>>\n/gm,
  /^<<< IPMI rsp\n(?:(?:msg\.)?\w+: \w+\n)*<<<\n/gm,
  /^(?:Loading IANA PEN|Running Get|Error response|Invalid completion|Discovered IPMB) .*\n/gm,
];

function quiet({ stderr, ...printed }: Printed): Printed {
  return { ...printed, stderr: NOISE.reduce((text, noise) => text.replace(noise, ''), stderr) };
}

/** Words, in quotes where they have blanks. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function changesIn(asked: readonly string[]): readonly string[] {
  return asked.filter((text) => !READS.has(text.split(' ').slice(0, 2).join(' ')));
}

async function runFamily(
  families: Families,
  words: readonly string[],
  requester: Session['requester'],
): Promise<Printed> {
  const start = words.findIndex((word) => !word.startsWith('-'));
  const options = words.slice(0, start).join('');
  const [name = '', ...rest] = words.slice(start);
  const printed = { stdout: '', stderr: '' };
  const session: Session = {
    requester,
    choices: {
      verbose: options.split('v').length - 1,
      csv: options.includes('c'),
      ...{ lun: 0, target: 0x20, channel: 0 },
    },
    print: (text) => (printed.stdout += text),
    complain: (text) => (printed.stderr += `${text}\n`),
    signal: undefined,
  };
  const exit = (await families[name]?.(session, rest)) ?? null;
  return { ...printed, exit };
}
