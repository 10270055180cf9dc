/**
 * The IPMI device that is served: `/dev/ipmi0` with the ioctls of linux/ipmi.h, over the broker. A
 * program finds what the kernel's `ipmi_devintf` has.
 */

import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { IpmiError } from '../../errors.ts';
import type { BmcEvent } from '../../ipmi/bmc-event.ts';
import { limitWarnings, silentLog } from '../../log.ts';
import type { Log } from '../../log.ts';
import type { BrokerClient, Clients } from '../broker-client.ts';
import type { CharacterDevice } from '../character-device.ts';
import { Errno } from '../errno.ts';
import type { Opener } from '../opener.ts';
import { PRIMARY_IPMB } from './channels.ts';
import { noCounts } from './counters.ts';
import type { IpmiDeviceCounters } from './counters.ts';
import { IpmiFile } from './file.ts';
import { commandMessage, decodeCommand, eventMessage, unknownCommand } from './incoming.ts';
import type { IncomingCommand } from './incoming.ts';
import { InterfaceState } from './interface.ts';
import { send } from './sender.ts';

/** Everything that an {@link IpmiDevice} is built from. */
export interface IpmiDeviceOptions {
  readonly clients: Clients;
  /** The channels with an IPMB behind them: `ipmbChannels()` asks the BMC. Channel 0 by default. */
  readonly ipmbChannels?: ReadonlySet<number> | undefined;
  readonly log?: Log | undefined;
  readonly clock?: Clock | undefined;
}

/** The device itself asks the broker for events, and answers commands that no file is there for. */
const SELF: Opener = { door: 'device', pid: 0, uid: 0, gid: 0 };

/** Such answers at a time; a controller that sends more gets none, and may ask again. */
const ANSWERS_MAX = 8;

export class IpmiDevice implements CharacterDevice {
  readonly #clients: Clients;
  readonly #self: BrokerClient;
  readonly #shared: InterfaceState<IpmiFile>;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #counts = noCounts();
  readonly #files = new Set<IpmiFile>();
  readonly #end = new AbortController();
  #stopListening: (() => void) | undefined;
  #answering = 0;

  /** Throws `QUEUE_FULL` when the broker has no room for one more client. */
  constructor({ clients, ipmbChannels, log, clock }: IpmiDeviceOptions) {
    this.#clock = clock ?? systemClock;
    this.#log = limitWarnings(log ?? silentLog, () => this.#clock.now());
    this.#clients = clients;
    this.#self = clients.open(SELF);
    this.#shared = new InterfaceState(ipmbChannels ?? PRIMARY_IPMB);
  }

  get counters(): IpmiDeviceCounters {
    return { ...this.#counts };
  }

  /** A file has answers, or events, that its program has not taken. */
  get hasUnread(): boolean {
    return [...this.#files].some(({ isReadable }) => isReadable);
  }

  /** Files that are open. */
  get openFiles(): number {
    return this.#files.size;
  }

  /** O_NONBLOCK and the mode change nothing: no ioctl waits, and all need no more than the file. */
  open(opener: Opener, _flags: number, wake: () => void): IpmiFile | number {
    const client = this.#clientFor(opener);
    if (typeof client === 'number') {
      this.#counts.openRefused += 1;
      return client;
    }
    this.#counts.opened += 1;
    const file = new IpmiFile({
      ...{ client, wake, shared: this.#shared, counts: this.#counts },
      ...{ clock: this.#clock, log: this.#log },
      changed: () => {
        this.#listenIfWanted();
      },
      released: (released) => {
        this.#files.delete(released);
        this.#listenIfWanted();
      },
    });
    this.#files.add(file);
    return file;
  }

  /** Hears no more events. The files stay open until CUSE releases them. Idempotent. */
  close(): void {
    this.#end.abort();
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#self.close();
  }

  #clientFor(opener: Opener): BrokerClient | number {
    if (this.#end.signal.aborted) return Errno.ENODEV;
    try {
      return this.#clients.open(opener);
    } catch (error) {
      if (!(error instanceof IpmiError)) throw error;
      this.#log.warn({ pid: opener.pid, reason: error.message }, 'open refused');
      if (error.code === 'QUEUE_FULL') return Errno.EBUSY;
      return error.code === 'COMMAND_DENIED' ? Errno.EPERM : Errno.ENODEV;
    }
  }

  /** An event that is read is taken from every other program, so only a file is a reason for it. */
  #listenIfWanted(): void {
    const isWanted = [...this.#files].some(({ getsEvents }) => getsEvents);
    if (this.#end.signal.aborted) return;
    if (isWanted || !this.#shared.registrations.isEmpty) {
      this.#stopListening ??= this.#self.listen((event) => {
        this.#tell(event);
      });
    } else {
      this.#stopListening?.();
      this.#stopListening = undefined;
    }
  }

  #tell(event: BmcEvent): void {
    switch (event.kind) {
      case 'event': {
        const message = eventMessage(event.record);
        for (const file of this.#files) if (file.getsEvents) file.tell(message);
        return;
      }
      case 'message':
        this.#tellMessage(event.channel, event.data);
        return;
      case 'watchdogPretimeout':
      case 'oem':
        // Other drivers of the kernel act on these; linux/ipmi.h has no word for them.
        return;
    }
  }

  #tellMessage(channel: number, data: Uint8Array): void {
    if (!this.#shared.ipmbChannels.has(channel)) return;
    const command = decodeCommand(channel, data);
    if (command === undefined) return;
    const { netFn, cmd } = command;
    const file = this.#shared.registrations.find({ netFn, cmd, channel });
    if (file?.client.mayHear('message') === true) {
      file.tell(commandMessage(command));
      return;
    }
    this.#counts.commandsUnhandled += 1;
    if (this.#answering < ANSWERS_MAX) void this.#refuse(command);
  }

  /** Answers that the command is not known, as the kernel's driver does. Never rejects. */
  async #refuse(command: IncomingCommand): Promise<void> {
    const { channel } = command.from;
    const source = { ...this.#shared.sourceOf(channel), lun: command.lun };
    const sending = { bridger: this.#self, source, clock: this.#clock, signal: this.#end.signal };
    this.#answering += 1;
    try {
      await send(unknownCommand(command), sending);
    } catch (error) {
      const reason = error instanceof Error ? error.message : undefined;
      this.#log.warn({ channel, reason }, 'command of a controller was not answered');
    } finally {
      this.#answering -= 1;
    }
  }
}
