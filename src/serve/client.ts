/**
 * The interface of a device whose ports a server has: requests go to it as messages, and what it
 * tells of the BMC becomes the state and the events of the device. When the server ends, the device
 * is lost until the next one has the interface, as if the BMC were away; it never uses the ports.
 */

import type { BringUpOptions } from '../bmc/bring-up.ts';
import type { LossReason } from '../bmc/recovery.ts';
import { Identity } from '../bmc/identity.ts';
import type { Findings } from '../bmc/identity.ts';
import { onAbort } from '../abort.ts';
import { aborted } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { DeviceInterface, DeviceSides } from '../device/interface.ts';
import type { SubmitOptions } from '../driver/driver.ts';
import { assumedLimits, limitsFor } from '../driver/limits.ts';
import { newStatistics } from '../driver/statistics.ts';
import { IpmiError, closedError, hex } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { decodeBtCapabilities } from '../ipmi/bt-capabilities.ts';
import { decodeDeviceId } from '../ipmi/device-id.ts';
import { decodeEventRecord } from '../ipmi/event-record.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { AwaitedAnswer, ExpectedAnswer } from '../ipmi/requester.ts';
import { ServedAnswers } from './answers.ts';
import type { LastingLink } from './lasting-link.ts';
import { servedError } from './link.ts';
import { bytesOf } from './protocol.ts';
import type { ServerMessage, ServerMessageOf } from './protocol.ts';
import { ServedRequests } from './requests.ts';

/** Everything that a {@link ServedInterface} is built from. */
export interface ServedParts {
  readonly link: LastingLink;
  readonly clock: Clock;
  /** Name of the device. */
  readonly name: string;
  readonly queueMax: number;
  /** Replaces the timeout of an attempt from which the default timeout of a request follows. */
  readonly attemptMs: number | undefined;
}

export class ServedInterface implements DeviceInterface {
  readonly statistics = newStatistics();
  readonly identity: Identity;
  /** There is nothing of this process to put back. */
  readonly isServing = false;
  readonly #parts: ServedParts;
  readonly #sides: DeviceSides;
  readonly #requests: ServedRequests;
  readonly #answers: ServedAnswers;
  /** Called when the BMC answers again, or the device is closed. */
  readonly #onChange = new Set<() => void>();
  #wanted = { attention: false, event: false };
  #isLost: boolean;
  #lastId = 0;
  #isClosed = false;

  constructor(parts: ServedParts, sides: DeviceSides) {
    const { link, clock, attemptMs } = parts;
    this.#parts = parts;
    this.#sides = sides;
    const nextId = (): number => (this.#lastId += 1);
    this.#requests = new ServedRequests({ ...parts, statistics: this.statistics, nextId });
    this.#answers = new ServedAnswers({ link, clock, nextId });
    this.identity = new Identity({ access: undefined, clock, attemptMs });
    this.identity.met(findingsOf(link.hello));
    this.#isLost = link.hello.state === 'lost';
    link.start({
      onMessage: (message) => {
        this.#take(message);
      },
      onDrain: () => {
        this.#requests.handOver();
      },
      onGone: (reason) => {
        this.#answers.lose(reason);
        this.#requests.lose(reason);
        this.#lose('server');
      },
      onBack: (hello) => {
        this.#resume(hello);
      },
    });
  }

  /** The server has brought it up; `full` waits for a BMC that is lost. */
  async bringUp(
    mode: 'full' | 'lazy',
    { clock, deadlineMs, signal }: BringUpOptions,
  ): Promise<void> {
    const { lifecycle } = this.#sides;
    if (this.#isLost && mode === 'full') await this.#found({ clock, deadlineMs, signal });
    if (this.#isClosed) throw closedError();
    if (this.#isLost && lifecycle.state === 'registering') lifecycle.enter('lost');
  }

  /** The server itself looks for a lost BMC sooner when it gets a request. */
  hurry(): void {
    this.#parts.link.hurry();
  }

  submit(request: Request, options: SubmitOptions): Promise<Reply> {
    if (this.#isClosed) return Promise.reject(closedError());
    const { timeoutMs = this.#requestMs } = options;
    return this.#requests.submit(request, { ...options, timeoutMs });
  }

  async expectAnswer(expected: ExpectedAnswer): Promise<AwaitedAnswer> {
    if (this.#isClosed) throw closedError();
    return await this.#answers.expect(expected);
  }

  reset(): Promise<void> {
    return Promise.reject(servedError(this.#parts.link, 'only the server may reset its interface'));
  }

  listen(wanted: { readonly attention: boolean; readonly event: boolean }): void {
    const { attention, event } = this.#wanted;
    if (wanted.attention === attention && wanted.event === event) return;
    this.#wanted = { ...wanted };
    this.#parts.link.send({ type: 'listen', ...wanted });
  }

  retire(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const text = 'the program closed the device meanwhile';
    this.#requests.failAll('DEVICE_CLOSED', text);
    this.#answers.failAll(text);
    this.#parts.link.end();
    this.#changed();
  }

  get #requestMs(): number {
    const { attemptMs } = this.#parts;
    const { capabilities } = this.identity;
    if (capabilities === undefined) return assumedLimits(attemptMs).requestMs;
    return limitsFor(capabilities, attemptMs).requestMs;
  }

  /** Waits until the BMC answers. */
  async #found({
    clock,
    deadlineMs,
    signal,
  }: Pick<BringUpOptions, 'clock' | 'deadlineMs' | 'signal'>) {
    const { link } = this.#parts;
    let end: () => void = () => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const late = (): void => {
          const server = `the server (pid ${link.pid}) looks for it`;
          const text = link.trouble ?? `the BMC at ${hex(link.base)} does not answer; ${server}`;
          reject(new IpmiError('BMC_UNRESPONSIVE', text));
        };
        const cancel = clock.timer(Math.max(deadlineMs - clock.now(), 1), late, true);
        const forget = signal && onAbort(signal, () => reject(aborted(signal.reason)));
        const change = (): void => {
          if (!this.#isLost || this.#isClosed) resolve();
        };
        this.#onChange.add(change);
        end = () => {
          cancel();
          forget?.();
          this.#onChange.delete(change);
        };
      });
    } finally {
      end();
    }
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case 'reply':
        this.#requests.reply(message);
        return;
      case 'failed':
        this.#requests.failed(message);
        this.#answers.failed(message);
        return;
      case 'expected':
        this.#answers.expected(message);
        return;
      case 'answer':
        this.#answers.answer(message);
        return;
      case 'lost':
        this.#lose(message.reason);
        return;
      case 'ready':
      case 'identity':
        this.#meet(findingsOf(message));
        return;
      case 'attention':
        this.statistics.attentions += 1;
        this.#sides.listeners.tell('attention');
        return;
      case 'noEvents':
        this.#sides.listeners.tell('noEvents', message.reason);
        return;
      case 'event':
      case 'message':
      case 'watchdogPretimeout':
      case 'oem':
        this.#tell(message);
        return;
      case 'hello':
      case 'status':
      case 'bye':
    }
  }

  #tell(message: Parameters<typeof eventOf>[0]): void {
    const event = eventOf(message);
    if (event.kind === 'event') this.statistics.events += 1;
    if (event.kind === 'message') this.statistics.incomingMessages += 1;
    if (event.kind === 'watchdogPretimeout') this.statistics.watchdogPretimeouts += 1;
    this.#sides.listeners.tell('event', event);
  }

  #lose(reason: LossReason): void {
    const { lifecycle, listeners } = this.#sides;
    this.#isLost = true;
    this.identity.forget();
    if (lifecycle.state !== 'ready' && lifecycle.state !== 'registering') return;
    this.statistics.hosedCount += 1;
    lifecycle.enter('lost');
    listeners.tell('lost', reason);
  }

  /** Goes on with the next server, whose BMC may be another one. */
  #resume(hello: ServerMessageOf<'hello'>): void {
    const { link } = this.#parts;
    const { attention, event } = this.#wanted;
    if (attention || event) link.send({ type: 'listen', attention, event });
    this.#answers.askAgain();
    if (hello.state === 'ready') this.#meet(findingsOf(hello));
    this.#requests.handOver();
  }

  #meet(findings: Findings): void {
    const { lifecycle, listeners } = this.#sides;
    this.#isLost = false;
    const change = this.identity.metAgain(findings);
    if (lifecycle.state === 'lost') {
      this.statistics.recoveries += 1;
      lifecycle.enter('ready');
      listeners.tell('ready');
    }
    if (change !== undefined) listeners.tell('identity', change.now, change.before);
    this.#changed();
  }

  #changed(): void {
    for (const change of [...this.#onChange]) change();
  }
}

interface SentBmc {
  readonly deviceId?: string | undefined;
  readonly capabilities?: string | undefined;
}

function findingsOf({ deviceId, capabilities }: SentBmc): Findings {
  return {
    deviceId: deviceId === undefined ? undefined : decodeDeviceId(bytesOf(deviceId)),
    capabilities:
      capabilities === undefined ? undefined : decodeBtCapabilities(bytesOf(capabilities)),
  };
}

type EventMessage = Extract<
  ServerMessage,
  { readonly type: 'event' | 'message' | 'watchdogPretimeout' | 'oem' }
>;

function eventOf(message: EventMessage): BmcEvent {
  switch (message.type) {
    case 'event':
      return { kind: 'event', record: decodeEventRecord(bytesOf(message.record)) };
    case 'message':
      return { kind: 'message', channel: message.channel, data: bytesOf(message.data) };
    case 'watchdogPretimeout':
      return { kind: 'watchdogPretimeout' };
    case 'oem':
      return { kind: 'oem', flags: message.flags };
  }
}
