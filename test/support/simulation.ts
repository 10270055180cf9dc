/**
 * A whole life of a device under faults: opened, asked, asked again when all is over, closed. The
 * process that has it may be stopped, or killed; then another one goes on.
 */

import assert from 'node:assert/strict';

import type { Clock } from '../../src/clock.ts';
import { IpmiError } from '../../src/index.ts';
import type { BmcEvent, Device, OpenOptions, RequestInput } from '../../src/index.ts';
import { openFrom } from '../../src/registry/open.ts';
import type { Executed } from '../../src/sim/command-record.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import { SimIrqLine } from '../../src/sim/irq-line.ts';
import { SPEC } from '../../src/sim/personality.ts';
import { Rng } from '../../src/sim/rng.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { memoryStore } from '../../src/share/sequence-numbers.ts';
import { Events } from './events.ts';
import { OEM, judge, judgeExecutions, messageOf, payloadOf } from './oracle.ts';
import type { Result } from './oracle.ts';
import type { Mishap, Plan, PlannedRequest } from './plan.ts';
import { ResetWatch } from './reset-watch.ts';
import { SimProcess } from './sim-process.ts';

const REQUESTS_AFTER = 20;

/** Longer than a device needs to find its BMC again. */
const PATIENCE_MS = 60_000;

/** Three attempts at a BMC that says that it takes the longest. */
const LAST_PATIENCE_MS = 240_000;

/** Longer than a BMC that brought trouble is left alone, and than all events take to be read. */
const EVENTS_AFTER_MS = 120_000;

/** What open() says of a BMC that is not there, or does not answer. */
const AWAY: readonly string[] = ['DEVICE_ABSENT', 'BMC_UNRESPONSIVE'];

/** A program that finds no BMC is started again, for so long after the last fault. */
const STARTED_AGAIN_MS = 600_000;

/** The part of a device that callers use, so that a test can put a worse one in its place. */
type Requester = Pick<Device, 'request'>;

type Listener = (event: BmcEvent) => void;

export interface LiveOptions {
  /** Puts a driver between that breaks promises, to show that this is noticed. */
  readonly worsen?: (device: Device) => Requester;
  /** The same for what it tells of events. */
  readonly mishear?: (listener: Listener) => Listener;
  /** Is told every register access, a line each. */
  readonly trace?: (line: string) => void;
}

/**
 * Lives through the plan; throws when anything comes of it that its faults do not permit. Resolves
 * to the virtual time that it took, milliseconds.
 */
export async function live(plan: Plan, options: LiveOptions = {}): Promise<number> {
  const life = new Life(plan, options);
  const { clock, bmc } = life;
  const burst = life.burst();
  // A worse driver may fail it before it is waited for.
  burst.catch(() => undefined);
  const results = await clock.until(
    Promise.all(plan.requests.map((request, index) => life.run(request, index))),
  );
  await clock.until(burst);
  const ends = plan.mishaps.map((one) => one.atMs + (one.kind === 'stopped' ? one.forMs : 0));
  const overAtMs = Math.max(bmc.calmFromMs, ...ends);
  await clock.pass(Math.max(overAtMs - clock.now(), 0));
  for (const result of results) judge(plan, bmc, result);

  await life.lastRequests();
  await clock.pass(1);
  judgeExecutions(bmc);
  life.watch.assertNone();
  life.events.judge(bmc);
  if (life.leavesInterrupt) bmc.bmc.interrupts.reset();
  bmc.bmc.assertQuiet();
  assert.equal(clock.pending, 0, 'timers left');
  return clock.now();
}

/** A process with a device, as the life's requests find it. */
interface Host {
  readonly process: SimProcess;
  readonly device: Device;
  readonly requester: Requester;
}

class Life {
  readonly clock = new VirtualClock();
  readonly bmc: FaultyBmc;
  /** Between every process and the BMC. */
  readonly watch: ResetWatch;
  readonly events: Events;
  readonly #plan: Plan;
  readonly #options: LiveOptions;
  readonly #rng: Rng;
  /** The sequence numbers, which the processes keep in a file. */
  readonly #store = memoryStore();
  /** The process of now; undefined when it has died before it had its device. */
  #host: Promise<Host | undefined>;
  #process: SimProcess;
  /** The last process that got its device. */
  #ready: Host | undefined;
  #line: SimIrqLine | undefined;
  /** A process was killed that had BT_INTMASK to itself; the next finds it so, and leaves it so. */
  leavesInterrupt = false;

  constructor(plan: Plan, options: LiveOptions) {
    this.#plan = plan;
    this.#options = options;
    this.events = new Events(plan);
    this.#rng = new Rng(~plan.seed);
    const { clock } = this;
    // Two processes, or one whose clock is wrong, cannot but start a command while one is open.
    const strict = plan.mishaps.every(({ kind }) => kind === 'stopped');
    this.bmc = new FaultyBmc({
      ...{ seed: plan.seed, faults: plan.faults, capabilities: plan.capabilities },
      ...{ responseMs: plan.responseMs, showsBusy: plan.showsBusy },
      ...{ clock, strict, answer: echoAtLun },
      personality: { ...SPEC, answersAtLunZero: plan.answersAtLunZero },
      respond: (command, honest) => {
        this.events.answer(command, honest, this.bmc.bmc.executed.length - 1);
        return [honest];
      },
    });
    this.watch = new ResetWatch(this.bmc);
    this.#process = new SimProcess(clock, this.watch);
    this.#host = this.#start(this.#process);
    for (const mishap of plan.mishaps) {
      clock.timer(mishap.atMs, () => {
        this.#befall(mishap);
      });
    }
    for (const [number, event] of plan.events.entries()) {
      clock.timer(event.atMs, () => {
        this.events.happen(this.bmc, event, number);
      });
    }
  }

  /** Makes one request when its time has come. */
  async run(request: PlannedRequest, index: number): Promise<Result> {
    await new Promise<void>((resolve) => {
      this.clock.timer(request.atMs, resolve);
    });
    const { process, requester } = await this.#living();
    const [sinceMs, fromMs] = [process.clock.now(), this.clock.now()];
    const { timeoutMs, abortAfterMs = Infinity } = request;
    const controller = new AbortController();
    const cancel = abortAfterMs < Infinity && process.clock.timer(abortAfterMs, abort, true);
    function abort(): void {
      controller.abort();
    }
    const asked = requester.request(this.#messageOf(request.kind, index), {
      timeoutMs,
      signal: controller.signal,
    });
    const told = await Promise.race([asked.catch(asIpmiError), process.death]);
    const outcome = process.isDead ? undefined : told;
    if (cancel !== false) cancel();
    return {
      index,
      outcome,
      tookMs: process.clock.now() - sinceMs,
      fromMs,
      toMs: this.clock.now(),
    };
  }

  /** Sends the requests in a row; a reply must be the one to its request. */
  async burst(): Promise<void> {
    const { burst, faults } = this.#plan;
    if (burst === undefined) return;
    // No checksum protects a frame.
    const isSound = faults.every(({ kind }) => kind !== 'flips' && kind !== 'length');
    await new Promise<void>((resolve) => {
      this.clock.timer(burst.atMs, resolve);
    });
    for (let index = 0; index < burst.count; index += 1) {
      const { process, requester } = await this.#living();
      const data = [0xb0, index & 0xff, index >> 8];
      const message = { netFn: 0x30, cmd: 0x01, data: Uint8Array.from(data) };
      const asked = requester.request(message, { timeoutMs: PATIENCE_MS });
      const told = await Promise.race([asked.catch(asIpmiError), process.death]);
      if (told === undefined || told instanceof IpmiError || told.completionCode !== 0) continue;
      if (isSound) assert.deepEqual([...told.data], data, `burst ${index}`);
    }
  }

  /** When the faults are over, everything works; then the device is closed. */
  async lastRequests(): Promise<void> {
    const { clock } = this;
    this.bmc.calm();
    this.#process.spare();
    const { requester, device } = await clock.until(this.#living());
    for (let index = 100; index < 100 + REQUESTS_AFTER; index += 1) {
      const kind = index % 2 === 0 ? 'read' : 'change';
      // An answer that a process did not live to see may keep the BMC busy.
      const how = { timeoutMs: LAST_PATIENCE_MS };
      const reply = await clock.until(requester.request(this.#messageOf(kind, index), how));
      const told = [reply.completionCode, ...reply.data];
      assert.deepEqual(told, [0, ...payloadOf(kind, index)], `${index} after the last fault`);
    }
    await clock.pass(this.#plan.events.length > 0 ? EVENTS_AFTER_MS : 0);
    await clock.until(device.close());
  }

  /** The process of now with its device, when it has it. */
  async #living(): Promise<Host> {
    for (;;) {
      const process = this.#process;
      const host = await this.#host;
      // The result of a process that died is told a turn later, and then succeeded.
      if (process.isDead) await process.death;
      else if (host?.process === process) return host;
    }
  }

  #messageOf(kind: PlannedRequest['kind'], index: number): RequestInput {
    const lun = kind === 'change' && this.#plan.answersAtLunZero ? 1 : 0;
    return { ...messageOf(kind, index), lun };
  }

  #befall(mishap: Mishap): void {
    const process = this.#process;
    switch (mishap.kind) {
      case 'stopped':
        process.stop(mishap.forMs);
        break;
      case 'leap':
        process.leap(mishap.byMs);
        break;
      case 'closed':
        this.#handOver(process);
        break;
      case 'killed':
        process.killAfter(mishap.atCycle, () => {
          // Killed while it closes: the next one is on its way.
          if (this.#process !== process) return;
          this.#dropLine();
          this.#process = new SimProcess(this.clock, this.watch);
          this.#host = this.#start(this.#process);
        });
    }
  }

  /** The program closes its device, and another one is started. */
  #handOver(process: SimProcess): void {
    const host = this.#ready;
    if (process.isDead || host?.process !== process) return;
    // The next one begins when this has closed, as with a lock.
    this.#process = new SimProcess(this.clock, this.bmc);
    this.#host = Promise.race([host.device.close(), process.death]).then(() => {
      if (process.isDead) this.#dropLine();
      return this.#start(this.#process);
    });
  }

  async #start(process: SimProcess): Promise<Host | undefined> {
    const { worsen } = this.#options;
    const device = await Promise.race([this.#openAtLast(process), process.death]);
    if (device === undefined || process.isDead) return undefined;
    if (this.#plan.events.length > 0) this.#listen(device);
    this.#ready = { process, device, requester: worsen?.(device) ?? device };
    return this.#ready;
  }

  #listen(device: Device): void {
    const tell = (event: BmcEvent): void => {
      this.events.tell(event);
    };
    device.on('event', this.#options.mishear?.(tell) ?? tell);
  }

  /** The kernel closes the line of a process that has died. */
  #dropLine(): void {
    const line = this.#line;
    if (line?.ownsMask === true) line.enable(false);
    else if (line !== undefined) this.leavesInterrupt = true;
    line?.close();
    this.#line = undefined;
  }

  #newLine(host: Clock): Pick<OpenOptions, 'irq'> {
    const { line } = this.#plan;
    if (line === undefined) return {};
    this.#line = new SimIrqLine({ ...line, bmc: this.bmc.bmc, clock: this.clock, host });
    return { irq: this.#line };
  }

  /** Where faults prevent it, again when they are over. */
  async #openAtLast({ port, clock }: SimProcess): Promise<Device> {
    const { trace } = this.#options;
    const tracing: Pick<OpenOptions, 'trace'> =
      trace === undefined ? {} : { trace: { write: trace, payload: 'all' } };
    const quirks: OpenOptions['quirks'] = this.#plan.answersAtLunZero ? ['lun-zero-replies'] : [];
    const at = { port, clock, base: this.bmc.bmc.base };
    const options = { ...tracing, ...at, quirks, timeoutMs: 60_000 };
    for (;;) {
      try {
        const irq = this.#newLine(clock);
        return await openFrom(this.#rng.integer(0, 255), { ...options, ...irq }, this.#store);
      } catch (error) {
        const isAway = error instanceof IpmiError && AWAY.includes(error.code);
        if (!isAway || this.clock.now() > this.bmc.calmFromMs + STARTED_AGAIN_MS) throw error;
        // The BMC was away for longer than the device waits for it: the next program tries again.
      }
    }
  }
}

/** The echo of the simulated BMC, for the logical units at which it has no commands. */
function echoAtLun({ netFn, lun, data }: Executed): readonly number[] | undefined {
  return lun !== 0 && netFn === OEM ? [0, ...data] : undefined;
}

function asIpmiError(error: unknown): IpmiError {
  if (error instanceof IpmiError) return error;
  throw error;
}
