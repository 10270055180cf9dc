/**
 * Borrows an interface from the kernel's driver: unbinds `ipmi_si` from that one device, and binds
 * it back when the last process that borrows it leaves. The device is on record before it is
 * unbound and until it is bound, and every process that borrows it has a guardian meanwhile, which
 * gives it back for a process that cannot. What a guardian cannot, `ipmi-bt release` can later.
 */

import type { Signal } from '../abort.ts';
import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { GiveBack, ReleasedInterface } from './give-back.ts';
import { IpmiError, hex } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import { fileTrouble, isDenied } from '../file-trouble.ts';
import type { System } from '../files.ts';
import type { Guardian } from '../guardian.ts';
import { devicePath, driverOf, driverPath, overrideOf, readOverride } from './bus-device.ts';
import type { Owner } from './bus-device.ts';
import { IPMI_SI, siIrq } from './ipmi-si.ts';
import { checkUnclaimed, findOwner } from './port-owner.ts';
import { leavesPorts } from './uio-drivers.ts';
import { nodesOf } from './ipmi-device.ts';
import type { Log } from '../log.ts';
import type { loadNative } from '../native.ts';
import { askWatchdog, findKernelUsers, findOpeners, watchdogText } from './users-of-ipmi-si.ts';
import type { Watchdog } from './users-of-ipmi-si.ts';
import type { TakeoverRecord, TakeoverRecordFile } from './takeover-record.ts';
import type { JoinResult, Users } from '../share/users.ts';
import { runSteps } from '../rollback.ts';
import type { Step } from '../rollback.ts';

/** Interval between two looks at a lock, or at a BMC that is busy. */
const LOOK_MS = 10;

/** The interface and all that is needed to take it. */
export interface TakeoverParts {
  /** Port of BT_CTRL. */
  readonly base: number;
  /** The ports of its registers. */
  readonly ports: readonly number[];
  readonly system: System;
  readonly users: Users;
  readonly recordFile: TakeoverRecordFile;
  readonly load: typeof loadNative;
  /** Starts a guardian for this process; throws when there can be none. */
  readonly guard: () => Guardian;
  readonly clock: Clock;
  readonly log: Log;
}

/** Until when, and whether at all, to wait. */
export interface Patience {
  readonly deadlineMs: number;
  readonly signal: Signal | undefined;
}

export class Takeover implements GiveBack {
  readonly #parts: TakeoverParts;
  #watchdog: Watchdog = 'stopped';
  #device: string | undefined;
  #guardian: Guardian | undefined;
  #isOver = false;

  constructor(site: TakeoverParts) {
    this.#parts = site;
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
   * Takes the interface, if a driver has it, or joins the processes that have taken it. Rejects
   * with `PORT_CLAIMED` when it is in use through the driver, unless `force`, and changes nothing.
   */
  async take(force: boolean, patience: Patience): Promise<void> {
    const { system, ports, recordFile } = this.#parts;
    const joined = await this.#join(patience);
    const owner = findOwner(ports, system);
    if (owner === undefined) {
      const record = recordFile.read();
      this.#device = record?.device;
      if (record?.keep === false) this.#guard();
      if (joined === 'first') await this.#settle(patience);
      return;
    }
    // Another driver, or this one while other processes believe to have the ports: refused there.
    if (owner.driver !== IPMI_SI || joined !== 'first') {
      checkUnclaimed(ports, system);
      throw new Error(`bug: ${owner.device} has a driver and no port claimed`);
    }
    await this.#check(owner, force);
    if (patience.signal?.aborted === true) await sleep(this.#parts.clock, 0, patience.signal);
    const irq = siIrq(owner, system);
    const steps: readonly Step[] = [
      {
        run: () => recordFile.write({ ...owner, keep: false, irq }),
        undo: () => recordFile.remove(),
      },
      { run: () => this.#guard(), undo: () => this.#guardian?.dismiss() },
      { run: () => this.#unbind(owner), undo: () => this.#bind(owner) },
      { run: () => this.#settle(patience), undo: () => undefined },
    ];
    // What is not bound must stay on record.
    await runSteps(steps, 'stop');
    this.#device = owner.device;
  }

  /**
   * Joins a takeover that is on record, to give the interface back for a process that has ended.
   * Takes nothing: rejects with `PORT_CLAIMED` when a driver has the interface.
   */
  async rejoin(patience: Patience): Promise<void> {
    const { ports, system, recordFile } = this.#parts;
    const joined = await this.#join(patience);
    // The process ended before it had unbound the driver, or the user has bound it since.
    const isBound = findOwner(ports, system)?.driver === IPMI_SI;
    if (isBound && joined === 'first') recordFile.remove();
    checkUnclaimed(ports, system);
    this.#device = recordFile.read()?.device;
    if (joined === 'first') await this.#settle(patience);
  }

  /** Gives the interface back, if this is the last process that borrows it. */
  async giveBack(released: ReleasedInterface): Promise<void> {
    const { clock } = this.#parts;
    try {
      const owner = this.#due();
      if (owner === undefined) return;
      const endMs = clock.now() + released.patienceMs;
      for (let isLate = false; !this.#isReady(released, isLate); isLate = clock.now() >= endMs) {
        if (isLate) throw this.#whyNotReady(owner, released);
        await sleep(clock, LOOK_MS);
        if (this.#isOver) return;
      }
      this.#isOver = true;
      released.release();
      await this.#bind(owner);
      this.#parts.recordFile.remove();
    } finally {
      this.#end();
      this.#guardian?.dismiss();
    }
  }

  /** The same for exit handlers: what would have to be waited for is left to the guardian. */
  giveBackNow(released: ReleasedInterface): void {
    try {
      if (this.#isOver) return;
      const owner = this.#due();
      if (owner !== undefined) {
        if (!this.#isReady(released, false)) {
          this.#leaveTo(this.#guardian, this.#whyNotReady(owner, released));
          return;
        }
        released.release();
        this.#bindNow(owner);
        this.#parts.recordFile.remove();
      }
      this.#guardian?.dismiss();
    } catch (error) {
      this.#parts.log.error({ error: String(error) }, 'not given back');
      this.#guardian?.dismiss();
    } finally {
      this.#end();
    }
  }

  /** Starts the guardian; without one, `ipmi-bt release` repairs what SIGKILL leaves. */
  #guard(): void {
    try {
      this.#guardian = this.#parts.guard();
    } catch (error) {
      this.#parts.log.warn({ error: String(error) }, 'no guardian: not given back after SIGKILL');
    }
  }

  #leaveTo(guardian: Guardian | undefined, reason: IpmiError): void {
    const { log } = this.#parts;
    if (guardian === undefined) log.error({ error: String(reason) }, 'not given back');
    else log.info({ device: this.#device }, 'give back is left to the guardian');
    // Not to be dismissed by a `giveBack` that this one has overtaken.
    this.#guardian = undefined;
  }

  async #join({ deadlineMs, signal }: Patience): Promise<JoinResult> {
    const { users, clock, system } = this.#parts;
    for (;;) {
      const joined = users.join();
      if (joined !== 'busy') return joined;
      if (clock.now() >= deadlineMs) {
        const text = `${users.others(system)} is taking or giving back the interface`;
        throw new IpmiError('DEVICE_LOCKED', `${text}; wait for it`);
      }
      await sleep(clock, LOOK_MS, signal);
    }
  }

  async #settle({ deadlineMs, signal }: Patience): Promise<void> {
    const { users, clock, system } = this.#parts;
    while (!users.settle()) {
      if (clock.now() >= deadlineMs) {
        throw new IpmiError('DEVICE_LOCKED', `${users.others(system)} has the interface`);
      }
      await sleep(clock, LOOK_MS, signal);
    }
  }

  async #check(owner: Owner, force: boolean): Promise<void> {
    const { system, log } = this.#parts;
    const openers = findOpeners(nodesOf(owner, system), system);
    const watchdog = await askWatchdog(owner, this.#parts);
    const siUsers = [...openers, ...watchdogText(watchdog)];
    if (siUsers.length > 0 && !force) throw refused(this.#parts.base, siUsers);
    for (const text of [...siUsers, ...findKernelUsers(system)]) log.warn({}, text);
    this.#watchdog = force ? 'stopped' : watchdog;
  }

  async #unbind(owner: Owner): Promise<void> {
    const { system, log, base } = this.#parts;
    const path = controlFile(owner, 'unbind');
    try {
      await system.write(path, owner.device);
    } catch (cause) {
      if (isDenied(cause))
        throw fileTrouble(`${hex(base)} could not be taken from ${IPMI_SI}`, cause);
      throw unmoved(base, `${path}: ${messageOf(cause)}`, cause);
    }
    if (driverOf(owner, system) !== '') throw unmoved(base, `${owner.device} still has a driver`);
    log.info({ device: owner.device, driver: owner.driver }, 'takeover');
  }

  async #bind(owner: Owner): Promise<void> {
    if (!this.#mustBind(owner)) return;
    const path = controlFile(owner, 'bind');
    try {
      await this.#parts.system.write(path, owner.device);
    } catch (cause) {
      throw this.#left(owner, `${path}: ${messageOf(cause)}`);
    }
    this.#checkBound(owner);
  }

  #bindNow(owner: Owner): void {
    if (!this.#mustBind(owner)) return;
    this.#parts.system.writeNow(controlFile(owner, 'bind'), owner.device);
    this.#checkBound(owner);
  }

  #mustBind(owner: Owner): boolean {
    const { system, log } = this.#parts;
    const driver = driverOf(owner, system);
    // The user has bound that on purpose: reported, and not undone.
    if (leavesPorts(driver)) throw this.#left(owner, haveFirst(driver, this.#parts.base));
    if (driver !== '') return false;
    if (!system.exists(devicePath(owner))) {
      // The kernel removes the devices that its parameters made when it unloads `ipmi_si`.
      log.warn({ device: owner.device }, 'device is gone: nothing to bind');
      return false;
    }
    const override = readOverride(owner, system);
    // The driver would be told that there is no such device.
    if (override !== '' && override !== owner.driver)
      throw this.#left(owner, this.#kept(owner, override));
    if (system.exists(driverPath(owner))) return true;
    // It was unloaded meanwhile: it takes its devices by itself when it is loaded again.
    log.warn(
      { device: owner.device, driver: owner.driver },
      'driver is not loaded: nothing to bind',
    );
    return false;
  }

  /** Says that a device is assigned to another driver, and how to undo that. */
  #kept(owner: Owner, override: string): string {
    const path = overrideOf(owner);
    const isOurs = leavesPorts(override);
    const undo = isOurs ? `ipmi-bt irq unbind --base ${hex(this.#parts.base)}` : `echo > ${path}`;
    return `${path} keeps it for ${override}, first: ${undo}`;
  }

  #checkBound(owner: Owner): void {
    const { system, log } = this.#parts;
    if (driverOf(owner, system) !== owner.driver) {
      throw this.#left(owner, 'the driver did not take it');
    }
    log.info({ device: owner.device, driver: owner.driver }, 'give back');
  }

  /** The device that this process has to give back, if it is the last. */
  #due(): TakeoverRecord | undefined {
    const { users, recordFile } = this.#parts;
    if (!users.leave()) return undefined;
    const record = recordFile.read();
    return record === undefined || record.keep ? undefined : record;
  }

  /** True when the driver may be bound: no process uses the ports, and the BMC is free. */
  #isReady(released: ReleasedInterface, isLate: boolean): boolean {
    if (!this.#parts.users.isAlone()) return false;
    try {
      return released.look(isLate);
    } catch {
      // The ports failed, which made the device unusable before: nothing can be known of the BMC.
      return false;
    }
  }

  /** The error that says why it may not. */
  #whyNotReady(owner: Owner, released: ReleasedInterface): IpmiError {
    const { users, system } = this.#parts;
    if (users.isAlone()) return this.#left(owner, released.reason);
    return this.#left(owner, `${users.others(system)} uses the interface`, 'DEVICE_LOCKED');
  }

  #left(owner: Owner, reason: string, code: IpmiErrorCode = 'BMC_UNRESPONSIVE'): IpmiError {
    const { device, driver } = owner;
    const remedy = `later: ipmi-bt release --base ${hex(this.#parts.base)}`;
    const text = `${device} was not given back to ${driver}: ${reason} (${remedy})`;
    return new IpmiError(code, text);
  }

  #end(): void {
    this.#isOver = true;
    this.#parts.users.close();
  }
}

/** The refusal to take an interface from `ipmi_si` that is in use through it. */
export function refused(base: number, siUsers: readonly string[]): IpmiError {
  const text = `${hex(base)} is not taken from ${IPMI_SI}: ${siUsers.join('; ')}`;
  return new IpmiError(
    'PORT_CLAIMED',
    `${text} (use the option takeover: 'force' to take it anyway)`,
  );
}

/** Says why a device that a driver of UIO has is not given back. */
export function haveFirst(driver: string, base: number): string {
  return `${driver} has it, first: ipmi-bt irq unbind --base ${hex(base)}`;
}

function unmoved(base: number, reason: string, cause?: unknown): IpmiError {
  const text = `${hex(base)} could not be taken from ${IPMI_SI}: ${reason}`;
  return new IpmiError('PORT_CLAIMED', text, { cause });
}

function controlFile(owner: Owner, name: 'bind' | 'unbind'): string {
  return `${driverPath(owner)}/${name}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
