/**
 * The real machine under test: its interface, its files, its kernel, and further processes.
 */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Device } from '../device/device.ts';
import { findAnnounced, tryFound } from '../discover/attempts.ts';
import { discover } from '../discover/discover.ts';
import type { Discovery } from '../discover/discover.ts';
import { isAnnounced, isPassedOver } from '../discover/ranking.ts';
import type { Candidate } from '../discover/ranking.ts';
import { IpmiError, hex } from '../errors.ts';
import type { Files } from '../files.ts';
import { irqStatus } from '../irq/status.ts';
import { findUio } from '../irq/uio-device.ts';
import type { Owner } from '../kernel/bus-device.ts';
import { findOwner } from '../kernel/port-owner.ts';
import { btBlock, registerPorts } from '../port/register-block.ts';
import type { RegisterBlock } from '../port/register-block.ts';
import { openDoor } from '../registry/door.ts';
import type { Door } from '../registry/door.ts';
import { OpenDevices } from '../registry/open-devices.ts';
import type { OpenOptions } from '../registry/open-options.ts';
import { register } from '../registry/register.ts';
import type { Plan } from '../registry/register.ts';
import { THIS_HOST } from '../registry/resources.ts';
import type { Host } from '../registry/resources.ts';
import { targetAt } from '../registry/target.ts';
import type { Target } from '../registry/target.ts';
import { startExec } from './exec-process.ts';
import type { RecordSink } from '../trace/recorder.ts';
import type { ExecProcess } from './exec-process.ts';
import { Hold } from './hold.ts';
import { findLeftovers } from './leftovers.ts';
import { bothSinks } from './states.ts';
import type { Leftover, OpenChoice, Process, Subject } from './subject.ts';

/** The options of the command line that say which interface it is, and how it is reached. */
export interface HostOptions extends Pick<OpenOptions, 'quirks' | 'pollMs' | 'logger'> {
  /** The interface that the user names; the best that is found when absent. */
  readonly named?: RegisterBlock | undefined;
  readonly port?: 'native' | 'dev-port' | undefined;
  readonly irq: 'off' | 'auto' | `/dev/uio${number}`;
  /** Limit of opening, milliseconds. */
  readonly timeoutMs: number;
  /** Receives a recording of each device that {@link Subject.open} opens in this process. */
  readonly record?: RecordSink | undefined;
}

/** The parts of it; only tests bring their own. */
export interface HostParts {
  readonly host?: Host;
  readonly clock?: Clock;
}

/** Makes the subject; touches no port. */
export function hostSubject(options: HostOptions, parts: HostParts = {}): HostSubject {
  return new HostSubject(options, parts.host ?? THIS_HOST, parts.clock ?? systemClock);
}

export class HostSubject implements Subject {
  readonly isSimulated = false;
  readonly clock: Clock;
  readonly files: Files;
  readonly #options: HostOptions;
  readonly #host: Host;
  readonly #openDevices = new OpenDevices();
  readonly #children = new Set<ExecProcess>();
  #target: Target | undefined;
  /** The kernel's device and driver that the interface was taken from. */
  #owner: Owner | undefined;
  #hold: Hold | undefined;

  constructor(options: HostOptions, host: Host, clock: Clock) {
    this.#options = options;
    this.#host = host;
    this.clock = clock;
    this.files = host.files;
  }

  async block(): Promise<RegisterBlock> {
    return (await this.#found()).block;
  }

  discovery(): Discovery {
    return discover({ files: this.files, named: this.#options.named });
  }

  /** Nothing is taken twice: the interface is held until {@link giveBack}. */
  async take(takeover: boolean | 'force', signal: AbortSignal): Promise<void> {
    if (takeover === false || this.#hold !== undefined) {
      const door = await this.door(signal);
      await door.close();
      return;
    }
    const { block, pciDevice, port = 'auto' } = await this.#found();
    const owner = findOwner(registerPorts(block), this.files);
    const plan = await this.#plan({ signal, bringUp: 'lazy' });
    const device = await register({ ...plan, options: { ...plan.options, takeover } });
    try {
      if (device.takenDevice === undefined) return;
      const { base, spacing } = block;
      const way = this.#options.port ?? port;
      this.#hold = new Hold({ base, spacing, port: way, pciDevice }, this.#host);
      this.#owner = owner;
    } finally {
      await device.close();
    }
  }

  async giveBack(): Promise<void> {
    const hold = this.#hold;
    this.#hold = undefined;
    await hold?.giveBack(this.clock);
  }

  async open(choice: OpenChoice = {}): Promise<Device> {
    const record = bothSinks(this.#options.record, choice.record);
    return await register(await this.#plan({ ...choice, record }));
  }

  async door(signal?: AbortSignal): Promise<Door> {
    return await openDoor(await this.#plan(signal === undefined ? {} : { signal }));
  }

  async processes(count: number, signal: AbortSignal): Promise<readonly Process[]> {
    const args = this.#execArgs(await this.block());
    const { clock } = this;
    return Array.from({ length: count }, () => {
      const child = startExec({ args, clock, signal });
      this.#children.add(child);
      return {
        request: (input, options) => child.request(input, options),
        close: async () => {
          await child.close();
          this.#children.delete(child);
        },
      };
    });
  }

  hasInterrupt(): boolean {
    const { irq } = this.#options;
    if (irq === 'off') return false;
    if (irq !== 'auto') return this.files.exists(irq);
    const base = this.#base();
    return base !== undefined && findUio(base, this.files) !== undefined;
  }

  /** A line of /proc/interrupts that several drivers share counts those of all. */
  kernelInterrupts(): number | undefined {
    const base = this.#base();
    if (base === undefined) return undefined;
    const { spacing } = this.#target?.block ?? { spacing: 1 };
    const { candidates } = this.discovery();
    const irq = candidates.find((one) => one.space === 'io' && one.base === base)?.irq;
    const { line, events } = irqStatus({ base, spacing, irq }, this.files);
    return line === undefined || line.text.includes(',') ? events : line.count;
  }

  async leftovers(): Promise<readonly Leftover[]> {
    const pids = [...this.#children].flatMap(({ pid }) => pid ?? []);
    const had = { base: this.#base(), owner: this.#owner, pids };
    return await findLeftovers(had, this.#host, this.clock);
  }

  #base(): number | undefined {
    return (this.#target?.block ?? this.#options.named)?.base;
  }

  async #found(): Promise<Target> {
    this.#target ??= await this.#find();
    return this.#target;
  }

  /** The interface that `open()` would take; registers are read only to choose between several. */
  async #find(): Promise<Target> {
    const { named } = this.#options;
    if (named !== undefined) {
      const found = findAnnounced(this.files, named);
      const target = { ...targetAt(named), isAnnounced: found !== undefined };
      return { ...target, pciDevice: found?.pciDevice };
    }
    return await tryFound(this.#host.files, async (candidate, { port, isAnnounced: mayWait }) => {
      const { base, spacing, pciDevice } = candidate;
      const isKnown = isAnnounced(candidate);
      const target = { block: btBlock(base, spacing), pciDevice, port, isAnnounced: isKnown };
      if (!mayWait) await this.#checkPresence(candidate, target);
      return target;
    });
  }

  /** Rejects when another candidate is to be tried. */
  async #checkPresence(candidate: Candidate, target: Target): Promise<void> {
    try {
      const door = await openDoor(this.#planOf(target, {}));
      try {
        const { kind, seen } = door.registers.presence();
        if (kind !== 'present') throw new IpmiError('DEVICE_ABSENT', seen);
      } finally {
        await door.close();
      }
    } catch (error) {
      if (isPassedOver(candidate, error, this.files) || !isOfOwner(error)) throw error;
    }
  }

  async #plan(choice: OpenChoice): Promise<Plan> {
    return this.#planOf(await this.#found(), choice);
  }

  #planOf(target: Target, { signal, trace, record, ...choice }: OpenChoice): Plan {
    const { port, quirks = [], pollMs = 0, logger, irq } = this.#options;
    const { timeoutMs = this.#options.timeoutMs, interrupt = false } = choice;
    return {
      options: {
        ...{ quirks, pollMs, timeoutMs, lockTimeoutMs: timeoutMs, clock: this.clock },
        bringUp: choice.bringUp ?? 'full',
        irq: interrupt ? irq : 'off',
        ...(port === undefined ? {} : { port }),
        ...(logger === undefined ? {} : { logger }),
        ...(signal === undefined ? {} : { signal }),
        ...(trace === undefined ? {} : { trace }),
        ...(record === undefined ? {} : { record }),
      },
      target,
      // A fixed start would repeat the sequence numbers that the former process has just used.
      firstSeq: Math.floor(Math.random() * 256),
      deadlineMs: this.clock.now() + timeoutMs,
      openDevices: this.#openDevices,
      host: this.#host,
    };
  }

  #execArgs({ base, spacing }: RegisterBlock): readonly string[] {
    const { port = this.#target?.port, quirks = [], pollMs = 0, timeoutMs } = this.#options;
    return [
      ...['--base', hex(base), '--spacing', String(spacing)],
      ...(port === undefined ? [] : ['--port', port]),
      ...quirks.flatMap((quirk) => ['--quirk', quirk]),
      ...['--poll-ms', String(pollMs), '--timeout', String(timeoutMs / 1000)],
    ];
  }
}

/** The ports cannot be had now, which says nothing against the interface. */
function isOfOwner(error: unknown): boolean {
  return error instanceof IpmiError && error.code !== 'DEVICE_ABSENT';
}
