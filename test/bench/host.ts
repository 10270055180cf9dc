/**
 * `npm run bench`: what the driver costs by itself, over ports that answer at once; what waiting
 * costs; ten thousand requests, a thousand devices; what a process costs that sends one command,
 * and what finding the interface adds; transactions beside ipmitool's. Needs no hardware. Names of
 * parts behind it measure these alone, and `--json` prints one JSON object.
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { linesText, measureLines } from './ipmitool-transactions.ts';
import { manyDevicesText, measureManyDevices } from './many-devices.ts';
import { measureOwnTime } from './own-time.ts';
import type { OwnTime } from './own-time.ts';
import { measureProcesses } from './process-time.ts';
import type { ProcessTime } from './process-time.ts';
import { measureQueued, queuedText } from './queued.ts';
import { measureSlowBmc, slowBmcText } from './slow-bmc.ts';
import { measureSteady, steadyText } from './steady.ts';
import { formatTable, report } from './table.ts';

const RUNS = 25;

const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
const NODE = process.execPath;
const COMMANDS = {
  node: [NODE, '-e', '0'],
  cli: [NODE, CLI, '--sim', 'raw', '0x06', '0x01'],
} as const;

/** Looking for an interface reads files and no port; that there is none is no failure here. */
const DISCOVERY = {
  version: tolerant('--version'),
  locate: tolerant('locate'),
};

function tolerant(word: string): readonly string[] {
  return ['sh', '-c', '"$@" || [ $? = 69 ]', 'sh', NODE, CLI, word];
}

function us(value: number): string {
  return value.toFixed(2);
}

function ownTimeText(own: OwnTime): string {
  return formatTable([
    ['a request, ports that answer at once', 'p50 us', 'p99 us'],
    ['through the driver', us(own.p50), us(own.p99)],
    ['the same port calls alone', us(own.bareP50), us(own.bareP99)],
    ['ratio', us(own.p50 / own.bareP50), us(own.p99 / own.bareP99)],
  ]);
}

function processRow(label: string, time: ProcessTime) {
  const mib = time.max_rss_kb / 1024;
  return [label, time.wall_ms.toFixed(1), time.cpu_ms.toFixed(1), mib.toFixed(1)] as const;
}

function processText({ node, cli }: Record<keyof typeof COMMANDS, ProcessTime>): string {
  return formatTable([
    ['a whole process', 'ms', 'CPU ms', 'peak MiB'],
    processRow('node -e 0', node),
    processRow('ipmi-bt --sim raw 0x06 0x01', cli),
    [
      'ratio',
      us(cli.wall_ms / node.wall_ms),
      us(cli.cpu_ms / node.cpu_ms),
      us(cli.max_rss_kb / node.max_rss_kb),
    ],
  ]);
}

function discoveryText({ version, locate }: Record<keyof typeof DISCOVERY, ProcessTime>): string {
  return formatTable([
    ['finding the interface', 'ms', 'CPU ms', 'peak MiB'],
    processRow('ipmi-bt --version', version),
    processRow('ipmi-bt locate', locate),
    ['difference', us(locate.wall_ms - version.wall_ms), us(locate.cpu_ms - version.cpu_ms)],
  ]);
}

/** Measures, and gives the figures and the same as text. */
type Part = () => Promise<readonly [object, string]>;

/** By the names that stand behind `npm run bench --`. */
const PARTS: Readonly<Record<string, Part>> = {
  own_time_us: () => withText(measureOwnTime(), ownTimeText),
  steady: () => withText(Promise.resolve(measureSteady()), steadyText),
  slow_bmc: () => withText(measureSlowBmc(), slowBmcText),
  queued: () => withText(measureQueued(), queuedText),
  many_devices: () => withText(measureManyDevices(), manyDevicesText),
  processes: () => withText(measureProcesses(COMMANDS, RUNS), processText),
  discovery: () => withText(measureProcesses(DISCOVERY, RUNS), discoveryText),
  ipmitool: () => withText(measureLines(), linesText),
};

async function withText<Figures extends object>(
  measuring: Promise<Figures>,
  textOf: (figures: Figures) => string,
): Promise<readonly [object, string]> {
  const figures = await measuring;
  return [figures, textOf(figures)];
}

/** Each part in a process of its own, so that none finds what another has left in memory. */
function measureApart(names: readonly string[]): void {
  const results: Record<string, object> = {};
  const texts: string[] = [];
  for (const name of names) {
    const words = [...process.execArgv, fileURLToPath(import.meta.url), name];
    const run = (...more: readonly string[]): string =>
      execFileSync(NODE, [...words, ...more], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    if (process.argv.includes('--json')) Object.assign(results, JSON.parse(run('--json')));
    else texts.push(run());
  }
  report(results, texts.join('\n'));
}

const all = Object.keys(PARTS);
const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = words.find((word) => !all.includes(word));
if (unknown !== undefined) throw new Error(`no part is called ${unknown}, but ${all.join(', ')}`);
const wanted = Object.entries(PARTS).filter(([name]) => words.length === 0 || words.includes(name));
if (wanted.length > 1) measureApart(wanted.map(([name]) => name));
else {
  for (const [name, measurePart] of wanted) {
    const [figures, text] = await measurePart();
    report({ [name]: figures }, text);
  }
}
