/**
 * A server over a simulated BMC on a virtual clock, whose sockets and device file are of this
 * process alone: it writes down what is made and removed, and any of it can be made to fail.
 */

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';

import { open } from '../../src/index.ts';
import type { CharacterDevice } from '../../src/serve/character-device.ts';
import type { CuseOptions, CuseService } from '../../src/serve/cuse/service.ts';
import { IpmiFile } from '../../src/serve/ipmidev/file.ts';
import type { Listener, Peer } from '../../src/serve/listener.ts';
import { NO_GRANTS } from '../../src/serve/policy.ts';
import { Server } from '../../src/serve/server.ts';
import type { ServerOptions } from '../../src/serve/server.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { keepingLog, rootOf } from './broker-rig.ts';
import { IpmiCaller } from './ipmi-caller.ts';

export const SOCKET_PATH = '/run/own.sock';
export const DUMMY_PATH = '/run/dummy.sock';

/** The whole of a server. */
export const WHOLE: Partial<ServerOptions> = {
  dummyPath: DUMMY_PATH,
  file: { name: 'ipmi0', access: { uid: 0, gid: 0, mode: 0o600 } },
  feed: { countdownMs: 60_000, action: 'none' },
};

/** A connection that keeps what it is sent. */
export class KeepingSocket extends EventEmitter {
  readonly written: Uint8Array[] = [];
  readonly writableLength: number = 0;
  fate = '';

  write(bytes: Uint8Array | string): boolean {
    this.written.push(Buffer.from(bytes));
    return true;
  }

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  end(): this {
    this.fate ||= 'ended';
    return this;
  }

  /** What was written is read at once. */
  destroySoon(): this {
    this.emit('close');
    return this.end();
  }

  destroy(): this {
    this.fate ||= 'destroyed';
    return this;
  }
}

/** The ways in, and the words for what becomes of them. */
class Doors {
  readonly happened: string[] = [];
  /** The step that fails, as it would be written down. */
  failing = '';
  device: CharacterDevice | undefined;
  onEnd: (cause: Error) => void = () => undefined;
  readonly #onPeer = new Map<string, (peer: Peer) => void>();

  readonly listen = (
    path: string,
    mode: number,
    onPeer: (peer: Peer) => void,
  ): Promise<Listener> => {
    this.#note(`listen ${path} ${mode.toString(8)}`);
    this.#onPeer.set(path, onPeer);
    const close = (): void => {
      this.#note(`leave ${path}`);
    };
    return Promise.resolve({ path, close });
  };

  readonly serveFile = ({ name, access, device, onEnd }: CuseOptions): CuseService => {
    this.#note(`make ${name} ${access?.mode.toString(8) ?? ''}`);
    this.device = device;
    this.onEnd = onEnd;
    return {
      path: `/dev/${name}`,
      statistics: { requests: 0, notices: 0, bugs: 0, openFiles: 0 },
      close: async () => {
        await Promise.resolve();
        this.#note(`remove ${name}`);
      },
    };
  };

  /** A process of that user connects. */
  connect(path: string, uid = 0): KeepingSocket {
    const socket = new KeepingSocket();
    const onPeer = this.#onPeer.get(path);
    if (onPeer === undefined) throw new Error(`nothing listens at ${path}`);
    onPeer({ socket: socket as unknown as Socket, pid: 300, uid, gid: uid });
    return socket;
  }

  /** A process of root opens the device file. */
  openFile(): IpmiCaller {
    const file = this.device?.open(rootOf(400), 0, () => undefined);
    if (file instanceof IpmiFile) return new IpmiCaller(file);
    throw new Error('the file was not opened');
  }

  #note(what: string): void {
    if (this.failing !== '' && what.startsWith(this.failing)) throw new Error(`${what}: fails`);
    this.happened.push(what);
  }
}

/** Wires all of it but the server; after the test, no timer may be left. */
export async function serverRig(sim: SimOptions = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, ...sim });
  const device = await clock.until(open({ base: bmc.base, port: bmc, clock }));
  const { log, lines } = keepingLog();
  const doors = new Doors();
  const ends: string[] = [];
  let server: Server | undefined;
  const start = async (options: Partial<ServerOptions> = {}): Promise<Server> => {
    const starting = Server.start({
      ...{ device, socketPath: SOCKET_PATH, grants: NO_GRANTS, version: '1.2.3', clock, log },
      ...{ listen: doors.listen, serveFile: doors.serveFile },
      onEnd: ({ message }) => void ends.push(message),
      ...options,
    });
    server = await clock.until(starting);
    return server;
  };
  onTestFinished(async () => {
    doors.failing = '';
    // What failed is asserted by the test that made it fail.
    if (server !== undefined) await clock.until(server.close().catch(() => undefined));
    await clock.until(device.close());
    await clock.pass(1);
    expect(clock.pending).toBe(0);
  });
  return { clock, bmc, device, doors, lines, ends, start };
}
