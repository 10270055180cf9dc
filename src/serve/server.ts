/**
 * The server: one open device, shared by the programs that open its device file, those that connect
 * to its own socket, and `ipmitool` by its interface `dummy`.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Device } from '../device/device.ts';
import type { Log } from '../log.ts';
import { loadNative } from '../native.ts';
import { Rollback, allOf } from '../rollback.ts';
import type { Owner } from '../whole-file.ts';
import { Broker } from './broker.ts';
import type { BrokerClient } from './broker-client.ts';
import { serveCuse } from './cuse/service.ts';
import type { CuseService } from './cuse/service.ts';
import { DummyService } from './dummy.ts';
import { WatchdogFeeder } from './feeder.ts';
import type { FeederParts } from './feeder.ts';
import { ipmbChannels } from './ipmidev/channels.ts';
import { IpmiDevice } from './ipmidev/device.ts';
import { listenerWith } from './listener.ts';
import type { ListenAt } from './listener.ts';
import type { Grants } from './policy.ts';
import { serveSocket } from './socket.ts';
import { statusFields } from './server-status.ts';
import type { FileStatus, ServerStatus } from './server-status.ts';

/** Time in which clients can take the last answers before their device file goes. */
const FAREWELL_MS = 500;
const FAREWELL_STEP_MS = 20;

/** Mode of a socket to which any user may connect: the policy decides what it may send. */
const SOCKET_MODE = 0o666;

/** Everything that a server is made of. */
export interface ServerOptions {
  /** It stays its caller's, which closes it after the server. */
  readonly device: Device;
  /** The device file; none when absent. */
  readonly file?: { readonly name: string; readonly access: Owner } | undefined;
  readonly socketPath: string;
  /** Socket of ipmitool's interface `dummy`; none when absent. */
  readonly dummyPath?: string | undefined;
  readonly grants: Grants;
  /** Of this program. */
  readonly version: string;
  /** Feeds the BMC's watchdog; not when absent. */
  readonly feed?: Pick<FeederParts, 'countdownMs' | 'action'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once if the device file is taken away. */
  readonly onEnd: (cause: Error) => void;
  /** Of this host when absent. */
  readonly serveFile?: typeof serveCuse | undefined;
  readonly listen?: ListenAt | undefined;
}

export class Server {
  readonly #options: ServerOptions;
  readonly #broker: Broker;
  readonly #undo = new Rollback();
  readonly #sinceMs: number;
  #ipmi: IpmiDevice | undefined;
  #cuse: CuseService | undefined;
  #dummy: DummyService | undefined;
  #feeder: WatchdogFeeder | undefined;
  #ending: Promise<void> | undefined;

  private constructor(options: ServerOptions) {
    const { device, grants, clock, log } = options;
    this.#options = options;
    this.#sinceMs = clock.now();
    const serverUid = process.geteuid?.() ?? 0;
    this.#broker = new Broker({ device, grants, serverUid, clock, log });
    this.#undo.add({
      run: () => {
        this.#broker.close();
      },
    });
  }

  /**
   * Offers all that is wanted. Rejects with everything as it was before: with `DEVICE_LOCKED` or
   * `PORT_CLAIMED` if a name is another's, `PORT_UNSUPPORTED` without CUSE, `PORT_DENIED`, or
   * `COMMAND_FAILED` if the BMC refuses its watchdog.
   */
  static async start(options: ServerOptions): Promise<Server> {
    const server = new Server(options);
    try {
      await server.#begin();
      return server;
    } catch (error) {
      throw allOf([error, ...(await server.#undone())]);
    }
  }

  /** Path of the device file; undefined where there is none. */
  get path(): string | undefined {
    return this.#cuse?.path;
  }

  /** Decides by this policy from now on, about the clients that are open, too. */
  obey(grants: Grants): void {
    this.#broker.obey(grants);
  }

  status(): ServerStatus {
    const { device, socketPath, dummyPath, clock } = this.#options;
    return {
      pid: process.pid,
      base: device.base,
      backend: device.backend,
      servedForMs: clock.now() - this.#sinceMs,
      file: this.#cuse && this.#ipmi && fileStatus(this.#cuse, this.#ipmi),
      socket: { path: socketPath },
      dummy: this.#dummy && { path: dummyPath ?? '', ...this.#dummy.counters() },
      watchdog: this.#feeder?.status(),
      broker: this.#broker.status(),
      device: device.statistics(),
    };
  }

  /**
   * Ends all of it: the BMC's watchdog is stopped, requests that wait are answered as lost, clients
   * have half a second to take that, and then the device file goes. Rejects with what failed.
   * Idempotent.
   */
  close(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const failures = await this.#undone();
    if (failures.length > 0) throw allOf(failures);
  }

  async #undone(): Promise<readonly unknown[]> {
    const failures = await this.#undo.run('go on');
    return failures === 'overtaken' ? [] : failures;
  }

  async #begin(): Promise<void> {
    const self = this.#broker.open({ door: 'socket', pid: process.pid, uid: 0, gid: 0 });
    await this.#listen();
    await this.#feed(self);
    await this.#serveFile(self);
  }

  /** The sockets come first: they need nothing of the kernel. */
  async #listen(): Promise<void> {
    const { device, version, clock, log, socketPath: path, dummyPath } = this.#options;
    const { listen = listenerWith({ load: loadNative, clock, log }) } = this.#options;
    const clients = this.#broker;
    const socket = await serveSocket({
      ...{ path, mode: SOCKET_MODE, listen, clients, device, version, clock, log },
      status: () => statusFields(this.status()),
    });
    this.#undo.add({
      run: async () => {
        socket.close();
        // Clients are told in the next turn.
        await sleep(clock, 0);
      },
    });
    if (dummyPath === undefined) return;
    const dummy = new DummyService({ clients, log, clock });
    this.#dummy = dummy;
    const listener = await listen(dummyPath, SOCKET_MODE, (peer) => {
      dummy.accept(peer);
    });
    this.#undo.add({
      run: async () => {
        listener.close();
        this.#broker.close();
        // What waited is answered as lost in this turn.
        await sleep(clock, 0);
        dummy.close();
      },
    });
  }

  async #feed(requester: BrokerClient): Promise<void> {
    const { feed, clock, log } = this.#options;
    if (feed === undefined) return;
    const feeder = new WatchdogFeeder({ ...feed, requester, clock, log });
    this.#feeder = feeder;
    // A start that fails may have started the timer.
    this.#undo.add({ run: () => feeder.stop() });
    await feeder.start();
  }

  /** The last one: from then on programs can open it. */
  async #serveFile(self: BrokerClient): Promise<void> {
    const { file, clock, log, onEnd, serveFile = serveCuse } = this.#options;
    if (file === undefined) return;
    const channels = await ipmbChannels(self);
    const clients = this.#broker;
    const ipmi = new IpmiDevice({ clients, ipmbChannels: channels, log, clock });
    this.#ipmi = ipmi;
    this.#undo.add({
      run: () => {
        ipmi.close();
      },
    });
    const cuse = serveFile({ ...file, device: ipmi, onEnd, log });
    this.#cuse = cuse;
    this.#undo.add({ run: () => this.#takeLeave(cuse, ipmi) });
  }

  /** Answers what waits, as lost, and lets clients take that before the file goes. */
  async #takeLeave(cuse: CuseService, ipmi: IpmiDevice): Promise<void> {
    const { clock } = this.#options;
    // Its countdown is stopped through the broker.
    await this.#feeder?.stop();
    this.#broker.close();
    const endMs = clock.now() + FAREWELL_MS;
    // Answers are with their files in the next turn at the earliest.
    do await sleep(clock, FAREWELL_STEP_MS);
    while (ipmi.hasUnread && clock.now() < endMs);
    await cuse.close();
  }
}

function fileStatus({ path, statistics }: CuseService, { counters }: IpmiDevice): FileStatus {
  return { path, cuse: statistics, counters };
}
