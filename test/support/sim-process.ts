/**
 * A process of a simulated life, as the driver in it sees the world: a clock and ports of its own.
 * It can be stopped and continued, its clock can leap ahead, and it can be killed, after which no
 * timer of its fires and no port access reaches the BMC.
 */

import type { Cancel, Clock } from '../../src/clock.ts';
import type { PortIo } from '../../src/port/port.ts';
import type { VirtualClock } from '../../src/sim/virtual-clock.ts';

const NOTHING = 0xff;

interface Wait {
  readonly dueMs: number;
  readonly callback: () => void;
  cancel: Cancel;
}

export class SimProcess {
  readonly clock: Clock;
  readonly port: PortIo;
  readonly #world: VirtualClock;
  readonly #waits = new Set<Wait>();
  #aheadMs = 0;
  #stoppedUntilMs = -Infinity;
  /** Port cycles it has left to live. */
  #cyclesLeft = Infinity;
  #onDeath: () => void = () => undefined;
  /** Resolves when it is killed. */
  readonly death: Promise<undefined>;
  #die: () => void = () => undefined;

  constructor(world: VirtualClock, port: PortIo) {
    this.#world = world;
    this.death = new Promise((resolve) => {
      this.#die = () => {
        resolve(undefined);
      };
    });
    this.port = new MortalPort(port, () => this.#live());
    this.clock = {
      now: () => this.#now(),
      turn: (callback) => this.#wait(this.#now(), callback),
      timer: (delayMs, callback) => this.#wait(this.#now() + delayMs, callback),
    };
  }

  /** What it still does is not done. */
  get isDead(): boolean {
    return this.#cyclesLeft < 0;
  }

  /** SIGKILL after so many port cycles; then `onDeath` is called. */
  killAfter(cycles: number, onDeath: () => void): void {
    this.#cyclesLeft = cycles;
    this.#onDeath = onDeath;
  }

  /** Not to be killed any more. */
  spare(): void {
    if (!this.isDead) this.#cyclesLeft = Infinity;
  }

  /** SIGSTOP, and SIGCONT so much later: what fell due meanwhile happens then. */
  stop(forMs: number): void {
    this.#stoppedUntilMs = this.#world.now() + forMs;
  }

  /** The process's clock is so much later at once. */
  leap(byMs: number): void {
    this.#aheadMs += byMs;
    for (const wait of this.#waits) {
      wait.cancel();
      this.#arm(wait);
    }
  }

  /** Whether it lives to make another port cycle. */
  #live(): boolean {
    const cyclesLeft = this.#cyclesLeft;
    if (cyclesLeft < 0) return false;
    this.#cyclesLeft -= 1;
    if (cyclesLeft > 0) return true;
    for (const wait of this.#waits) wait.cancel();
    this.#waits.clear();
    this.#world.turn(() => {
      this.#die();
      this.#onDeath();
    });
    return false;
  }

  #now(): number {
    return this.#world.now() + this.#aheadMs;
  }

  #wait(dueMs: number, callback: () => void): Cancel {
    if (this.isDead) return () => undefined;
    const wait: Wait = { dueMs, callback, cancel: () => undefined };
    this.#waits.add(wait);
    this.#arm(wait);
    return () => {
      wait.cancel();
      this.#waits.delete(wait);
    };
  }

  #arm(wait: Wait): void {
    const stoppedMs = this.#stoppedUntilMs - this.#world.now();
    wait.cancel = this.#world.timer(Math.max(wait.dueMs - this.#now(), stoppedMs), () => {
      if (this.#world.now() < this.#stoppedUntilMs) {
        this.#arm(wait);
        return;
      }
      this.#waits.delete(wait);
      wait.callback();
    });
  }
}

/** Ports that a dead process does not reach. */
class MortalPort implements PortIo {
  readonly #inner: PortIo;
  readonly #lives: () => boolean;

  constructor(inner: PortIo, lives: () => boolean) {
    this.#inner = inner;
    this.#lives = lives;
  }

  inb(port: number): number {
    return this.#lives() ? this.#inner.inb(port) : NOTHING;
  }

  outb(port: number, value: number): void {
    if (this.#lives()) this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) this.outb(port, source[index] ?? 0);
  }

  close(): void {
    // The BMC outlives its hosts.
  }
}
