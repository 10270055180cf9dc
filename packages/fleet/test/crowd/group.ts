/** A process of a crowd: it is started, told what befalls its hosts, and killed. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessPlan } from './simulated-host.ts';
import type { Done, Order, Usage } from './worker.ts';

type Work<O> = O extends Order ? Omit<O, 'id' | 'hosts'> : never;

interface Waiting {
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
}

const WORKER = join(import.meta.dirname, 'worker.ts');

export class Group {
  readonly #plan: ProcessPlan;
  readonly #before: readonly string[];
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #orders = 0;

  /** `before`: words before those of the program, such as `ip netns exec NAME`. */
  constructor(plan: ProcessPlan, before: readonly string[] = []) {
    this.#plan = plan;
    this.#before = before;
    writeFileSync(plan.truthFile, '');
    writeFileSync(`${plan.truthFile}.plan`, JSON.stringify(plan));
  }

  get hosts(): readonly string[] {
    return this.#plan.hosts.map(({ name }) => name);
  }

  /** The lines of what the BMCs of this process have executed, also of one that was killed. */
  get truth(): readonly string[] {
    return readFileSync(this.#plan.truthFile, 'utf8').split('\n').slice(0, -1);
  }

  start(): void {
    const program = ['--import', 'tsx', WORKER, `${this.#plan.truthFile}.plan`];
    const [command = '', ...args] = [...this.#before, process.execPath, ...program];
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (done: Done) => {
      this.#waiting.get(done.id)?.resolve(done);
      this.#waiting.delete(done.id);
    });
    child.once('close', () => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error('a process of the crowd ended'));
      }
      this.#waiting.clear();
    });
    this.#child = child;
  }

  /** Resolves when the hosts, or all of them, have done it. */
  async tell(work: Work<Order>, hosts = this.hosts): Promise<Usage> {
    const id = (this.#orders += 1);
    const own = new Set(this.hosts);
    const order = { ...work, id, hosts: hosts.filter((host) => own.has(host)) } as Order;
    const { usage } = await new Promise<Done>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child?.send(order);
    });
    return usage;
  }

  /** Kills it as a crash of the host would end its agent. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((end) => child.once('close', end));
    child.kill('SIGKILL');
    await ended;
  }
}
