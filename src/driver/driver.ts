/**
 * The driver owns the wire. Requests, timers and event-loop turns all end in `advance`, so that one
 * place knows what is on the wire. When the BMC is silent to the end of an attempt, callers wait
 * until somebody has looked whether it is there.
 */

import type { Clock } from '../clock.ts';
import { IrqWake, TimerWake } from './wake.ts';
import type { Wake } from './wake.ts';
import { CTRL_READS_ZERO, Ctrl } from '../bt/bits.ts';
import { Entrance } from './entrance.ts';
import { InFlight } from './in-flight.ts';
import type { InFlightParts } from './in-flight.ts';
import { FAILURES, portFailed, queueFull } from './failure.ts';
import type { Failure } from './failure.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { Limits } from './limits.ts';
import type { Interrupt } from './interrupt.ts';
import { AT_ONCE, Loop, NEVER } from './loop.ts';
import type { BtMachine } from '../bt/machine.ts';
import { RequestQueue } from './queue.ts';
import { PendingRequest } from './pending-request.ts';
import type { PendingOptions } from './pending-request.ts';
import type { Arbiter } from '../share/arbiter.ts';

/** Everything the driver is built from. */
export interface DriverParts extends InFlightParts {
  readonly arbiter: Arbiter;
  /** Most callers' requests in the queue. */
  readonly queueMax: number;
  /** Says sooner that there is something to see; undefined where only timers do. */
  readonly interrupt: Interrupt | undefined;
  /** The BMC may be away: look for it, then call {@link BtDriver.resume}. Callers wait for that. */
  readonly onSilence: () => void;
  /** The BMC was told to restart: as above, but it needs some time. */
  readonly onRestart: () => void;
}

/** How one request is to be treated, and how long. */
export interface SubmitOptions extends PendingOptions {
  /** From the call; the driver's limits decide when absent. */
  readonly timeoutMs?: number | undefined;
}

/** What a look at BT_CTRL shows: an event or message waits, nothing does, or there is no BMC. */
export type Glance = 'attention' | 'nothing' | 'absent' | 'closed';

export class BtDriver {
  readonly #machine: BtMachine;
  readonly #arbiter: Arbiter;
  readonly #clock: Clock;
  readonly #interrupt: Interrupt | undefined;
  readonly #onSilence: () => void;
  readonly #onRestart: () => void;
  readonly #queue: RequestQueue;
  readonly #entrance: Entrance;
  readonly #inFlight: InFlight;
  readonly #loop: Loop;
  /** How many want callers' requests kept back. */
  #holds = 0;
  /** Lets callers go on after silence; while there is one, somebody looks for the BMC. */
  #release: (() => void) | undefined;
  /** Callers have been told that the device is closed. */
  #dismissed = false;
  #closed = false;

  constructor(parts: DriverParts) {
    this.#machine = parts.machine;
    this.#arbiter = parts.arbiter;
    this.#clock = parts.clock;
    this.#interrupt = parts.interrupt;
    this.#onSilence = parts.onSilence;
    this.#onRestart = parts.onRestart;
    this.#queue = new RequestQueue(parts.queueMax);
    const silenced = (): void => this.#pause(this.#onSilence);
    this.#entrance = new Entrance(this.#queue, parts.arbiter, silenced);
    this.#inFlight = new InFlight(parts, {
      silenced,
      restarted: () => {
        this.#pause(this.#onRestart);
      },
      putBack: (pending, place) => {
        this.#queue.putBack(pending, place);
      },
    });
    const work = {
      advance: (nowMs: number) => this.#advance(nowMs),
      isAwaited: () => this.isAwaited,
      crashed: (cause: unknown) => {
        this.crash(cause);
      },
    };
    this.#loop = new Loop(parts.clock, work, (callback) => this.#newWake(callback));
  }

  /** Whether a caller waits for a reply. */
  get isAwaited(): boolean {
    return this.#queue.callers > 0 || this.#inFlight.awaited?.internal === false;
  }

  /** How long the BMC gets to answer. */
  get attemptMs(): number {
    return this.#inFlight.limits.attemptMs;
  }

  /** Takes over what the BMC said of itself; attempts that begin from now on use it. */
  adopt(limits: Limits): void {
    this.#inFlight.adopt(limits);
  }

  /** Keeps callers' requests in the queue until the function it returns is called. */
  hold(): () => void {
    this.#holds += 1;
    this.#queue.hold(true);
    return () => {
      this.#holds -= 1;
      this.#queue.hold(this.#holds > 0);
      this.run();
    };
  }

  /** Does what there is to do: the next request, or a lock to let go. */
  run(): void {
    this.#loop.run(this.#clock.now());
  }

  /** The BMC answers: callers go on. */
  resume(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  /** Queues a request. Settles by its deadline. */
  submit(request: Request, options: SubmitOptions): Promise<Reply> {
    const nowMs = this.#clock.now();
    const { timeoutMs = this.#inFlight.limits.requestMs, internal, signal } = options;
    const pending = new PendingRequest(request, options, { nowMs, timeoutMs });
    const refusal = this.#refusal(internal, signal);
    if (refusal === undefined) this.#enqueue(pending, signal);
    else pending.fail(refusal);
    return pending.result();
  }

  /** Looks at BT_CTRL without touching it, which is harmless whoever uses the interface. */
  glance(): Glance {
    if (this.#closed) return 'closed';
    try {
      const status = this.#machine.look();
      if ((status & CTRL_READS_ZERO) !== 0) return 'absent';
      return (status & Ctrl.SMS_ATN) === 0 ? 'nothing' : 'attention';
    } catch (error) {
      this.crash(error);
      return 'closed';
    }
  }

  /**
   * Settles callers' requests with `DEVICE_CLOSED` and takes no more of them; internal ones still
   * go. What is on the wire stays there, as an orphan. Idempotent.
   */
  dismiss(): void {
    this.#dismissed = true;
    for (const queued of this.#queue.takeIf(({ internal }) => !internal)) {
      queued.fail(FAILURES.closedMeanwhile);
    }
    const current = this.#inFlight.awaited;
    if (current?.internal === false) this.#abandon(current, FAILURES.closedMeanwhile);
  }

  /**
   * Settles every request with `DEVICE_CLOSED`, leaves the hardware quiet and stops. Synchronous
   * and idempotent, so that an exit handler can run it.
   */
  close(): void {
    if (this.#closed) return;
    this.#stop(FAILURES.closedMeanwhile);
    this.#interrupt?.close();
    // Else it was left quiet when the lock was let go, and another process may be using it now.
    if (this.#arbiter.isOurs) this.#machine.quiesce();
    this.#arbiter.close();
  }

  /** Writes BMC_HWRST: whoever calls this has the interface, and wants that. False when closed. */
  resetInterface(): boolean {
    if (this.#closed) return false;
    this.#inFlight.letGo(FAILURES.interfaceReset);
    this.#machine.resetInterface();
    this.#pause(this.#onRestart);
    return true;
  }

  /** The ports failed: settles every request, and stops. */
  crash(cause: unknown): void {
    this.#stop(portFailed(cause));
    this.#interrupt?.letGo();
    this.#arbiter.close();
  }

  #refusal(internal: boolean, signal: AbortSignal | undefined): Failure | undefined {
    if (this.#closed || (this.#dismissed && !internal)) return FAILURES.closed;
    if (signal?.aborted === true) return { ...FAILURES.aborted, cause: signal.reason };
    return this.#queue.full && !internal ? queueFull(this.#queue.size) : undefined;
  }

  #enqueue(pending: PendingRequest, signal: AbortSignal | undefined): void {
    this.#queue.push(pending);
    if (this.#inFlight.isFree) this.#loop.run(pending.sinceMs);
    else this.#loop.runBy(pending.deadlineMs);
    if (signal === undefined || pending.settled) return;
    pending.onAbort(() => {
      this.#abandon(pending, { ...FAILURES.aborted, cause: signal.reason });
    });
  }

  #advance(nowMs: number): number {
    this.#entrance.expire(nowMs);
    if (this.#inFlight.isFree) {
      const { requestLengthMax } = this.#inFlight.limits;
      const pending = this.#entrance.next(nowMs, requestLengthMax);
      if (pending === undefined) return this.#until(this.#entrance.dueMs);
      this.#inFlight.begin(pending, nowMs);
    }
    const dueMs = this.#inFlight.advance(nowMs);
    if (dueMs !== NEVER) return this.#until(dueMs);
    this.#loop.openTurn(nowMs);
    return this.#queue.size > 0 ? AT_ONCE : this.#arbiter.idle(nowMs);
  }

  /** The time to look again, or the next deadline of a caller if that is earlier. */
  #until(untilMs: number): number {
    const ownMs = this.#inFlight.awaited?.deadlineMs ?? NEVER;
    return Math.min(untilMs, ownMs, this.#queue.earliestDeadlineMs);
  }

  #abandon(pending: PendingRequest, failure: Failure): void {
    if (this.#loop.isRunning) {
      // From within a register access: the machine is between two of its states.
      queueMicrotask(() => {
        if (!pending.settled) this.#abandon(pending, failure);
      });
      return;
    }
    if (this.#queue.remove(pending)) pending.fail(failure);
    else this.#inFlight.abandon(pending, failure);
    this.run();
  }

  /** Callers wait from now on, and somebody looks for the BMC. */
  #pause(look: () => void): void {
    this.#release ??= this.hold();
    // Not from within a register access.
    queueMicrotask(look);
  }

  #newWake(callback: () => void): Wake {
    const timer = new TimerWake(this.#clock, callback);
    const interrupt = this.#interrupt;
    if (interrupt === undefined) return timer;
    return new IrqWake(timer, interrupt.line, {
      fired: (count) => {
        const firing = { count, nowMs: this.#clock.now(), turn: this.#arbiter.turn };
        interrupt.fired(firing, () => {
          this.#lookNow(interrupt);
        });
      },
      failed: (error) => {
        interrupt.failed(error);
      },
    });
  }

  /** The line has fired: what a timer would do later is done now. */
  #lookNow(interrupt: Interrupt): void {
    if (this.#closed) return;
    try {
      // Else another process uses the interface; ours is let through with the next request.
      if (this.#arbiter.isOurs) interrupt.acknowledge();
    } catch (error) {
      this.crash(error);
    }
    if (this.#inFlight.isFree) this.glance();
    else this.run();
  }

  #stop(failure: Failure): void {
    this.#closed = true;
    this.#loop.stop();
    this.#inFlight.stop(failure);
    for (const queued of this.#queue.takeAll()) queued.fail(failure);
  }
}
