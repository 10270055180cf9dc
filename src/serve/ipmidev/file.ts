/**
 * One open file of the IPMI device: its ioctls, and the messages that it has not received. Every
 * message that it takes gets exactly one answer.
 */

import type { Clock } from '../../clock.ts';
import { commandText } from '../../ipmi/command-names.ts';
import { Completion } from '../../ipmi/completion.ts';
import type { Log } from '../../log.ts';
import type { BrokerClient } from '../broker-client.ts';
import type { CharacterFile, IoctlAnswer, IoctlCall } from '../character-device.ts';
import { Errno } from '../errno.ts';
import { decodeSend, ioctlOf } from './abi.ts';
import type { Ioctl, SendIoctl, Timing } from './abi.ts';
import { ADDRESS_BYTES_MAX, decodeAddress, encodeAddress } from './address.ts';
import type { Counts } from './counters.ts';
import type { InterfaceState } from './interface.ts';
import { answerTo } from './made-answer.ts';
import { MESSAGE_BYTES_MAX, isForIpmb, isResponse, requestOf, sendable } from './outgoing.ts';
import type { OutgoingMessage, SendableMessage } from './outgoing.ts';
import { ReceiveQueue, ReceiveType } from './receive-queue.ts';
import type { ReceivedMessage } from './receive-queue.ts';
import { receive } from './receiving.ts';
import { ask, failed, has, joined, sizeOf, succeeded } from './rounds.ts';
import { send } from './sender.ts';
import { SETTINGS } from './settings.ts';
import type { Settable } from './settings.ts';

/** Everything that an {@link IpmiFile} is built from. */
export interface IpmiFileParts {
  readonly client: BrokerClient;
  readonly shared: InterfaceState<IpmiFile>;
  readonly clock: Clock;
  readonly log: Log;
  readonly counts: Counts;
  /** Called when the file has become readable. */
  readonly wake: () => void;
  /** Called after an ioctl that may have changed what the file wants to be told. */
  readonly changed: () => void;
  readonly released: (file: IpmiFile) => void;
}

type SettingCall = Extract<Ioctl, { readonly kind: 'setting' }>;

/** Defaults of the kernel's driver, which mean its own. */
const NO_TIMING: Timing = { retries: -1, retryMs: 0 };

export class IpmiFile implements CharacterFile, Settable<IpmiFile> {
  readonly shared: InterfaceState<IpmiFile>;
  timing: Timing = NO_TIMING;
  #asksForEvents = false;
  readonly #parts: IpmiFileParts;
  readonly #queue = new ReceiveQueue();
  readonly #end = new AbortController();

  constructor(parts: IpmiFileParts) {
    this.#parts = parts;
    this.shared = parts.shared;
  }

  /** Asked for, and permitted: the policy may have been read again since. */
  get getsEvents(): boolean {
    return this.#asksForEvents && this.client.mayHear('event');
  }

  set getsEvents(isAsked: boolean) {
    this.#asksForEvents = isAsked;
  }

  get client(): BrokerClient {
    return this.#parts.client;
  }

  get owner(): this {
    return this;
  }

  ioctl(call: IoctlCall): IoctlAnswer {
    const ioctl = ioctlOf(call.command, call.is32Bit);
    if (ioctl === undefined) return failed(Errno.ENOTTY);
    switch (ioctl.kind) {
      case 'send':
        return this.#send(call, ioctl);
      case 'receive':
        return receive(this.#queue, call, ioctl);
      case 'setting':
        return this.#set(call, ioctl);
    }
  }

  get isReadable(): boolean {
    return this.#queue.head !== undefined;
  }

  release(): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.getsEvents = false;
    this.#queue.clear();
    this.shared.registrations.removeAll(this);
    this.#parts.client.close();
    this.#parts.released(this);
  }

  /** Tells an event, or a command of another controller; it is lost where there is no room. */
  tell(message: ReceivedMessage): void {
    const { counts, log, client } = this.#parts;
    const wasReadable = this.isReadable;
    if (this.#queue.offer(message)) {
      counts.unaskedTold += 1;
      if (!wasReadable) this.#parts.wake();
      return;
    }
    counts.unaskedDropped += 1;
    log.warn({ pid: client.opener.pid }, 'event or command lost: its file is not read');
  }

  #set(call: IoctlCall, { name, bytes: size }: SettingCall): IoctlAnswer {
    const { way, run } = SETTINGS[name];
    const struct = [{ address: call.argument, size }];
    const [input, output] = [way === 'out' ? [] : struct, way === 'in' ? [] : struct];
    if (!has(call, input, output)) return ask(input, output);
    const result = run<IpmiFile>(this, call.input);
    this.#parts.changed();
    if (result === Errno.EPERM) this.#denied(name);
    return typeof result === 'number' ? failed(result) : succeeded(result);
  }

  #denied(setting: string): void {
    const { client, counts, log } = this.#parts;
    counts.denied += 1;
    log.warn({ ...client.opener, setting }, 'setting refused');
  }

  #send(call: IoctlCall, ioctl: SendIoctl): IoctlAnswer {
    const struct = { address: call.argument, size: ioctl.bytes };
    if (call.input.length < struct.size) return ask([struct], []);
    const argument = decodeSend(call.input, ioctl);
    const { addressBytes, netFn, cmd, messageId, timing = this.timing } = argument;
    if (addressBytes > ADDRESS_BYTES_MAX) return failed(Errno.EINVAL);
    const dataBytes = argument.data === 0n ? 0 : argument.dataBytes;
    const isTooLong = dataBytes > MESSAGE_BYTES_MAX;
    const areas = [
      struct,
      { address: argument.address, size: addressBytes },
      { address: argument.data, size: isTooLong ? 0 : dataBytes },
    ];
    if (call.input.length !== sizeOf(areas)) {
      // Another thread of the caller may have changed the structure after the last round.
      return call.input.length === struct.size ? ask(areas, []) : failed(Errno.EINVAL);
    }
    const dataAt = struct.size + addressBytes;
    const to = decodeAddress(call.input.subarray(struct.size, dataAt));
    if (to === undefined) return failed(Errno.EINVAL);
    if (isTooLong) return failed(Errno.EMSGSIZE);
    const data = call.input.slice(dataAt);
    return this.#take({ to, messageId, netFn: netFn & 0x3f, cmd, data, timing });
  }

  #take(message: OutgoingMessage): IoctlAnswer {
    const { client, counts } = this.#parts;
    if (this.#queue.isFull) {
      counts.busy += 1;
      return failed(Errno.EBUSY);
    }
    const checked = sendable(message, this.shared.ipmbChannels);
    if (typeof checked === 'number') return failed(checked);
    const request = requestOf(checked, this.#sourceFor(checked));
    if (client.refusal(request) !== undefined) {
      counts.denied += 1;
      return failed(Errno.EPERM);
    }
    counts.sent += 1;
    this.#queue.reserve();
    void this.#answer(checked);
    return succeeded();
  }

  /** Sends it, and queues its answer. Never rejects. */
  async #answer(message: SendableMessage): Promise<void> {
    const { client, clock } = this.#parts;
    const source = this.#sourceFor(message);
    const sending = { bridger: client, source, clock, signal: this.#end.signal };
    let answer: Uint8Array;
    try {
      const { completionCode, data } = await send(message, sending);
      answer = joined([Uint8Array.of(completionCode), data]);
    } catch (error) {
      answer = Uint8Array.of(this.#lossOf(message, error));
    }
    this.#queueAnswer(message, answer);
  }

  #queueAnswer(message: SendableMessage, data: Uint8Array): void {
    const { counts, wake } = this.#parts;
    if (this.#end.signal.aborted) {
      counts.answersDropped += 1;
      return;
    }
    const { to, messageId, netFn, cmd } = message;
    const isToResponse = isResponse(message);
    const wasReadable = this.isReadable;
    this.#queue.answer({
      type: isToResponse ? ReceiveType.RESPONSE_RESPONSE : ReceiveType.RESPONSE,
      address: encodeAddress(to),
      ...{ messageId, netFn: netFn | 1, cmd, data },
    });
    if (!wasReadable) wake();
  }

  /** The completion code for a request that failed; logged and counted where it is our own. */
  #lossOf({ netFn, cmd }: SendableMessage, error: unknown): number {
    const { counts, log, client } = this.#parts;
    const { completionCode, by } = answerTo(error);
    if (by === 'bmc' || this.#end.signal.aborted) return completionCode;
    if (completionCode === Completion.TIMEOUT) counts.timeoutsAnswered += 1;
    else counts.lossesAnswered += 1;
    const fields = { pid: client.opener.pid, command: commandText(netFn, cmd), completionCode };
    log.warn({ ...fields, reason: reasonOf(error) }, 'no answer came: the server made one');
    return completionCode;
  }

  #sourceFor(message: SendableMessage): { address: number; lun: number } {
    return this.shared.sourceOf(isForIpmb(message) ? message.to.channel : 0);
  }
}

/** Its text holds no data of a request. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'bug: something else than an error was thrown';
}
