/**
 * `npm run bench:vm`: one Get Device ID on real ports in a guest, through the library, through the
 * kernel's own driver, and with the port instructions alone; ten thousand at once; then whole
 * processes. All take turns within one boot, because another boot is another machine; typed
 * commands beside those of peers (`commands.ts`), and a served device file beside the kernel's
 * (`serve.ts`), have boots of their own. With names of parts (`driver`, `commands`, `serve`) it
 * measures only those. `--json` prints one JSON object; `--one-processor` gives the guest one, in
 * place of two; `--count` does, too, and counts its instructions in place of time, which no other
 * load disturbs; a BMC of the test's own has no such time, so that `serve` is not counted.
 */

import { fileURLToPath } from 'node:url';

import { benchPeers, compile } from '../vm/compile.ts';
import { bootGuest } from '../vm/guest.ts';
import type { GuestResult } from '../vm/guest.ts';
import { stepsOf } from '../vm/steps.ts';
import { commandsText, measureCommands } from './commands.ts';
import type { ProcessTime } from './process-time.ts';
import { measureServed, servedText } from './serve.ts';
import { medians } from './stats.ts';
import { formatTable, report } from './table.ts';
import type { Row } from './table.ts';

const ROUNDS = 5;
const PROCESS_RUNS = 20;
const TIMEOUT_MS = 1_200_000;

/** V8 lets its heap grow with the machine's memory, of which a server has this and more. */
const MEMORY_MIB = 8192;

const IS_COUNTED = process.argv.includes('--count');
const PROCESSORS = IS_COUNTED || process.argv.includes('--one-processor') ? 1 : 2;

const DRIVER = '/sys/bus/platform/drivers/ipmi_si';
const UNBIND = `echo IPI0001:00 > ${DRIVER}/unbind`;
const BIND = `echo IPI0001:00 > ${DRIVER}/bind`;

/** The arguments are transactions measured, and those before them that are not. */
const OURS = 'node /opt/ipmi-bt/transactions.mjs 20000 60000';
const QUEUED = 'node /opt/ipmi-bt/queued.mjs';
const FLOOR = 'floor 20000 20000';
const KERNEL = 'kernel-ioctl 20000 5000';

const NODE = 'node -e 0';
const CLI = 'node /opt/ipmi-bt/dist/cli.cjs --base 0xce4 raw 0x06 0x01';
const IPMITOOL = 'ipmitool raw 0x06 0x01';

/** Many commands in one process. */
const SCRIPTS = [1000, 3000] as const;
const EXEC_RUNS = 15;
const RAW_PROCESSES = 50;

const EXEC_PEERS = {
  exec: 'node /opt/ipmi-bt/dist/cli.cjs --base 0xce4 exec',
  'ipmitool exec': 'ipmitool exec',
} as const;

const PROGRAMS = ['transactions.mjs', 'queued.mjs', 'percentile.mjs'] as const;

/** One round of a program that does transactions, as it prints it, or the medians of several. */
interface Figures {
  readonly n: number;
  readonly p50_ns: number;
  readonly p99_ns: number;
  readonly cpu_ms: number;
  /** Of the whole machine, in ticks of 10 ms. */
  readonly machine_ms: number;
  readonly max_rss_kb: number;
}

/** Milliseconds that a file takes, of 1,000 lines, and by how much longer one of 3,000 does. */
interface ExecTimes {
  readonly short: number;
  readonly more: number;
}

/** Microseconds a request, by wall clock, and the longest turns of the event loop. */
interface Queued {
  readonly one_by_one_us: number;
  readonly at_once_us: number;
  readonly turn_p99_ms: number;
}

interface Results {
  readonly exec: {
    readonly ours: ExecTimes;
    readonly ipmitool: ExecTimes;
    readonly rawProcessMs: number;
  };
  readonly transactions: Readonly<Record<'ours' | 'floor' | 'kernel', Figures>>;
  readonly queued: Queued;
  readonly processes: Readonly<Record<'node' | 'cli' | 'ipmitool', ProcessTime>>;
}

async function measure(): Promise<Results> {
  const guest = await bootGuest({
    bmc: 'sim',
    processors: PROCESSORS,
    memoryMiB: MEMORY_MIB,
    isCounted: IS_COUNTED,
    timeoutMs: TIMEOUT_MS,
    files: {
      ...(await benchPeers()),
      '/usr/bin/one-process': await compile('one-process'),
      ...Object.fromEntries(
        PROGRAMS.map((name) => [
          `/opt/ipmi-bt/${name}`,
          fileURLToPath(new URL(name, import.meta.url)),
        ]),
      ),
    },
    steps: stepsOf({
      load: 'modprobe -a ipmi_si ipmi_devintf',
      unbind: UNBIND,
      ...repeat(ROUNDS, { ours: OURS, floor: FLOOR, bind: BIND, kernel: KERNEL, unbind: UNBIND }),
      'queued 0': QUEUED,
      ...Object.fromEntries(SCRIPTS.map((n) => [`script ${n}`, script(n)])),
      ...repeat(EXEC_RUNS, {
        ...execSteps('exec'),
        'bind for exec': BIND,
        ...execSteps('ipmitool exec'),
        'unbind after exec': UNBIND,
      }),
      // Once before, so that what they read is in memory.
      warm: `${NODE} && ${CLI}`,
      ...repeat(PROCESS_RUNS, { node: `one-process ${NODE}`, cli: `one-process ${CLI}` }),
      bind: BIND,
      'raw processes': `one-process sh -c 'i=0; while [ $i -lt ${RAW_PROCESSES} ]; do ${IPMITOOL}; i=$((i+1)); done'`,
      ...repeat(PROCESS_RUNS, { ipmitool: `one-process ${IPMITOOL}` }),
    }),
  });
  const transactions = (name: string) => medians(runsOf(guest, name, ROUNDS) as Figures[]);
  const process = (name: string) => medians(runsOf(guest, name, PROCESS_RUNS) as ProcessTime[]);
  const execs = (name: keyof typeof EXEC_PEERS): ExecTimes => {
    const [short = [], long = []] = SCRIPTS.map((n) =>
      (runsOf(guest, `${name} ${n}`, EXEC_RUNS) as ProcessTime[]).map(({ wall_ms }) => wall_ms),
    );
    return medians(short.map((ms, round) => ({ short: ms, more: (long[round] ?? NaN) - ms })));
  };
  const raws = JSON.parse(guest.step('raw processes').stdout) as ProcessTime;
  return {
    exec: {
      ours: execs('exec'),
      ipmitool: execs('ipmitool exec'),
      rawProcessMs: raws.wall_ms / RAW_PROCESSES,
    },
    transactions: {
      ours: transactions('ours'),
      floor: transactions('floor'),
      kernel: transactions('kernel'),
    },
    queued: medians(runsOf(guest, 'queued', 1) as Queued[]),
    processes: { node: process('node'), cli: process('cli'), ipmitool: process('ipmitool') },
  };
}

/** A file of so many lines, which both programs read alike. */
function script(lines: number): string {
  return `yes 'raw 0x06 0x01' | head -${lines} > /tmp/${lines}.txt`;
}

function execSteps(name: keyof typeof EXEC_PEERS): Record<string, string> {
  return Object.fromEntries(
    SCRIPTS.map((n) => [`${name} ${n}`, `one-process ${EXEC_PEERS[name]} /tmp/${n}.txt`]),
  );
}

/** The same commands in the same order, again and again. */
function repeat(times: number, commands: Record<string, string>): Record<string, string> {
  const steps = Array.from({ length: times }, (_, round) =>
    Object.entries(commands).map(([name, command]) => [`${name} ${round}`, command] as const),
  );
  return Object.fromEntries(steps.flat());
}

/** What a program printed in each of its runs. */
function runsOf(guest: GuestResult, name: string, runs: number): unknown[] {
  return Array.from({ length: runs }, (_, run) => {
    const { exitCode, stdout, stderr } = guest.step(`${name} ${run}`);
    if (exitCode !== 0) throw new Error(`${name} failed in run ${run}: ${stderr}`);
    return JSON.parse(stdout) as unknown;
  });
}

function transactionRow(label: string, figures: Figures): Row {
  const { n, p50_ns, p99_ns, cpu_ms, machine_ms, max_rss_kb } = figures;
  const us = [p50_ns / 1e3, p99_ns / 1e3, (cpu_ms * 1e3) / n, (machine_ms * 1e3) / n];
  return [label, ...us.map((value) => value.toFixed(1)), (max_rss_kb / 1024).toFixed(1)];
}

function transactionsText({ ours, floor, kernel }: Results['transactions']): string {
  const ratios = (peer: Figures): readonly string[] => [
    (ours.p50_ns / peer.p50_ns).toFixed(2),
    (ours.p99_ns / peer.p99_ns).toFixed(2),
    (ours.cpu_ms / ours.n / (peer.cpu_ms / peer.n)).toFixed(2),
    (ours.machine_ms / ours.n / (peer.machine_ms / peer.n)).toFixed(2),
  ];
  return formatTable([
    ['Get Device ID, one after the other', 'p50 us', 'p99 us', 'CPU us', 'machine us', 'peak MiB'],
    transactionRow('this library', ours),
    transactionRow('the kernel: ioctl on /dev/ipmi0', kernel),
    transactionRow('port instructions in C', floor),
    ['this library / the kernel', ...ratios(kernel)],
    ['this library / port instructions', ...ratios(floor)],
  ]);
}

function queuedText({ one_by_one_us, at_once_us, turn_p99_ms }: Queued): string {
  return formatTable([
    ['10,000 requests', ''],
    ['one at a time, us each', one_by_one_us.toFixed(1)],
    ['all queued at once, us each', at_once_us.toFixed(1)],
    ['throughput, queued / one at a time', (one_by_one_us / at_once_us).toFixed(2)],
    ['event-loop delay p99, ms', turn_p99_ms.toFixed(2)],
  ]);
}

function processesText({ node, cli, ipmitool }: Results['processes']): string {
  const row = (label: string, { wall_ms, cpu_ms, max_rss_kb }: ProcessTime): Row => {
    const values = [wall_ms, cpu_ms, max_rss_kb / 1024, wall_ms / node.wall_ms];
    return [label, ...values.map((value, column) => value.toFixed(column === 3 ? 2 : 1))];
  };
  return formatTable([
    ['a whole process', 'ms', 'CPU ms', 'peak MiB', 'ratio'],
    row('node -e 0', node),
    row('ipmi-bt raw 0x06 0x01', cli),
    row('ipmitool raw 0x06 0x01', ipmitool),
  ]);
}

function execText({ ours, ipmitool, rawProcessMs }: Results['exec']): string {
  const [few, many] = SCRIPTS;
  const lineUs = ({ more }: ExecTimes): number => (more / (many - few)) * 1e3;
  const row = (label: string, times: ExecTimes): Row => [
    label,
    lineUs(times).toFixed(1),
    times.short.toFixed(0),
  ];
  const raws = rawProcessMs * few;
  return formatTable([
    ['many commands', 'us a line', `ms for ${few}`],
    row('ipmi-bt exec', ours),
    row('ipmitool exec', ipmitool),
    ['as many ipmitool raw', '', raws.toFixed(0)],
    ['ratio to ipmitool exec', (lineUs(ours) / lineUs(ipmitool)).toFixed(2)],
    ['ratio to ipmitool raw', '', (ours.short / raws).toFixed(3)],
  ]);
}

function driverText({ transactions, queued, processes, exec }: Results): string {
  return [
    ...(IS_COUNTED ? ['counted: 1 us is 1,000 instructions\n'] : []),
    ...[transactionsText(transactions), queuedText(queued)],
    ...[processesText(processes), execText(exec)],
  ].join('\n');
}

/** Measures, and gives the figures and the same as text. */
type Part = () => Promise<readonly [object, string]>;

/** By the names that stand behind `npm run bench:vm --`. */
const PARTS: Readonly<Record<string, Part>> = {
  driver: async () => {
    const results = await measure();
    return [results, driverText(results)];
  },
  commands: async () => {
    const commands = await measureCommands();
    return [{ commands }, commandsText(commands)];
  },
  serve: async () => {
    const serve = await measureServed(PROCESSORS);
    return [{ serve }, servedText(serve)];
  },
};

const all = Object.keys(PARTS);
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = wanted.find((word) => !all.includes(word));
if (unknown !== undefined) throw new Error(`no part is called ${unknown}, but ${all.join(', ')}`);
const results: Record<string, unknown> = {};
const texts: string[] = [];
for (const [name, measurePart] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [figures, text] = await measurePart();
  Object.assign(results, figures);
  texts.push(text);
}
report(results, texts.join('\n'));
