/**
 * A BMC that takes 1.1 s for one command: what waiting for it costs, and how late its answer is
 * noticed. Looking, and told by an interrupt; beside Node's timers alone, set for the same times;
 * and in C a loop that does nothing else, and one that sleeps as shortly as it can. All take turns,
 * so that the rest of the machine meets them alike.
 */

import { execFileSync } from 'node:child_process';

import { PollPolicy, nextLookMs } from '../../src/bt/poll-policy.ts';
import type { Curve } from '../../src/bt/poll-policy.ts';
import { systemClock } from '../../src/clock.ts';
import type { Device } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { compile } from '../vm/compile.ts';
import { loadLibrary } from './library.ts';
import { median } from './stats.ts';
import { formatTable } from './table.ts';
import type { Row } from './table.ts';
import { cpuMs } from './usage.ts';

const ANSWER_MS = 1100;
const WARM_UP = 3;
const ROUNDS = 5;

/** The looks beside an interrupt, and the interrupt. */
const tellingCurve: Curve = (sinceMs, nowMs) =>
  new PollPolicy(0).next({ sinceMs, nowMs, deadlineMs: sinceMs + ANSWER_MS }, true);

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** A request. */
interface Wait {
  readonly cpu_ms: number;
  readonly late_ms: number;
}

/** Medians, except lateness, which is a mean: that is what the limit is for. */
export type SlowBmc = Readonly<Record<Way, Wait>>;

type Way = 'polling' | 'timers' | 'interrupt' | 'slowTimers' | 'doze' | 'spin';

const LABELS: Readonly<Record<keyof SlowBmc, string>> = {
  polling: 'this library, looking',
  timers: "Node's timers alone, for the same looks",
  interrupt: 'this library, with interrupt',
  slowTimers: "Node's timers alone, for the same looks",
  doze: 'C, usleep(1), as FreeIPMI over KCS',
  spin: 'C, a loop that looks all the time',
};

/** Measures for some half a minute. */
export async function measureSlowBmc(): Promise<SlowBmc> {
  const program = await compile('slow-wait');
  const polled = await openSlow(false);
  const told = await openSlow(true);
  const ways = {
    polling: () => request(polled),
    timers: () => runTimers(nextLookMs),
    interrupt: () => request(told),
    slowTimers: () => runTimers(tellingCurve),
    doze: () => Promise.resolve(runPeer(program, 'doze')),
    spin: () => Promise.resolve(runPeer(program, 'spin')),
  };
  // An interrupt is trusted when one has come; the first request may miss its own.
  for (let count = 0; count < WARM_UP; count += 1) {
    await Promise.all([request(polled), request(told)]);
  }
  const rounds: Record<string, Wait>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const waits: Record<string, Wait> = {};
    for (const [name, wait] of Object.entries(ways)) waits[name] = await wait();
    rounds.push(waits);
  }
  await Promise.all([polled.close(), told.close()]);
  const entries = Object.keys(ways).map((name) => [name, summary(rounds, name)] as const);
  return Object.fromEntries(entries) as SlowBmc;
}

export function slowBmcText(slow: SlowBmc): string {
  const row = (name: keyof SlowBmc): Row => {
    const { cpu_ms, late_ms } = slow[name];
    return [LABELS[name], cpu_ms.toFixed(2), late_ms.toFixed(1)];
  };
  return formatTable([
    ['a BMC that takes 1.1 s', 'CPU ms', 'late ms'],
    ...(Object.keys(LABELS) as (keyof SlowBmc)[]).map(row),
  ]);
}

async function openSlow(hasInterrupt: boolean): Promise<Device> {
  const { open } = await loadLibrary();
  const clock = systemClock;
  const base = hasInterrupt ? 0xce4 : 0xcd4;
  const isSlow = ({ netFn, cmd }: { netFn: number; cmd: number }): boolean =>
    netFn === GET_DEVICE_ID.netFn && cmd === GET_DEVICE_ID.cmd;
  const bmc = new SimBmc({
    base,
    clock,
    responseMs: (command) => (isSlow(command) ? ANSWER_MS : 0),
  });
  const options = { base, port: bmc, bringUp: 'lazy' } as const;
  if (!hasInterrupt) return await open(options);
  return await open({ ...options, irq: new SimIrqLine({ bmc, clock, ownsMask: false }) });
}

async function request(device: Device): Promise<Wait> {
  const [usedMs, sentMs] = [cpuMs(), systemClock.now()];
  const { completionCode } = await device.request(GET_DEVICE_ID);
  if (completionCode !== 0) throw new Error(`completion code ${completionCode}`);
  return { cpu_ms: cpuMs() - usedMs, late_ms: systemClock.now() - sentMs - ANSWER_MS };
}

/** Looks at a clock when the driver would look at the BMC. */
async function runTimers(curve: Curve): Promise<Wait> {
  const [usedMs, sinceMs] = [cpuMs(), systemClock.now()];
  const lateMs = await new Promise<number>((resolve) => {
    const look = (): void => {
      const nowMs = systemClock.now();
      const untilMs = curve(sinceMs, nowMs);
      if (nowMs >= sinceMs + ANSWER_MS) resolve(nowMs - sinceMs - ANSWER_MS);
      else if (untilMs <= nowMs) systemClock.turn(look);
      else systemClock.timer(untilMs - nowMs, look, true);
    };
    look();
  });
  return { cpu_ms: cpuMs() - usedMs, late_ms: lateMs };
}

function runPeer(program: string, way: 'doze' | 'spin'): Wait {
  const args = [way, String(ANSWER_MS), '1', '0'];
  const { p50_ns, cpu_ms } = JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as {
    readonly p50_ns: number;
    readonly cpu_ms: number;
  };
  return { cpu_ms, late_ms: p50_ns / 1e6 - ANSWER_MS };
}

function summary(rounds: readonly Record<string, Wait>[], name: string): Wait {
  const waits = rounds.map((round) => round[name]).filter((wait) => wait !== undefined);
  const lateMs = waits.reduce((sum, { late_ms }) => sum + late_ms, 0) / waits.length;
  return { cpu_ms: median(waits.map(({ cpu_ms }) => cpu_ms)), late_ms: lateMs };
}
