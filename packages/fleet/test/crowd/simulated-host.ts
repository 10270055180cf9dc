/**
 * A host of a crowd: the agent as its program runs it, with a connection, a journal and an identity
 * of its own, over a simulated BMC. What the BMC executes is written to a file before the BMC
 * answers, which the death of the process does not change.
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { open, systemClock } from 'ipmi-bt';
import type { Device } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { pino } from 'pino';

import { runAgent } from '../../src/agent/program.ts';
import { wallMs } from '../../src/clock.ts';
import { hastened } from '../hastened.ts';

/** A host as a crowd describes it to the process that has it. */
export interface HostPlan {
  readonly name: string;
  /** Its place in the process, of which each simulated interface has ports of its own. */
  readonly index: number;
  /** Time that its BMC takes for an answer. */
  readonly delayMs: number;
  /** Its time of day is so much ahead. */
  readonly skewMs: number;
}

/** Everything that the hosts of one process share. */
export interface ProcessPlan {
  /** Of the crowd: keys, certificate, policy, and the state of each host. */
  readonly folder: string;
  readonly server: string;
  readonly prefix: string;
  readonly hosts: readonly HostPlan[];
  /** The file of what the BMCs of this process execute. */
  readonly truthFile: string;
  /** The folder of the states, each in a folder with the name of its host. */
  readonly stateFolder: string;
  /** Timers of the agents, but not of their BMCs, are so many times shorter. */
  readonly haste: number;
  readonly withoutEvents: boolean;
  readonly logLevel: string;
}

const FIRST_BASE = 0x1000;
const BLOCK_PORTS = 4;

/** Chassis Identify: it changes something, and its first byte is the number of a round. */
export const IDENTIFY = { netFn: 0x00, cmd: 0x04 } as const;

/** The time of a BMC, which stands still while it hangs: it has the command, and says nothing. */
class BmcTime {
  #lostMs = 0;
  #frozenAtMs: number | undefined;

  now(): number {
    return (this.#frozenAtMs ?? systemClock.now()) - this.#lostMs;
  }

  freeze(): void {
    this.#frozenAtMs ??= systemClock.now();
  }

  thaw(): void {
    if (this.#frozenAtMs !== undefined) this.#lostMs += systemClock.now() - this.#frozenAtMs;
    this.#frozenAtMs = undefined;
  }
}

export class SimulatedHost {
  readonly #bmc: SimBmc;
  readonly #time = new BmcTime();
  readonly #run: Promise<void>;
  #hangs = false;
  #delayMs: number;
  readonly #ending = new AbortController();

  constructor(host: HostPlan, plan: ProcessPlan) {
    this.#delayMs = host.delayMs;
    this.#bmc = new SimBmc({
      base: FIRST_BASE + host.index * BLOCK_PORTS,
      ...{ clock: this.#time, responseMs: () => this.#delayMs, sel: { entries: [] } },
      answer: ({ netFn, cmd, data }) => {
        if (netFn !== IDENTIFY.netFn || cmd !== IDENTIFY.cmd) return undefined;
        appendFileSync(plan.truthFile, `${host.name} ${data[0] ?? 0}\n`);
        if (this.#hangs) this.#time.freeze();
        return undefined;
      },
    });
    this.#run = this.#agent(host, plan);
  }

  /** The BMC hangs at the next command that changes something: it executes it, and says nothing. */
  hang(): void {
    this.#hangs = true;
  }

  /** The BMC goes on, if it hangs. */
  goOn(): void {
    this.#hangs = false;
    this.#time.thaw();
  }

  /** The BMC takes so long for an answer from now on. */
  slowTo(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** The BMC forgets everything that it is sent, for good. */
  deafen(): void {
    this.#bmc.fail('silent');
  }

  /** Records an event of that number. */
  log(number: number): void {
    const own = [number & 0xff, number >> 8];
    this.#bmc.logEvent([0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, 0x30, 1, 0x59, ...own]);
  }

  /** Ends the agent as SIGTERM does. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#run;
  }

  async #agent({ name, skewMs }: HostPlan, plan: ProcessPlan): Promise<void> {
    const { folder, server, prefix, stateFolder, haste, withoutEvents, logLevel } = plan;
    await runAgent(
      {
        ...{ base: undefined, spacing: undefined, via: 'auto', sim: true, logLevel: 'info' },
        ...{ servers: [server], host: name, prefix, inFlight: 64, perSecond: 1000, withoutEvents },
        ...{ nkeyFile: join(folder, `${name}.nk`), caFile: join(folder, 'nats.crt') },
        ...{ policyFile: join(folder, 'policy.json'), stateFolder: join(stateFolder, name) },
      },
      {
        ...{ version: '0', clock: hastened(haste), wallMs: () => wallMs() + skewMs },
        // Of no seed: it says when an agent tries again, and nothing that is measured or tested.
        random: () => (systemClock.now() % 1000) / 1000,
        log: pino({ level: logLevel, base: { host: name } }, pino.destination({ fd: 2 })),
        openBmc: async () => await this.#open(),
        onReload: () => undefined,
        signal: this.#ending.signal,
      },
    );
  }

  async #open(): Promise<Device> {
    return await open({ base: this.#bmc.base, port: this.#bmc, bringUp: 'lazy' });
  }
}
