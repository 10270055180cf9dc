/**
 * A BMC that takes 1.1 s for one command: what waiting for it costs, and how late its answer is
 * noticed. Looking, and told by an interrupt; beside Node's timers alone, set for the same times;
 * and in C a loop that does nothing else, and one that sleeps as shortly as it can. All take turns,
 * so that the rest of the machine meets them alike. Twice: in a process that has just begun, whose
 * V8 interprets what it runs, and when V8 has compiled it.
 */

import { execFileSync } from 'node:child_process';

import { PollPolicy, nextLookMs } from '../../src/driver/poll-policy.ts';
import type { Curve } from '../../src/driver/poll-policy.ts';
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
const ROUNDS = 5;
const FIRST_ROUNDS = 3;

/** Has V8 compile what runs: so many requests, each of which takes so long. */
const WARM_UP = [
  { answerMs: 0, requests: 20_000 },
  { answerMs: 6, requests: 1_000 },
] as const;

/** The looks beside an interrupt, and the interrupt. */
function tellingCurve(answerMs: number): Curve {
  return (sinceMs, nowMs) =>
    new PollPolicy(0).next({ sinceMs, nowMs, deadlineMs: sinceMs + answerMs }, true);
}

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** A request. */
interface Wait {
  readonly cpu_ms: number;
  readonly late_ms: number;
}

/** Medians, except lateness, which is a mean: that is what the limit is for. */
type Waits = Readonly<Record<Way, Wait>>;

export interface SlowBmc {
  /** In a process that has just begun. */
  readonly first: Waits;
  readonly warm: Waits;
}

/** Waits until an answer that takes `answerMs` has come, and returns how late that is noticed. */
type Ask = (answerMs: number) => Promise<number>;

type Way = keyof typeof LABELS;

const LABELS = {
  polling: 'this library, looking',
  timers: "Node's timers alone, for the same looks",
  interrupt: 'this library, with interrupt',
  slowTimers: "Node's timers alone, for the same looks",
  doze: 'C, usleep(1), as FreeIPMI over KCS',
  spin: 'C, a loop that looks all the time',
} as const;

/** Measures for some minute. */
export async function measureSlowBmc(): Promise<SlowBmc> {
  const program = await compile('slow-wait');
  const polled = await openSlow(false);
  const told = await openSlow(true);
  const asks = {
    polling: polled.ask,
    timers: (answerMs: number) => runTimers(nextLookMs, answerMs),
    interrupt: told.ask,
    slowTimers: (answerMs: number) => runTimers(tellingCurve(answerMs), answerMs),
  };
  const ways = {
    ...mapped(asks, (ask) => () => measured(ask)),
    doze: () => Promise.resolve(runPeer(program, 'doze')),
    spin: () => Promise.resolve(runPeer(program, 'spin')),
  };
  // An interrupt is trusted when one has come.
  await Promise.all([polled.ask(ANSWER_MS), told.ask(ANSWER_MS)]);
  const first = await takeTurns(ways, FIRST_ROUNDS);
  for (const { answerMs, requests } of WARM_UP) {
    for (let count = 0; count < requests; count += 1) {
      await Promise.all(Object.values(asks).map((ask) => ask(answerMs)));
    }
  }
  const warm = await takeTurns(ways, ROUNDS);
  await Promise.all([polled.device.close(), told.device.close()]);
  return { first, warm };
}

export function slowBmcText({ first, warm }: SlowBmc): string {
  const row = (way: Way): Row => {
    const { cpu_ms, late_ms } = warm[way];
    return [LABELS[way], cpu_ms.toFixed(2), late_ms.toFixed(1), first[way].cpu_ms.toFixed(2)];
  };
  return formatTable([
    ['a BMC that takes 1.1 s', 'CPU ms', 'late ms', 'CPU ms at first'],
    ...(Object.keys(LABELS) as Way[]).map(row),
  ]);
}

/** All of them, round after round. */
async function takeTurns(
  ways: Readonly<Record<Way, () => Promise<Wait>>>,
  rounds: number,
): Promise<Waits> {
  const waits: Record<Way, Wait[]> = mapped(ways, () => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, wait] of Object.entries(ways)) waits[name as Way].push(await wait());
  }
  return mapped(waits, summary);
}

function mapped<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From) => To,
): Record<Key, To> {
  const entries = Object.entries<From>(record).map(([key, value]) => [key, change(value)] as const);
  return Object.fromEntries(entries) as Record<Key, To>;
}

/** A device whose BMC takes as long as it is asked to. */
interface Slow {
  readonly device: Device;
  readonly ask: Ask;
}

async function openSlow(hasInterrupt: boolean): Promise<Slow> {
  const { open } = await loadLibrary();
  const clock = systemClock;
  const base = hasInterrupt ? 0xce4 : 0xcd4;
  let responseMs = 0;
  const isSlow = ({ netFn, cmd }: { netFn: number; cmd: number }): boolean =>
    netFn === GET_DEVICE_ID.netFn && cmd === GET_DEVICE_ID.cmd;
  const bmc = new SimBmc({
    base,
    clock,
    responseMs: (command) => (isSlow(command) ? responseMs : 0),
  });
  const irq = hasInterrupt ? new SimIrqLine({ bmc, clock, ownsMask: false }) : 'off';
  const device = await open({ base, port: bmc, bringUp: 'lazy', irq });
  const ask = async (answerMs: number): Promise<number> => {
    responseMs = answerMs;
    const sentMs = clock.now();
    const { completionCode } = await device.request(GET_DEVICE_ID);
    if (completionCode !== 0) throw new Error(`completion code ${completionCode}`);
    return clock.now() - sentMs - answerMs;
  };
  return { device, ask };
}

/** What one answer takes that comes after the time that is measured. */
async function measured(ask: Ask): Promise<Wait> {
  const usedMs = cpuMs();
  const late_ms = await ask(ANSWER_MS);
  return { cpu_ms: cpuMs() - usedMs, late_ms };
}

/** Looks at a clock when the driver would look at the BMC. */
async function runTimers(curve: Curve, answerMs: number): Promise<number> {
  const sinceMs = systemClock.now();
  return await new Promise<number>((resolve) => {
    const look = (): void => {
      const nowMs = systemClock.now();
      const untilMs = curve(sinceMs, nowMs);
      if (nowMs >= sinceMs + answerMs) resolve(nowMs - sinceMs - answerMs);
      else if (untilMs <= nowMs) systemClock.turn(look);
      else systemClock.timer(untilMs - nowMs, look, true);
    };
    look();
  });
}

function runPeer(program: string, way: 'doze' | 'spin'): Wait {
  const args = [way, String(ANSWER_MS), '1', '0'];
  const { p50_ns, cpu_ms } = JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as {
    readonly p50_ns: number;
    readonly cpu_ms: number;
  };
  return { cpu_ms, late_ms: p50_ns / 1e6 - ANSWER_MS };
}

function summary(waits: readonly Wait[]): Wait {
  const lateMs = waits.reduce((sum, { late_ms }) => sum + late_ms, 0) / waits.length;
  return { cpu_ms: median(waits.map(({ cpu_ms }) => cpu_ms)), late_ms: lateMs };
}
