/**
 * Round trips through a served device file beside those through the kernel's driver of the same
 * boot, behind a BMC that takes 0, 5 and 10 ms: their times, the rounds of FUSE that a command
 * costs, the server's CPU, a round beside one of a bare CUSE loop, and clients of the server's
 * socket. `npm run bench:vm -- serve`, with `--short` a quarter of it; fails when a command costs
 * more rounds than it may.
 */

import { fileURLToPath } from 'node:url';

import { ExternBmc } from '../qemu/extern-bmc.ts';
import { VmCommand } from '../qemu/vm-protocol.ts';
import { compile, guestProgram } from '../vm/compile.ts';
import { bootGuest } from '../vm/guest.ts';
import type { GuestResult } from '../vm/guest.ts';
import { bindAll } from '../vm/peers.ts';
import { GUEST_ROOT } from '../vm/project.ts';
import { stepsOf } from '../vm/steps.ts';
import { median } from './stats.ts';
import { formatTable } from './table.ts';
import type { Row } from './table.ts';

const DELAYS = [0, 5, 10] as const;

/** Of all, for a host that is busy. */
const SHARE = process.argv.includes('--short') ? 1 / 4 : 1;

/** Commands and rounds that are measured, and those before, for V8 to compile what they run. */
const COMMANDS = 600 * SHARE;
const ROUNDS = 2000 * SHARE;
const WARM_UP = 2000 * SHARE;

const PROCESS_RUNS = 12 * SHARE;
const TIMEOUT_MS = 1_500_000;

/** Rounds and notices that a command may cost. */
const [TRIPS_MAX, NOTICES_MAX] = [8, 1];

/** Rounds that open and close a file. */
const TRIPS_OF_FILE = 2;

/** Of the BMC's global enables. */
const RECEIVE_INTERRUPT = 1 << 0;

const BARE = 'bare';
const PROGRAMS = ['bare-cuse.mjs', 'library-requests.mjs', 'percentile.mjs'] as const;

const CLI = `node ${GUEST_ROOT}/dist/cli.cjs --base 0xce4`;
const RAW = 'raw 0x30 0x01 1 0 0 0 0 0 0 0';

/** The words NAME=NUMBER of a step. */
type Words = Readonly<Record<string, number>>;

/** What a command costs the server. */
interface Cost {
  readonly trips: number;
  readonly notices: number;
  readonly cpuUs: number;
}

/** Microseconds, but for what says otherwise. */
export interface Served {
  readonly kernel: readonly Words[];
  readonly served: readonly Words[];
  readonly costs: readonly Cost[];
  readonly trips: Readonly<Record<'served' | 'bare', Words>>;
  readonly socket: readonly Words[];
  readonly ports: readonly Words[];
  readonly processMs: Readonly<Record<'node' | 'socket' | 'ports', number>>;
}

/**
 * A BMC that takes as long as the request says. It has the enables without which the driver of the
 * kernel uses no interrupt and looks for an answer every 12 ms.
 */
function patientBmc(): ExternBmc {
  const bmc = new ExternBmc({
    plan: ({ netFn, data: [, delayMs = 0] }) => (netFn === 0x30 ? { delayMs } : {}),
  });
  let enables = 0;
  bmc.handle(0x06, 0x2e, ({ data: [value = 0] }) => {
    enables = value;
    bmc.sendCommand(
      (value & RECEIVE_INTERRUPT) === 0 ? VmCommand.DISABLE_IRQ : VmCommand.ENABLE_IRQ,
    );
    return { completionCode: 0, data: new Uint8Array() };
  });
  bmc.handle(0x06, 0x2f, () => ({ completionCode: 0, data: Uint8Array.of(enables) }));
  return bmc;
}

/** Boots a guest of its own. */
export async function measureServed(processors: number): Promise<Served> {
  const guest = await bootGuest({
    bmc: patientBmc(),
    modules: ['cuse'],
    processors,
    timeoutMs: TIMEOUT_MS,
    files: {
      ...(await guestProgram('ipmi-clients')),
      '/usr/bin/one-process': await compile('one-process'),
      ...Object.fromEntries(
        PROGRAMS.map((name) => [
          `${GUEST_ROOT}/${name}`,
          fileURLToPath(new URL(name, import.meta.url)),
        ]),
      ),
    },
    steps: stepsOf({
      bind: `${bindAll(1)}; modprobe cuse`,
      ...kernelSteps('before'),
      unbind: 'rmmod ipmi_devintf ipmi_si',
      ...servedSteps(),
      ...tripSteps(),
      ...librarySteps('serve'),
      ...processSteps('socket', `${CLI} ${RAW}`),
      stop: 'kill $(cat /tmp/pid); while [ -e /dev/ipmi0 ]; do usleep 20000; done',
      ...librarySteps('ports'),
      ...processSteps('ports', `${CLI} ${RAW}`),
      ...processSteps('node', 'node -e 0'),
      'bind again': bindAll(1),
      ...kernelSteps('after'),
    }),
  });
  return figuresOf(guest);
}

/** Before the server runs and after it, because a host under load changes meanwhile. */
function kernelSteps(when: string): Record<string, string> {
  const steps = DELAYS.map((ms) => {
    return [`kernel ${when}: ${ms}`, `ipmi-clients pace ${COMMANDS} ${ms}`] as const;
  });
  return { [`warm ${when}`]: `ipmi-clients pace ${COMMANDS}`, ...Object.fromEntries(steps) };
}

const STATUS = `${CLI} --json serve status`;
const CPU_NS = "awk '{ ns += $1 } END { print ns }' /proc/$(cat /tmp/pid)/task/*/schedstat";

function servedSteps(): Record<string, string> {
  const wait = 'until [ -e /dev/ipmi0 ]; do kill -0 $! || exit 1; usleep 20000; done';
  const steps = DELAYS.map((ms) => ({
    [`served: ${ms}`]: `ipmi-clients pace ${COMMANDS} ${ms}`,
    [`CPU after ${ms}`]: CPU_NS,
    [`status after ${ms}`]: STATUS,
    // Without what the status took.
    [`CPU before the one after ${ms}`]: CPU_NS,
  }));
  return {
    serve: `${CLI} serve > /tmp/served 2>&1 & echo $! > /tmp/pid; ${wait}`,
    'warm server': `ipmi-clients pace ${WARM_UP}`,
    'status before': STATUS,
    'CPU before': CPU_NS,
    ...Object.fromEntries(steps.flatMap((one) => Object.entries(one))),
  };
}

function tripSteps(): Record<string, string> {
  const trips = (name: string): string => {
    const line = `IPMI_DEVICE=/dev/${name} ipmi-clients trips ${ROUNDS}`;
    return `${line} > /dev/null; ${line}`;
  };
  const wait = `until [ -e /dev/${BARE} ]; do kill -0 $! || exit 1; usleep 20000; done`;
  return {
    'bare loop': `node ${GUEST_ROOT}/bare-cuse.mjs ${BARE} > /tmp/bare 2>&1 & ${wait}`,
    'trips of bare': trips(BARE),
    'trips of served': trips('ipmi0'),
  };
}

function librarySteps(via: string): Record<string, string> {
  const program = `node ${GUEST_ROOT}/library-requests.mjs ${via} ${COMMANDS}`;
  return Object.fromEntries(DELAYS.map((ms) => [`library, ${via}: ${ms}`, `${program} ${ms}`]));
}

function processSteps(name: string, command: string): Record<string, string> {
  const runs = Array.from({ length: PROCESS_RUNS }, (_, run) => {
    return [`process, ${name}: ${run}`, `one-process ${command}`] as const;
  });
  return Object.fromEntries(runs);
}

function figuresOf(guest: GuestResult): Served {
  const words = (step: string): Words => wordsIn(printedBy(guest, step));
  const ofDelays = (name: string) => DELAYS.map((ms) => words(`${name}: ${ms}`));
  const after = ofDelays('kernel after');
  const kernel = ofDelays('kernel before').map((before, at) => {
    const mean = (key: string) => ((before[key] ?? NaN) + (after[at]?.[key] ?? NaN)) / 2;
    return { p50_us: mean('p50_us'), p99_us: mean('p99_us') };
  });
  const process = (name: string): number => {
    const runs = Array.from({ length: PROCESS_RUNS }, (_, run) => {
      const { wall_ms } = JSON.parse(printedBy(guest, `process, ${name}: ${run}`)) as Words;
      return wall_ms ?? NaN;
    });
    return median(runs);
  };
  return {
    ...{ kernel, served: ofDelays('served'), costs: costsOf(guest) },
    trips: { served: words('trips of served'), bare: words('trips of bare') },
    ...{ socket: ofDelays('library, serve'), ports: ofDelays('library, ports') },
    processMs: { node: process('node'), socket: process('socket'), ports: process('ports') },
  };
}

/** Throws when a command costs more rounds than it may. */
function costsOf(guest: GuestResult): readonly Cost[] {
  let statusBefore = statusOf(guest, 'status before');
  let cpuBefore = Number(printedBy(guest, 'CPU before'));
  return DELAYS.map((ms) => {
    const status = statusOf(guest, `status after ${ms}`);
    const sent = status.counters.sent - statusBefore.counters.sent;
    const opened = status.counters.opened - statusBefore.counters.opened;
    const requests = status.cuse.requests - statusBefore.cuse.requests;
    const cpuNs = Number(printedBy(guest, `CPU after ${ms}`)) - cpuBefore;
    const cost = {
      trips: (requests - TRIPS_OF_FILE * opened) / sent,
      notices: (status.cuse.notices - statusBefore.cuse.notices) / sent,
      cpuUs: cpuNs / 1e3 / sent,
    };
    if (sent !== COMMANDS || !(cost.trips <= TRIPS_MAX && cost.notices <= NOTICES_MAX)) {
      throw new Error(`behind ${ms} ms, ${sent} commands cost too much: ${JSON.stringify(cost)}`);
    }
    statusBefore = status;
    cpuBefore = Number(printedBy(guest, `CPU before the one after ${ms}`));
    return cost;
  });
}

interface FileStatus {
  readonly cuse: { readonly requests: number; readonly notices: number };
  readonly counters: { readonly sent: number; readonly opened: number };
}

function statusOf(guest: GuestResult, step: string): FileStatus {
  return (JSON.parse(printedBy(guest, step)) as { readonly file: FileStatus }).file;
}

function printedBy(guest: GuestResult, step: string): string {
  const { exitCode, stdout, stderr } = guest.step(step);
  if (exitCode !== 0) throw new Error(`${step} failed: ${stderr}`);
  return stdout;
}

function wordsIn(text: string): Words {
  const words = [...text.matchAll(/(\w+)=(\d+)/g)];
  return Object.fromEntries(words.map(([, word = '', digits]) => [word, Number(digits)]));
}

/** The figures as tables. */
export function servedText(figures: Served): string {
  return [commandsTable(figures), tripsTable(figures), clientsTable(figures)].join('\n');
}

function ms(us = NaN): string {
  return (us / 1e3).toFixed(2);
}

function commandsTable({ kernel, served, costs }: Served): string {
  const heads = ['p50 ms', 'p99 ms', 'served p50', 'served p99', 'ratio of p50'];
  const rows = DELAYS.map((delayMs, at): Row => {
    const [one = {}, other = {}, cost] = [kernel[at], served[at], costs[at]];
    const ratio = ((other['p50_us'] ?? NaN) / (one['p50_us'] ?? NaN)).toFixed(2);
    const counted = [cost?.trips.toFixed(2) ?? '', cost?.notices.toFixed(2) ?? ''];
    const times = [one['p50_us'], one['p99_us'], other['p50_us'], other['p99_us']].map(ms);
    return [`${delayMs} ms`, ...times, ratio, ...counted, ms(cost?.cpuUs)];
  });
  return formatTable([['kernel, a BMC of', ...heads, 'trips', 'notices', 'CPU ms'], ...rows]);
}

function tripsTable({ trips: { served, bare } }: Served): string {
  const row = (name: 'ioctl' | 'poll'): Row => {
    const [one = NaN, other = NaN] = [served[`${name}_p50_us`], bare[`${name}_p50_us`]];
    const tails = [served[`${name}_p99_us`], bare[`${name}_p99_us`]].map(String);
    return [name, String(one), String(other), (one / other).toFixed(2), ...tails];
  };
  const heads = ['us', 'bare loop', 'ratio', 'p99', 'p99 of bare'];
  return formatTable([['one trip, p50', ...heads], row('ioctl'), row('poll')]);
}

function clientsTable({ socket, ports, processMs }: Served): string {
  const rows = DELAYS.map((delayMs, at): Row => {
    const [one = {}, other = {}] = [socket[at], ports[at]];
    const times = [one['p50_us'], one['p99_us'], other['p50_us'], other['p99_us']].map(ms);
    return [`library, ${delayMs} ms`, ...times];
  });
  const { node, socket: raw, ports: direct } = processMs;
  const process: Row = ['ipmi-bt raw, a process', raw.toFixed(0), '', direct.toFixed(0)];
  return formatTable([
    ['clients of the socket', 'p50 ms', 'p99 ms', 'on the ports', 'p99 ms'],
    ...rows,
    process,
    ['node -e 0', node.toFixed(0)],
  ]);
}
