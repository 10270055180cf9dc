/**
 * Borrows an interface from the kernel's driver: unbinds `ipmi_si` from that one device, and binds
 * it back when the last process that borrows it leaves. What was taken stands in a file before it
 * is unbound and until it is bound, so that `ipmi-bt release` can repair what a SIGKILL has left.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { HandBack, Wire } from './give-back.ts';
import { IpmiError, hex } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import type { System } from '../files.ts';
import { IPMI_SI, checkUnclaimed, driverOf, findOwner, leavesPorts } from './port-owner.ts';
import type { Owner } from './port-owner.ts';
import { nodesOf } from './ipmi-device.ts';
import type { Log } from '../log.ts';
import type { loadNative } from '../native.ts';
import { askWatchdog, findKernelUsers, findOpeners, watchdogText } from './users-of-ipmi-si.ts';
import type { Watchdog } from './users-of-ipmi-si.ts';
import type { TakeoverRecord, TakeoverRecordFile } from './takeover-record.ts';
import type { Place, Users } from '../share/users.ts';
import { runSteps } from '../rollback.ts';
import type { Step } from '../rollback.ts';

/** How often a lock, or a BMC that is busy, is looked at again. */
const LOOK_MS = 10;

/** The interface and all that is needed to take it. */
export interface Site {
  /** Port of BT_CTRL. */
  readonly base: number;
  /** The ports of its registers. */
  readonly ports: readonly number[];
  readonly system: System;
  readonly users: Users;
  readonly taken: TakeoverRecordFile;
  readonly load: typeof loadNative;
  readonly clock: Clock;
  readonly log: Log;
}

/** Until when, and whether at all, to wait. */
export interface Patience {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

export class Takeover implements HandBack {
  readonly #site: Site;
  #watchdog: Watchdog = 'stopped';
  #device: string | undefined;
  #isOver = false;

  constructor(site: Site) {
    this.#site = site;
  }

  /** The device that is unbound; undefined when no driver had the ports. */
  get device(): string | undefined {
    return this.#device;
  }

  /** The kernel gave no way to ask for the watchdog: ask the BMC before anything else. */
  get mustAskWatchdog(): boolean {
    return this.#watchdog === 'unasked';
  }

  /**
   * Takes the interface, if a driver has it, or joins who has taken it. Rejects with `PORT_CLAIMED`
   * when somebody would lose by it, unless `force`; then nothing has changed.
   */
  async take(force: boolean, patience: Patience): Promise<void> {
    const { system, ports, taken } = this.#site;
    const place = await this.#join(patience);
    const owner = findOwner(ports, system);
    if (owner === undefined) {
      this.#device = taken.read()?.device;
      if (place === 'first') await this.#settle(patience);
      return;
    }
    // Another driver, or this one while others believe to have the ports: refused there.
    if (owner.driver !== IPMI_SI || place !== 'first') {
      checkUnclaimed(ports, system);
      throw new Error(`bug: ${owner.device} has a driver and no port claimed`);
    }
    await this.#check(owner, force);
    if (patience.signal?.aborted === true) await sleep(this.#site.clock, 0, patience.signal);
    const steps: readonly Step[] = [
      { run: () => taken.write({ ...owner, keep: false }), undo: () => taken.remove() },
      { run: () => this.#unbind(owner), undo: () => this.#bind(owner) },
      { run: () => this.#settle(patience), undo: () => undefined },
    ];
    // What is not bound must stay on record.
    await runSteps(steps, 'stop');
    this.#device = owner.device;
  }

  /** Gives the interface back, if this is the last process that borrows it. */
  async giveBack(wire: Wire): Promise<void> {
    const { clock } = this.#site;
    try {
      const owner = this.#due();
      if (owner === undefined) return;
      const endMs = clock.now() + wire.patienceMs;
      for (let isLate = false; !this.#isReady(wire, isLate); isLate = clock.now() >= endMs) {
        if (isLate) throw this.#obstacle(owner, wire);
        await sleep(clock, LOOK_MS);
        if (this.#isOver) return;
      }
      this.#isOver = true;
      wire.release();
      await this.#bind(owner);
      this.#site.taken.remove();
    } finally {
      this.#end();
    }
  }

  /** The same for exit handlers: what would have to be waited for is not done. */
  giveBackNow(wire: Wire): void {
    try {
      if (this.#isOver) return;
      const owner = this.#due();
      if (owner === undefined) return;
      if (!this.#isReady(wire, false)) throw this.#obstacle(owner, wire);
      wire.release();
      this.#bindNow(owner);
      this.#site.taken.remove();
    } catch (error) {
      this.#site.log.error({ error: String(error) }, 'not given back');
    } finally {
      this.#end();
    }
  }

  async #join({ deadlineMs, signal }: Patience): Promise<Place> {
    const { users, clock, system } = this.#site;
    for (;;) {
      const place = users.join();
      if (place !== 'busy') return place;
      if (clock.now() >= deadlineMs) {
        const text = `${users.others(system)} is taking or giving back the interface`;
        throw new IpmiError('DEVICE_LOCKED', `${text}; wait for it`);
      }
      await sleep(clock, LOOK_MS, signal);
    }
  }

  async #settle({ deadlineMs, signal }: Patience): Promise<void> {
    const { users, clock, system } = this.#site;
    while (!users.settle()) {
      if (clock.now() >= deadlineMs) {
        throw new IpmiError('DEVICE_LOCKED', `${users.others(system)} has the interface`);
      }
      await sleep(clock, LOOK_MS, signal);
    }
  }

  async #check(owner: Owner, force: boolean): Promise<void> {
    const { system, log } = this.#site;
    const openers = findOpeners(nodesOf(owner, system), system);
    const watchdog = await askWatchdog(owner, this.#site);
    const obstacles = [...openers, ...watchdogText(watchdog)];
    if (obstacles.length > 0 && !force) throw refused(this.#site.base, obstacles);
    for (const text of [...obstacles, ...findKernelUsers(system)]) log.warn({}, text);
    this.#watchdog = force ? 'stopped' : watchdog;
  }

  async #unbind(owner: Owner): Promise<void> {
    const { system, log, base } = this.#site;
    const path = controlFile(owner, 'unbind');
    try {
      await system.write(path, owner.device);
    } catch (cause) {
      throw unmoved(base, `${path}: ${messageOf(cause)}`, cause);
    }
    if (driverOf(owner, system) !== '') throw unmoved(base, `${owner.device} has a driver yet`);
    log.info({ device: owner.device, driver: owner.driver }, 'takeover');
  }

  async #bind(owner: Owner): Promise<void> {
    if (!this.#mustBind(owner)) return;
    const path = controlFile(owner, 'bind');
    try {
      await this.#site.system.write(path, owner.device);
    } catch (cause) {
      throw this.#left(owner, `${path}: ${messageOf(cause)}`);
    }
    this.#checkBound(owner);
  }

  #bindNow(owner: Owner): void {
    if (!this.#mustBind(owner)) return;
    this.#site.system.writeNow(controlFile(owner, 'bind'), owner.device);
    this.#checkBound(owner);
  }

  #mustBind(owner: Owner): boolean {
    const { system, log } = this.#site;
    const driver = driverOf(owner, system);
    // Who bound that wants the interface to stay: to be told, not to be undone.
    if (leavesPorts(driver)) throw this.#left(owner, haveFirst(driver, this.#site.base));
    if (driver !== '') return false;
    if (system.exists(`/sys/bus/${owner.bus}/drivers/${owner.driver}`)) return true;
    // It was unloaded meanwhile: it takes its devices by itself when it is loaded again.
    log.warn({ device: owner.device, driver: owner.driver }, 'driver is gone');
    return false;
  }

  #checkBound(owner: Owner): void {
    const { system, log } = this.#site;
    if (driverOf(owner, system) !== owner.driver) {
      throw this.#left(owner, 'the driver did not take it');
    }
    log.info({ device: owner.device, driver: owner.driver }, 'give back');
  }

  /** What this process has to give back, if it is the last. */
  #due(): TakeoverRecord | undefined {
    const { users, taken } = this.#site;
    if (!users.leave()) return undefined;
    const record = taken.read();
    return record === undefined || record.keep ? undefined : record;
  }

  /** Whether the driver may be bound: nobody uses the ports, and the BMC is free. */
  #isReady(wire: Wire, isLate: boolean): boolean {
    if (!this.#site.users.isAlone()) return false;
    try {
      return wire.look(isLate);
    } catch {
      // The ports failed, which made the device unusable before: nothing can be known of the BMC.
      return false;
    }
  }

  /** Why it may not. */
  #obstacle(owner: Owner, wire: Wire): IpmiError {
    const { users, system } = this.#site;
    if (users.isAlone()) return this.#left(owner, wire.reason);
    return this.#left(owner, `${users.others(system)} uses the interface`, 'DEVICE_LOCKED');
  }

  #left(owner: Owner, reason: string, code: IpmiErrorCode = 'BMC_UNRESPONSIVE'): IpmiError {
    const { device, driver } = owner;
    const remedy = `later: ipmi-bt release --base ${hex(this.#site.base)}`;
    const text = `${device} was not given back to ${driver}: ${reason} (${remedy})`;
    return new IpmiError(code, text);
  }

  #end(): void {
    this.#isOver = true;
    this.#site.users.close();
  }
}

/** The refusal to take what somebody would lose by. */
export function refused(base: number, obstacles: readonly string[]): IpmiError {
  const text = `${hex(base)} is not taken from ${IPMI_SI}: ${obstacles.join('; ')}`;
  return new IpmiError('PORT_CLAIMED', `${text} (--force takes it all the same)`);
}

/** Why a device is not given back that a driver of UIO has. */
export function haveFirst(driver: string, base: number): string {
  return `${driver} has it, first: ipmi-bt irq unbind --base ${hex(base)}`;
}

function unmoved(base: number, reason: string, cause?: unknown): IpmiError {
  const text = `${hex(base)} could not be taken from ${IPMI_SI}: ${reason}`;
  return new IpmiError('PORT_CLAIMED', text, { cause });
}

function controlFile({ bus, driver }: Owner, name: 'bind' | 'unbind'): string {
  return `/sys/bus/${bus}/drivers/${driver}/${name}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
