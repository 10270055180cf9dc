/**
 * A life of several processes that use one simulated BMC, with the real files by which they share
 * its settings: each listens and stops at its times, and is closed, exits, or is killed.
 * A last process takes what the others have left.
 */

import assert from 'node:assert/strict';

import type { BmcEvent, Device } from '../../src/index.ts';
import { loadNative } from '../../src/native.ts';
import { silentLog } from '../../src/log.ts';
import { closeSettings, sharedSettings } from '../../src/share/settings.ts';
import type { Settings } from '../../src/share/settings.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { Executed } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { newDevice } from './new-device.ts';
import { event } from './listening.ts';
import { SharedLock } from './shared-lock.ts';
import { SHARING_MS, isSettled } from './sharing-plan.ts';
import type { PlannedProcess, PlannedSet, SharingPlan, Spell } from './sharing-plan.ts';
import { SimProcess } from './sim-process.ts';

/** Longer than a listener may take to see the bit that a caller in another process has cleared. */
const RECHECKED_MS = 12_000;

/** Longer than all that the processes have left takes to be read. */
const LAST_MS = 60_000;

const READ_EVENT = 0x35;

/** A process that is to exit does so within this time. */
const EXIT_WITHIN_MS = 300;

/** Longer than a request takes that waits behind all others of its process. */
const LEFT_MS = 10_000;

type Listener = (event: BmcEvent) => void;

/** Does something at a time, unless its process is dead by then. */
type At = (atMs: number, work: () => void) => void;

/** Worse drivers, to show that they are noticed. */
export interface SharingOptions {
  readonly newSettings?: (honest: Settings) => Settings;
  readonly answer?: (command: Executed, bmc: SimBmc) => readonly number[] | undefined;
  /** `isThere` says whether the listener has not been removed. */
  readonly mishear?: (listener: Listener, isThere: () => boolean) => Listener;
  readonly missed?: (device: Device) => number;
}

/**
 * Lives through the plan with files in an empty `folder`; throws when a promise is broken. Resolves
 * to the virtual time that it took, milliseconds.
 */
export async function share(
  plan: SharingPlan,
  folder: string,
  options: SharingOptions = {},
): Promise<number> {
  const life = new SharedLife(plan, folder, options);
  const { clock } = life;
  await clock.until(life.prepare());
  await clock.until(Promise.all(plan.processes.map((planned) => life.run(planned))));
  await clock.pass(Math.max(SHARING_MS + 1 - clock.now(), 0));
  const last: PlannedProcess = {
    spells: [{ fromMs: clock.now(), toMs: clock.now() + LAST_MS }],
    endMs: clock.now() + LAST_MS - 1,
    ...{ ending: 'close', atCycle: 0, requestsAtMs: [] },
  };
  await clock.until(life.run(last));
  await clock.pass(1);
  life.judge();
  assert.equal(clock.pending, 0, 'timers left');
  return clock.now();
}

class SharedLife {
  readonly clock = new VirtualClock();
  readonly #plan: SharingPlan;
  readonly #folder: string;
  readonly #options: SharingOptions;
  readonly #bmc: SimBmc;
  readonly #lock = new SharedLock();
  #processes = 0;
  /** Events that the BMC has taken on, and how often each was told. */
  readonly #told = new Map<number, number>();
  #missed = 0;
  #lastSet: PlannedSet | undefined;
  /** Called when the BMC has begun to read an event for a process. */
  #onRead = (): void => undefined;

  constructor(plan: SharingPlan, folder: string, options: SharingOptions) {
    this.#plan = plan;
    this.#folder = folder;
    this.#options = options;
    const { responseMs, showsBusy } = plan;
    const { clock } = this;
    const { answer } = options;
    const strict = !plan.processes.some((one) => leavesCommand(one, showsBusy));
    const how = { clock, responseMs, showsBusy, strict };
    this.#bmc = new SimBmc({
      ...how,
      answer: (command) => {
        if (command.cmd === READ_EVENT) this.#onRead();
        return answer?.(command, this.#bmc);
      },
    });
  }

  /** The enables are as an administrator has set them once. */
  async prepare(): Promise<void> {
    const { clock } = this;
    const device = newDevice({ port: new SimProcess(clock, this.#bmc).port, clock });
    const data = Uint8Array.of(this.#plan.enables);
    await device.request({ netFn: 0x06, cmd: 0x2e, data });
    await device.close();
    for (const [number, atMs] of this.#plan.eventsAtMs.entries()) {
      this.#at(atMs, () => {
        this.#happen(number, atMs);
      });
    }
  }

  /** A process from its beginning to its end. */
  async run(planned: PlannedProcess): Promise<void> {
    const { clock } = this;
    const index = this.#plan.processes.indexOf(planned);
    const process = new SimProcess(clock, this.#bmc);
    const lock = this.#lock.as(String.fromCharCode(97 + this.#processes));
    this.#processes += 1;
    const settings = this.#newSettings();
    const device = newDevice({ port: process.port, clock: process.clock, lock, settings });
    const deadlineMs = clock.now() + SHARING_MS;
    const opened = device.bringUp('full', { ...BRING_UP, clock: process.clock, deadlineMs });
    opened.catch(() => undefined);
    const at = (atMs: number, work: () => void): void => {
      this.#at(atMs, () => {
        if (!process.isDead) work();
      });
    };
    for (const spell of planned.spells) this.#listen(device, spell, at);
    for (const atMs of planned.requestsAtMs) {
      at(atMs, () => void device.request(ECHO).catch(() => undefined));
    }
    for (const set of this.#plan.sets.filter((one) => one.index === index)) {
      at(set.atMs, () => {
        this.#set(device, set);
      });
    }
    await this.#until(planned.endMs);
    await this.#end(planned, { process, device });
    lock.close();
    closeSettings(settings);
    if (planned.ending !== 'killed') {
      this.#missed += (this.#options.missed ?? missedBy)(device);
    }
  }

  /** Throws when an event was lost and not counted, or the enables are not as they must be. */
  judge(): void {
    const { enables } = this.#plan;
    const counts = [...this.#told];
    for (const [number, count] of counts) {
      assert(count <= 1, `event ${number} was told ${count} times`);
    }
    const lost = counts.filter(([, count]) => count === 0).map(([number]) => number);
    // A process that is killed while it reads an answer takes that along.
    const killed = this.#plan.processes.filter(({ ending }) => ending === 'killed').length;
    const excused = this.#missed + killed;
    assert(lost.length <= excused, `lost: ${lost.join(' ')}; counted: ${this.#missed}`);
    const set = this.#lastSet?.value ?? enables;
    const expected = this.#lastSet === undefined ? enables : set & ~0x04;
    assert.equal(this.#bmc.globalEnables, expected, 'BMC Global Enables');
  }

  #newSettings(): Settings {
    const { newSettings = (honest: Settings) => honest } = this.#options;
    const folder = this.#folder;
    return newSettings(sharedSettings({ base: 0xce4, folder, load: loadNative, log: silentLog }));
  }

  #happen(number: number, atMs: number): void {
    if (this.#bmc.addEvent(event(number))) this.#told.set(number, 0);
    else assert(!this.#mustKeep(atMs), `event ${number} at ${atMs} was not kept for a listener`);
  }

  /** A process listens, and no caller has cleared the bit that it needs. */
  #mustKeep(atMs: number): boolean {
    const { processes, sets } = this.#plan;
    const isCleared = sets.some((set) => set.atMs <= atMs && atMs <= set.atMs + RECHECKED_MS);
    return !isCleared && processes.some((one) => isSettled(one, { fromMs: atMs, toMs: atMs }));
  }

  #listen(device: Device, { fromMs, toMs }: Spell, at: At): void {
    let isThere = true;
    const { mishear = (honest: Listener) => honest } = this.#options;
    const hear = (told: BmcEvent): void => {
      const number = numberOf(told);
      this.#told.set(number, (this.#told.get(number) ?? 0) + 1);
    };
    const listener = mishear(hear, () => isThere);
    at(fromMs, () => void device.on('event', listener));
    at(toMs, () => {
      isThere = false;
      device.off('event', listener);
    });
  }

  #set(device: Device, set: PlannedSet): void {
    const data = Uint8Array.of(set.value);
    const done = device.request({ netFn: 0x06, cmd: 0x2e, data }, { timeoutMs: SHARING_MS });
    done.then(
      () => {
        this.#lastSet = set;
      },
      () => undefined,
    );
  }

  async #end(
    { ending, atCycle }: PlannedProcess,
    { process, device }: { process: SimProcess; device: Device },
  ): Promise<void> {
    switch (ending) {
      case 'close':
        await device.close();
        return;
      case 'exit':
        // In the middle of a read, if there is one soon.
        await Promise.race([
          new Promise<void>((resolve) => void (this.#onRead = resolve)),
          this.#until(this.clock.now() + EXIT_WITHIN_MS),
        ]);
        device.closeNow();
        // Its requests have failed; what comes of that is a turn later.
        await this.#until(this.clock.now() + 1);
        return;
      case 'killed': {
        // It may be idle until then, which is as good a moment.
        const dead = new Promise<void>((resolve) => {
          process.killAfter(atCycle, resolve);
        });
        await Promise.race([dead, this.#until(this.clock.now() + 5000)]);
        if (!process.isDead) process.killAfter(0, () => undefined);
        process.port.inb(0xce4);
        await process.death;
      }
    }
  }

  #at(atMs: number, work: () => void): void {
    this.clock.timer(Math.max(atMs - this.clock.now(), 0), work);
  }

  async #until(atMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#at(atMs, resolve);
    });
  }
}

/**
 * True for a process that may end while the BMC executes its command, of which the next process
 * cannot know: closing waits for no caller's command, and a BMC that shows B_BUSY tells of it.
 */
function leavesCommand({ ending, endMs, requestsAtMs }: PlannedProcess, showsBusy: boolean) {
  if (ending !== 'close') return true;
  return !showsBusy && requestsAtMs.some((atMs) => atMs <= endMs && atMs > endMs - LEFT_MS);
}

const BRING_UP = { attemptMs: undefined, signal: undefined } as const;

const ECHO = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(1, 2, 3) };

function missedBy(device: Device): number {
  return device.statistics().eventsMissed;
}

function numberOf(told: BmcEvent): number {
  if (told.kind !== 'event' || told.record.format !== 'sensor') return NaN;
  return told.record.sensorNumber;
}
